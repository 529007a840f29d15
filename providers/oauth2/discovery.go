package oauth2

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/netcause"
	"github.com/sesame-auth/sesame/providers/oauth2/profile"
)

// A server is what is known of an authorization server.
type server struct {
	profile.Endpoints
	issuer      string // its identifier; "" if the route names none
	namesItself bool   // in what it sends back by the browser (RFC 9207)
}

// The names of the endpoints in metadata.
const (
	authorizationEndpoint = "authorization_endpoint"
	tokenEndpoint         = "token_endpoint"
	deviceEndpoint        = "device_authorization_endpoint"
	revocationEndpoint    = "revocation_endpoint"
)

// metadata are what a server says of itself (RFC 8414, section 2; OpenID Connect Discovery 1.0,
// section 3).
type metadata struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Device        string `json:"device_authorization_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
	NamesItself   bool   `json:"authorization_response_iss_parameter_supported"`
}

// server returns the route's endpoints, of which those that are needed are there and can be sent a
// secret. Where the route names an issuer, its metadata are fetched each time: that is as seldom as
// a token, and a copy would have to be kept and to be renewed.
func (c *client) server(ctx context.Context, needed ...string) (server, error) {
	s := server{Endpoints: c.options.Endpoints(), issuer: c.options.Issuer}
	var m metadata
	if s.issuer != "" {
		var err error
		if m, err = c.discover(ctx); err != nil {
			return server{}, err
		}
		s.namesItself = m.NamesItself
	}
	for _, e := range []struct {
		name  string
		known *string
		named string
	}{
		{authorizationEndpoint, &s.Authorization, m.Authorization},
		{tokenEndpoint, &s.Token, m.Token},
		{deviceEndpoint, &s.Device, m.Device},
		{revocationEndpoint, &s.Revocation, m.Revocation},
	} {
		if *e.known == "" {
			*e.known = e.named
		}
		if slices.Contains(needed, e.name) {
			var err error
			if *e.known, err = s.need(e.name, *e.known); err != nil {
				return server{}, err
			}
		}
	}
	return s, nil
}

// need returns an endpoint that secrets may be sent to, or says that there is none. Its name is
// that of the metadata.
func (s server) need(name, endpoint string) (string, error) {
	if endpoint == "" {
		return "", loginRequired(s.issuer+" names no "+name, "")
	}
	clean, err := profile.CleanURL(endpoint)
	if err != nil {
		return "", loginRequired("the "+name+" of "+s.issuer+": "+err.Error(), "")
	}
	return clean, nil
}

// discover fetches the issuer's metadata from the place of RFC 8414, else from that of OpenID.
func (c *client) discover(ctx context.Context) (metadata, error) {
	var faults []string
	for _, place := range wellKnown(c.options.Issuer) {
		m, fault, err := c.fetchMetadata(ctx, place)
		if err != nil {
			return metadata{}, err
		}
		if fault == "" {
			return m, nil
		}
		faults = append(faults, place+": "+fault)
	}
	return metadata{}, loginRequired("the issuer has no metadata: "+strings.Join(faults, "; "), "")
}

// wellKnown returns where the metadata of an issuer may be: RFC 8414, section 3.1, and OpenID Connect
// Discovery 1.0, section 4.1.
func wellKnown(issuer string) []string {
	u, _ := providers.ParseURL(issuer)
	path := strings.TrimSuffix(u.Path, "/")
	u.Path = ""
	origin := u.String()
	return []string{
		origin + "/.well-known/oauth-authorization-server" + path,
		origin + path + "/.well-known/openid-configuration",
	}
}

// fetchMetadata returns a fault where there are no metadata in this place, so that they may be in
// another, and an error where the server cannot just now.
func (c *client) fetchMetadata(ctx context.Context, place string) (m metadata, fault string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return metadata{}, "", loginRequired("option issuer: not a URL", "")
	}
	response, err := c.courier().client().Do(r)
	switch {
	case errors.Is(err, errRedirect):
		return metadata{}, netcause.Text(err), nil
	case err != nil:
		return metadata{}, "", c.failure(place, url.Values{}, err)
	}
	defer response.Body.Close()
	switch status := response.StatusCode; {
	case isPassing(status):
		return metadata{}, "", busy(place+": "+statusText(status), response, time.Now())
	case status != http.StatusOK:
		return metadata{}, statusText(status), nil
	case json.NewDecoder(response.Body).Decode(&m) != nil:
		return metadata{}, "not the JSON of metadata", nil
	}
	return m, c.checkIssuer(m.Issuer), nil
}

// checkIssuer compares the issuer that metadata name with the one that was asked, byte for byte: a
// server must not speak for another (RFC 8414, section 3.3).
func (c *client) checkIssuer(named string) (fault string) {
	switch want := c.options.Issuer; {
	case named == want:
		return ""
	case named+"/" == want:
		return "the issuer names itself without the slash at the end: write it so"
	case named == want+"/":
		return "the issuer names itself with a slash at the end: write it so"
	}
	return "these are the metadata of another issuer"
}
