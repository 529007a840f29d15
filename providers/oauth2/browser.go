package oauth2

import (
	"context"
	"crypto/rand"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/netcause"
)

// lastPage is how long the browser may take to get the last page, once the login is over.
const lastPage = 2 * time.Second

// loginByBrowser has a person log in on the server's page in a browser of this machine, which
// brings a code back to a port of this program (RFC 8252, section 7.3). The code is good for nobody
// else, since only this program has what the code was bound to (RFC 7636).
func (c *client) loginByBrowser(ctx context.Context, show func(providers.Step)) (answer, error) {
	s, err := c.server(ctx, tokenEndpoint, authorizationEndpoint)
	if err != nil {
		return answer{}, err
	}
	listener, back, err := listen(ctx, c.options.Redirect())
	if err != nil {
		return answer{}, err
	}
	verifier, state := oauth2.GenerateVerifier(), rand.Text()
	config := oauth2.Config{
		ClientID: c.options.ClientID, RedirectURL: back.String(), Scopes: c.options.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: s.Authorization},
	}
	show(providers.Step{
		Open:    config.AuthCodeURL(state, c.bound(verifier)...),
		Message: "waiting for the login in the browser",
	})
	r := &redirect{
		path: back.EscapedPath(), state: providers.NewSecret(state), issuer: s.issuer, namesItself: s.namesItself,
		outcome: make(chan outcome, 1),
	}
	code, err := c.await(ctx, listener, r)
	if err != nil {
		return answer{}, err
	}
	return c.askAt(ctx, s.Token, url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {code},
		"redirect_uri":  {back.String()},
		"code_verifier": {verifier},
	})
}

// bound are the parameters of the page beyond the usual ones.
func (c *client) bound(verifier string) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	if slices.Contains(c.options.Scopes, "offline_access") {
		// Without it the server ignores the scope (OpenID Connect Core 1.0, section 11), and there is no refresh token.
		options = append(options, oauth2.SetAuthURLParam("prompt", "consent"))
	}
	for _, p := range []struct{ name, value string }{{"audience", c.options.Audience}, {"resource", c.options.Resource}} {
		if p.value != "" {
			options = append(options, oauth2.SetAuthURLParam(p.name, p.value))
		}
	}
	return options
}

// listen opens the port that the browser comes back to: the URL's own, or a free one, which is put
// into the URL. Nobody but this machine can reach it.
func listen(ctx context.Context, text string) (net.Listener, *url.URL, error) {
	back, err := url.Parse(text)
	if err != nil {
		return nil, nil, loginRequired("option redirect_url: not a URL", "")
	}
	host, port := back.Hostname(), back.Port()
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1" // whatever the name means here (RFC 8252, section 8.3)
	}
	if port == "" {
		port = "0"
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, nil, unavailable("wait for the browser at " + text + ": " + netcause.Text(err) +
			"; end the program that listens there, or change the option redirect_url")
	}
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	back.Host = net.JoinHostPort(back.Hostname(), port)
	return listener, back, nil
}

// await serves the browser until it has brought the code, or ctx ends.
func (c *client) await(ctx context.Context, listener net.Listener, r *redirect) (code string, err error) {
	server := &http.Server{
		Handler: r, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // what a stranger sends is no news
	}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case o := <-r.outcome:
		patient, cancel := context.WithTimeout(ctx, lastPage)
		defer cancel()
		_ = server.Shutdown(patient)
		if o.code == "" {
			return "", loginRequired("the login was refused: "+o.refusal, c.login())
		}
		return o.code, nil
	}
}
