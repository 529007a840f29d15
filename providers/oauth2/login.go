package oauth2

import (
	"context"
	"net/url"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/profile"
)

// Login has a person log in, on another device or in a browser of this machine, as the route's
// grant says. The other grants need no login, which is an error of the kind
// [providers.ErrNotFound].
func (p Provider) Login(
	ctx context.Context, req providers.Request, show func(providers.Step),
) (*providers.Token, error) {
	c, err := p.client(req)
	if err != nil {
		return nil, err
	}
	var a answer
	switch c.options.Grant {
	case profile.Device:
		a, err = c.loginByDevice(ctx, show)
	case profile.Browser:
		a, err = c.loginByBrowser(ctx, show)
	default:
		return nil, &providers.Error{Kind: providers.ErrNotFound, Message: c.noLogin()}
	}
	if err != nil {
		return nil, c.loginFailure(ctx, err)
	}
	return c.loggedIn(a, show)
}

// noLogin says why there is nothing to log in to.
func (c *client) noLogin() string {
	message := "the grant " + c.options.Grant + " needs no login: its tokens are obtained with "
	switch c.options.Grant {
	case profile.RefreshToken:
		return message + "the refresh token in " + c.options.RefreshTokenFile
	case profile.ClientCredentials:
		return message + "the client's secret"
	}
	return message + "the token in " + c.options.SubjectTokenFile
}

// loginFailure is the error of a login: if the person's time is up, then that is what it is.
func (c *client) loginFailure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return unavailable("the login for " + c.req.URL.String() + " is given up: " + context.Cause(ctx).Error())
	}
	return explain(err)
}

// loggedIn returns the first token of a login, and says so if it is the last.
func (c *client) loggedIn(a answer, show func(providers.Step)) (*providers.Token, error) {
	st := state{Refresh: a.token.RefreshToken}
	_, expires := a.life()
	if st.Refresh == "" {
		st.Lasting = expires.IsZero()
		message := "the server gave no refresh token: the token is good until it is revoked"
		if !st.Lasting {
			message = "the server gave no refresh token: the login ends with the token, at " +
				expires.Format(time.RFC3339) + " (a scope such as offline_access may be missing)"
		}
		show(providers.Step{Message: message})
	}
	return c.token(a, st)
}

// Logout has the server revoke what the login brought (RFC 7009), where it says how. The grants
// without a login have nothing to revoke.
func (p Provider) Logout(ctx context.Context, req providers.Request) error {
	c, err := p.client(req)
	if err != nil {
		return err
	}
	st := readState(req.Previous)
	login := c.options.Grant == profile.Device || c.options.Grant == profile.Browser
	if req.Previous == nil || !login {
		return nil
	}
	s, err := c.server(ctx)
	if err != nil || s.Revocation == "" {
		return err
	}
	endpoint, err := s.need(revocationEndpoint, s.Revocation)
	if err != nil {
		return err
	}
	params := url.Values{"token": {st.Refresh}, "token_type_hint": {"refresh_token"}}
	if st.Refresh == "" {
		params = url.Values{"token": {req.Previous.Value.Reveal()}, "token_type_hint": {"access_token"}}
	}
	return explain(c.post(ctx, endpoint, params, nil))
}

// openable returns a page that a person may be sent to, or "" if the server names none.
func openable(text string) string {
	clean, _ := profile.CleanURL(text) // "" with an error
	return clean
}
