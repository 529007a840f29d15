//go:build unix

package host

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

// plain is a provider that has nothing but Token.
type plain struct{ providers.Provider }

// memory is a Keeper as it should be, with a login that nobody confirms.
type memory struct{ providerstest.Memory }

func (*memory) Login(ctx context.Context, _ providers.Request, show func(providers.Step)) (*providers.Token, error) {
	show(providers.Step{Open: "https://acme.example/device", Code: "ABCD", Message: "waiting"})
	<-ctx.Done()
	return nil, providers.ErrUnavailable
}

func (*memory) Logout(context.Context, providers.Request) error { return nil }

// registerBefore registers the service as it was when it had nothing but Token.
func registerBefore(s *grpc.Server) error {
	old := wire.ProviderService_ServiceDesc
	old.Methods, old.Streams = nil, nil
	s.RegisterService(&old, nil)
	return nil
}

// The fake keeps nothing; the path of the URL says how it fails.

func (f fake) Keep(ctx context.Context, req providers.Request, t *providers.Token) error {
	req.Previous = t
	return f.act(ctx, req)
}

func (f fake) Drop(ctx context.Context, req providers.Request, value providers.Secret) error {
	req.Previous = &providers.Token{Value: value, State: value}
	return f.act(ctx, req)
}

func (f fake) Kept(ctx context.Context, req providers.Request) ([]providers.Account, error) {
	return []providers.Account{{Host: "acme.example", Username: req.Username}}, f.act(ctx, req)
}

func (f fake) Logout(ctx context.Context, req providers.Request) error { return f.act(ctx, req) }

func (f fake) act(ctx context.Context, req providers.Request) error {
	_, err := f.Token(ctx, req)
	return err
}

// Login shows steps as the path of the URL says. What it is to show is in the username.
func (f fake) Login(ctx context.Context, req providers.Request, show func(providers.Step)) (*providers.Token, error) {
	switch req.URL.Path {
	case "/login":
		show(providers.Step{Open: "https://acme.example/device?code=secret-in-hand", Code: "ABCD-1234"})
		show(providers.Step{Code: "\x1b[31mA", Message: "waiting\nfor \x1b[2J " + req.Previous.Value.Reveal()})
		show(providers.Step{Message: strings.Repeat("é", maxMessage)})
		return &providers.Token{Value: providers.NewSecret("value-of-the-login"), State: providers.NewSecret("state-of-the-login")}, nil
	case "/said":
		return nil, &providers.Error{Kind: providers.ErrUnavailable, Message: "not value-of-the-login, not state-of-the-login"}
	case "/many":
		for i := range len(req.Username) {
			show(providers.Step{Message: fmt.Sprint(i)})
		}
	case "/endless":
		for ctx.Err() == nil {
			show(providers.Step{Message: strings.Repeat("x", 1000)})
		}
	case "/open":
		show(providers.Step{Open: req.Username})
	case "/code":
		show(providers.Step{Code: req.Username})
	case "/hang":
		show(providers.Step{Message: "waiting"})
		sleep()
	case "/crash":
		show(providers.Step{Message: "waiting"})
		awaitFile(req.Username)
		crash(req)
	}
	return f.Token(ctx, request("/token"))
}

// awaitFile returns when the file is there.
func awaitFile(name string) {
	for {
		if _, err := os.Stat(name); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
