package oauth2

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/profile"
)

// fromLogin spends the refresh token of the last login, or of the last time that it was spent.
func (c *client) fromLogin(ctx context.Context) (*providers.Token, error) {
	st := readState(c.req.Previous)
	switch {
	case st.Refresh != "":
		a, err := c.refresh(ctx, st.Refresh)
		if r, ok := errors.AsType[*refusal](err); ok && r.isGrant() {
			return nil, loginRequired("the login for "+c.req.URL.String()+" is over: "+r.Error(), c.login())
		}
		if err != nil {
			return nil, explain(err)
		}
		return c.token(a, state{Refresh: a.token.RefreshToken})
	case st.Lasting:
		return c.again(), nil
	}
	return nil, loginRequired("nobody is logged in for "+c.req.URL.String(), c.login())
}

// again returns the last token for another while: the server said neither when it ends nor how
// to get another, as GitHub does for its OAuth apps. It is good until a tool says that it is not.
func (c *client) again() *providers.Token {
	t := *c.req.Previous
	t.Issued = time.Now()
	return &t
}

// fromRefreshToken spends the refresh token in the route's file, or the newest that came of
// it. A person who writes another one into the file is heard.
func (c *client) fromRefreshToken(ctx context.Context) (*providers.Token, error) {
	first, err := readOwned("refresh_token_file", c.options.RefreshTokenFile)
	if err != nil {
		return nil, err
	}
	spend, of := first.Reveal(), fingerprint(first.Reveal())
	if st := readState(c.req.Previous); st.Refresh != "" && st.Of == of {
		spend = st.Refresh
	}
	a, err := c.refresh(ctx, spend)
	if r, ok := errors.AsType[*refusal](err); ok && r.isGrant() {
		return nil, loginRequired("the refresh token of "+c.options.RefreshTokenFile+
			" is not accepted any more, write another into the file ("+r.Error()+")", "")
	}
	if err != nil {
		return nil, explain(err)
	}
	return c.token(a, state{Refresh: a.token.RefreshToken, Of: of})
}

// refresh spends a refresh token, once (RFC 6749, section 6). A login has said what
// it is for; a refresh token from a file has not.
func (c *client) refresh(ctx context.Context, token string) (answer, error) {
	params := url.Values{}
	if c.options.Grant == profile.RefreshToken {
		c.describe(params)
	}
	params.Set("grant_type", "refresh_token")
	params.Set("refresh_token", token)
	return c.ask(ctx, params)
}

func (c *client) fromClientCredentials(ctx context.Context) (*providers.Token, error) {
	params := url.Values{"grant_type": {"client_credentials"}}
	c.describe(params)
	a, err := c.ask(ctx, params)
	if err != nil {
		return nil, explain(err)
	}
	return c.token(a, state{})
}

// fromTokenExchange exchanges what the file holds now: whoever runs this machine replaces it
// before it ends.
func (c *client) fromTokenExchange(ctx context.Context) (*providers.Token, error) {
	subject, err := readGiven("subject_token_file", c.options.SubjectTokenFile)
	if err != nil {
		return nil, err
	}
	params := url.Values{
		"grant_type":         {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"subject_token":      {subject.Reveal()},
		"subject_token_type": {profile.DefaultSubjectTokenType},
	}
	c.describe(params)
	set(params, "subject_token_type", c.options.SubjectTokenType)
	set(params, "requested_token_type", c.options.RequestedTokenType)
	a, err := c.ask(ctx, params)
	if err != nil {
		return nil, explain(err)
	}
	return c.token(a, state{})
}

// describe adds what the token shall be good for.
func (c *client) describe(params url.Values) {
	set(params, "scope", strings.Join(c.options.Scopes, " "))
	set(params, "audience", c.options.Audience)
	set(params, "resource", c.options.Resource)
}

func set(params url.Values, name, value string) {
	if value != "" {
		params.Set(name, value)
	}
}
