package oauth2

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/sesame-auth/sesame/providers/oauth2/profile"
)

// An answer is that of a token endpoint.
type answer struct {
	endpoint string
	token    *oauth2.Token
	sent     time.Time     // when it was asked, by this machine's clock
	lifetime time.Duration // zero or less if the answer does not say
	date     time.Time     // when it was given, by the server's clock; zero if it does not say
}

// ask sends one request to the token endpoint, once: how the client shows who it is has been
// decided, and is not tried out, since a refresh token may be good for one request. Its
// error is a *refusal, or a *providers.Error.
func (c *client) ask(ctx context.Context, params url.Values) (answer, error) {
	s, err := c.server(ctx, tokenEndpoint)
	if err != nil {
		return answer{}, err
	}
	return c.askAt(ctx, s.Token, params)
}

// askAt is ask where the endpoint is known. Every grant goes through the library's one for client
// credentials, which lets its parameters be replaced and authenticates every client.
func (c *client) askAt(ctx context.Context, endpoint string, params url.Values) (answer, error) {
	config := clientcredentials.Config{
		ClientID: c.options.ClientID, ClientSecret: c.secret.Reveal(),
		TokenURL: endpoint, EndpointParams: params, AuthStyle: c.style(),
	}
	courier := c.courier()
	sent := time.Now()
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, courier.client()))
	if err != nil {
		return answer{}, c.failure(endpoint, params, err)
	}
	a := answer{endpoint: endpoint, token: token, sent: sent, date: courier.date}
	if !token.Expiry.IsZero() { // the library has counted from just now
		a.lifetime = time.Until(token.Expiry).Round(time.Second)
	}
	return a, nil
}

// style is how the client shows who it is (RFC 6749, section 2.3.1). One without a secret
// only says its name.
func (c *client) style() oauth2.AuthStyle {
	if c.secret.IsZero() || c.options.AuthStyle() == profile.ClientAuthPost {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// post sends one request to an endpoint that gives no token, and decodes the answer into v
// unless it is nil. Its errors are those of ask.
func (c *client) post(ctx context.Context, endpoint string, params url.Values, v any) error {
	params.Set("client_id", c.options.ClientID)
	if c.style() == oauth2.AuthStyleInParams {
		set(params, "client_secret", c.secret.Reveal())
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(params.Encode()))
	if err != nil {
		return unavailable(endpoint + ": not a URL")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.style() == oauth2.AuthStyleInHeader {
		r.SetBasicAuth(url.QueryEscape(c.options.ClientID), url.QueryEscape(c.secret.Reveal()))
	}
	text, err := fetch(c.courier().client(), r)
	if err == nil && v != nil && json.Unmarshal(text, v) != nil {
		err = errNotJSON
	}
	if err != nil {
		return c.failure(endpoint, params, err)
	}
	return nil
}

var errNotJSON = errors.New("the answer is not the JSON of this endpoint")

// fetch returns the body of an answer. An answer that says it is an error is an
// *oauth2.RetrieveError.
func fetch(client *http.Client, r *http.Request) ([]byte, error) {
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var said struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	_ = json.Unmarshal(text, &said) // anything else says nothing
	if response.StatusCode/100 != 2 || said.Code != "" {
		return nil, &oauth2.RetrieveError{Response: response, ErrorCode: said.Code, ErrorDescription: said.Description}
	}
	return text, nil
}
