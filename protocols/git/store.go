package git

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

// store hands the core the token in the request. Git stores what has worked, with every
// program in its list, whoever it came from; so a route that takes no tokens, or no route
// at all, is no failure.
func store(ctx context.Context, in io.Reader, tokens protocols.Tokens) error {
	var request request
	if err := request.read(in); err != nil {
		return plain.Error("read the request", err)
	}
	u, ok := request.url()
	token := request.token(time.Now())
	if !ok || token == nil {
		return nil
	}
	err := tokens.Keep(ctx, u, "", token)
	_, readOnly := errors.AsType[*protocols.ReadOnlyError](err)
	if readOnly || errors.Is(err, providers.ErrNotFound) {
		return nil
	}
	return err
}

// token returns the token that the request holds. It is nil if there is none to keep: a username
// without a password or the reverse, which is what a request that was cut short holds; a
// token that is ephemeral, or that expired before now; one that no header carries.
func (r *request) token(now time.Time) *providers.Token {
	expires := time.Time{}
	if r.expires > 0 {
		expires = time.Unix(r.expires, 0)
	}
	scheme, username, secret := r.carried()
	switch {
	case secret == nil || r.ephemeral || !expires.IsZero() && expires.Before(now):
		return nil
	case scheme == providers.Basic && username == nil:
		return nil
	case scheme != providers.Basic && (*secret == "" || !plain.Scheme(scheme) || !plain.ASCII(*secret)):
		return nil
	}
	t := &providers.Token{
		Value: providers.NewSecret(*secret), Scheme: scheme,
		Expires: expires, State: providers.NewSecret(r.refreshToken),
	}
	if username != nil {
		t.Username = *username
	}
	return t
}
