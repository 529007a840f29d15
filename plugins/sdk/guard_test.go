//go:build unix

package sdk

import (
	"bytes"
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/providers"
)

// panics is a provider that does, in several ways and in every call.
type panics struct{}

func (panics) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	switch req.URL.Path {
	case "/value":
		panic("the secret " + req.Previous.Value.Reveal())
	case "/runtime":
		return nil, errors.New(req.Options[len(req.URL.Path)].Name)
	case "/nil":
		panic(nil)
	}
	return &providers.Token{Value: req.Previous.Value}, nil
}

func (p panics) Keep(ctx context.Context, req providers.Request, _ *providers.Token) error {
	_, err := p.Token(ctx, req)
	return err
}

func (p panics) Drop(ctx context.Context, req providers.Request, _ providers.Secret) error {
	return p.Keep(ctx, req, nil)
}

func (p panics) Kept(ctx context.Context, req providers.Request) ([]providers.Account, error) {
	return nil, p.Keep(ctx, req, nil)
}

func (p panics) Login(ctx context.Context, req providers.Request, show func(providers.Step)) (*providers.Token, error) {
	show(providers.Step{Message: "waiting"})
	return p.Token(ctx, req)
}

func (p panics) Logout(ctx context.Context, req providers.Request) error {
	return p.Keep(ctx, req, nil)
}

// calls are all that a host can ask.
func calls() map[string]func(context.Context, *wire.Client, providers.Request) error {
	return map[string]func(context.Context, *wire.Client, providers.Request) error{
		"Token": func(ctx context.Context, c *wire.Client, req providers.Request) error {
			_, err := c.Token(ctx, req)
			return err
		},
		"Keep": func(ctx context.Context, c *wire.Client, req providers.Request) error {
			return c.Keep(ctx, req, req.Previous)
		},
		"Drop": func(ctx context.Context, c *wire.Client, req providers.Request) error {
			return c.Drop(ctx, req, req.Previous.Value)
		},
		"Kept": func(ctx context.Context, c *wire.Client, req providers.Request) error {
			_, err := c.Kept(ctx, req)
			return err
		},
		"Login": func(ctx context.Context, c *wire.Client, req providers.Request) error {
			_, err := c.Login(ctx, req, func(providers.Step) {})
			return err
		},
		"Logout": func(ctx context.Context, c *wire.Client, req providers.Request) error { return c.Logout(ctx, req) },
	}
}

// serve returns the host's end of what Serve serves.
func serve(t *testing.T, p providers.Provider, log *bytes.Buffer) *wire.Client {
	t.Helper()
	path := filepath.Join(socketDir(t), "socket")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	config := serveConfig(p, newLogger(log))
	server := config.GRPCServer(nil)
	service := config.VersionedPlugins[wire.Version][wire.ServiceName].(wire.Plugin)
	if err := service.GRPCServer(nil, server); err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("unix:"+path, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	client, err := service.GRPCClient(t.Context(), nil, conn)
	if err != nil {
		t.Fatal(err)
	}
	return client.(*wire.Client)
}

// A panic is often about a value: the text may be the token, in a log for all to read.
func TestGuardTurnsAPanicIntoAnErrorWithoutItsText(t *testing.T) {
	for method, call := range calls() {
		for _, path := range []string{"/value", "/runtime", "/nil"} {
			t.Run(method+path, func(t *testing.T) {
				var log bytes.Buffer
				client := serve(t, panics{}, &log)
				req := providers.Request{URL: providers.URL{Path: path}}
				req.Previous = &providers.Token{Value: providers.NewSecret("token-12345")}
				err := call(t.Context(), client, req)
				e, ok := errors.AsType[*providers.Error](err)
				if !ok || e.Kind != providers.ErrUnavailable || !strings.Contains(e.Message, "panicked") {
					t.Fatalf("error %v", err)
				}
				if text := log.String() + e.Message; strings.Contains(text, "token-12345") || strings.Contains(text, "index out of range") {
					t.Errorf("the panic's text is in %s", text)
				}
				for _, want := range []string{"panicked in " + method + `"`, "sdk.panics.Token (", "guard_test.go:"} {
					if !strings.Contains(log.String(), want) {
						t.Errorf("the log does not say %q: %s", want, &log)
					}
				}
				req.URL.Path = ""
				if err := call(t.Context(), client, req); err != nil {
					t.Errorf("without a panic: %v", err)
				}
			})
		}
	}
}

// tokenOnly has the one method that every provider has.
type tokenOnly struct{ provider panics }

func (p tokenOnly) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	return p.provider.Token(ctx, req)
}

// A guard that had every method would make every plugin a Keeper, which loses what it is handed.
func TestGuardAddsNoCallToAProvider(t *testing.T) {
	client := serve(t, tokenOnly{}, new(bytes.Buffer))
	req := providers.Request{Previous: &providers.Token{Value: providers.NewSecret("token-12345")}}
	for method, call := range calls() {
		err := call(t.Context(), client, req)
		if lacks := err != nil && strings.Contains(err.Error(), "(Unimplemented)"); lacks != (method != "Token") {
			t.Errorf("%s: error %v", method, err)
		}
	}
}

// go-plugin has calls of its own, one of them before it is ready: what comes before a provider's is not for them.
func TestGuardLeavesOtherServicesAlone(t *testing.T) {
	prepared := false
	g := guard{logger: newLogger(new(bytes.Buffer)), prepare: func() { prepared = true }}
	if err := g.run("/plugin.GRPCStdio/StreamStdio", func() error { return context.Canceled }); err != context.Canceled || prepared {
		t.Errorf("error %v, prepared %v", err, prepared)
	}
	if err := g.run(wire.ProviderService_Token_FullMethodName, func() error { return nil }); err != nil || !prepared {
		t.Errorf("error %v, prepared %v", err, prepared)
	}
}
