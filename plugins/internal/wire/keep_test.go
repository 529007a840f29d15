package wire

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sesame-auth/sesame/providers"
)

// keeps is a Keeper that returns what it is told, and keeps what it was called with.
type keeps struct {
	answers
	accounts []providers.Account
	token    *providers.Token
	value    providers.Secret
	calls    int
}

func (k *keeps) Keep(_ context.Context, req providers.Request, t *providers.Token) error {
	k.asked, k.token, k.calls = req, t, k.calls+1
	return k.err
}

func (k *keeps) Drop(_ context.Context, req providers.Request, value providers.Secret) error {
	k.asked, k.value, k.calls = req, value, k.calls+1
	return k.err
}

func (k *keeps) Kept(_ context.Context, req providers.Request) ([]providers.Account, error) {
	k.asked, k.calls = req, k.calls+1
	return k.accounts, k.err
}

// keeping calls each method of a Keeper.
func keeping(t *testing.T, k providers.Keeper) map[string]error {
	t.Helper()
	_, err := k.Kept(t.Context(), providers.Request{})
	return map[string]error{
		"Keep": k.Keep(t.Context(), providers.Request{}, &providers.Token{}),
		"Drop": k.Drop(t.Context(), providers.Request{}, providers.Secret{}),
		"Kept": err,
	}
}

// What gets lost here is a password that a person typed, or one that is not dropped.
func TestEveryFieldOfAKeeperPassesTheBoundary(t *testing.T) {
	for _, row := range []struct {
		name     string
		req      providers.Request
		token    *providers.Token
		accounts []providers.Account
	}{
		{"full", fullRequest(), fullToken(), []providers.Account{{Host: "b.example", Username: "jane"}, {Host: "a.example:1"}}},
		{"empty", providers.Request{}, &providers.Token{}, nil},
		{"a password", providers.Request{}, &providers.Token{Value: providers.NewSecret(`pä"ss w\örd 鍵 'x' $(y)`)}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			k := &keeps{accounts: row.accounts}
			client := connect(t, k)
			if err := client.Keep(t.Context(), row.req, row.token); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(k.asked, row.req) || !reflect.DeepEqual(k.token, row.token) {
				t.Errorf("Keep was called with %#v, %#v; want %#v, %#v", k.asked, k.token, row.req, row.token)
			}
			k.asked = providers.Request{}
			if err := client.Drop(t.Context(), row.req, row.token.Value); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(k.asked, row.req) || !reflect.DeepEqual(k.value, row.token.Value) {
				t.Errorf("Drop was called with %#v and %q; want %#v and %q", k.asked, k.value.Reveal(), row.req, row.token.Value.Reveal())
			}
			k.asked = providers.Request{}
			accounts, err := client.Kept(t.Context(), row.req)
			if err != nil || !reflect.DeepEqual(accounts, row.accounts) || !reflect.DeepEqual(k.asked, row.req) {
				t.Errorf("Kept = %v, %v, called with %#v; want %v, called with %#v", accounts, err, k.asked, row.accounts, row.req)
			}
		})
	}
}

// A plugin that was built before there were Keepers answers as one whose provider is none does.
func TestProviderThatKeepsNothingIsUnimplemented(t *testing.T) {
	for name, client := range map[string]*Client{
		"a provider that is none": connect(t, &answers{}),
		"a plugin of before":      connectOld(t),
	} {
		for method, err := range keeping(t, client) {
			if e, ok := errors.AsType[*CallError](err); !ok || e.Code != codes.Unimplemented {
				t.Errorf("%s: %s: error %v, want a CallError with the code Unimplemented", name, method, err)
			}
		}
	}
}

// connectOld connects to the service as it was when it had nothing but Token.
func connectOld(t *testing.T) *Client {
	t.Helper()
	conn, s := plugin.TestGRPCConn(t, func(s *grpc.Server) {
		old := ProviderService_ServiceDesc
		old.Methods, old.Streams = old.Methods[:1], nil
		s.RegisterService(&old, server{provider: &answers{token: fullToken()}})
	})
	t.Cleanup(s.Stop)
	t.Cleanup(func() { conn.Close() })
	client := &Client{conn: conn, service: NewProviderServiceClient(conn)}
	if _, err := client.Token(t.Context(), fullRequest()); err != nil {
		t.Fatal("Token is not the first method: ", err)
	}
	return client
}

// The core acts on the kind of an error here as well.
func TestErrorsOfAKeeperPassTheBoundary(t *testing.T) {
	want := providers.Error{Kind: providers.ErrLoginRequired, Message: "the keyring is locked", Repair: "unlock it"}
	for method, err := range keeping(t, connect(t, &keeps{answers: answers{err: &want}})) {
		if e, ok := errors.AsType[*providers.Error](err); !ok || *e != want {
			t.Errorf("%s: error %#v, want %#v", method, err, want)
		}
	}
}

// What is no request must not reach a Keeper, which might keep half of it.
func TestMalformedMessagesDoNotReachAKeeper(t *testing.T) {
	bad := &timestamppb.Timestamp{Seconds: 1 << 60}
	badRequest := &TokenRequest{GoodUntil: bad}
	k := &keeps{}
	client := connect(t, k)
	for _, row := range []struct {
		name, want string
		call       func(ctx context.Context, c ProviderServiceClient) error
	}{
		{"Keep without a token", "the request holds no token", func(ctx context.Context, c ProviderServiceClient) error {
			_, err := c.Keep(ctx, &KeepRequest{})
			return err
		}},
		{"Keep of a token without a time", "the token: expires: is no time", func(ctx context.Context, c ProviderServiceClient) error {
			_, err := c.Keep(ctx, &KeepRequest{Token: &Token{Expires: bad}})
			return err
		}},
		{"Keep", "the request: good_until: is no time", func(ctx context.Context, c ProviderServiceClient) error {
			_, err := c.Keep(ctx, &KeepRequest{Request: badRequest, Token: &Token{}})
			return err
		}},
		{"Drop", "the request: good_until: is no time", func(ctx context.Context, c ProviderServiceClient) error {
			_, err := c.Drop(ctx, &DropRequest{Request: badRequest})
			return err
		}},
		{"Kept", "the request: good_until: is no time", func(ctx context.Context, c ProviderServiceClient) error {
			_, err := c.Kept(ctx, &KeptRequest{Request: badRequest})
			return err
		}},
	} {
		err := row.call(t.Context(), client.service)
		if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, want %q", row.name, err, row.want)
		}
	}
	if k.calls > 0 {
		t.Errorf("the provider was called %d times", k.calls)
	}
}

// A password that a message cannot hold is not kept in part, and the error does not show it.
func TestKeptTextThatIsNoUTF8IsNamed(t *testing.T) {
	const odd = "odd-\xff-password"
	k := &keeps{accounts: []providers.Account{{Host: "h"}, {Username: odd}}}
	client := connect(t, k)
	bad := providers.Request{Username: odd}
	_, listed := client.Kept(t.Context(), providers.Request{})
	_, asked := client.Kept(t.Context(), bad)
	for _, row := range []struct {
		name, want string
		err        error
	}{
		{"Keep", "the token: its value: is not UTF-8", client.Keep(t.Context(), providers.Request{}, &providers.Token{Value: providers.NewSecret(odd)})},
		{"Drop", "the value: is not UTF-8", client.Drop(t.Context(), providers.Request{}, providers.NewSecret(odd))},
		{"Keep for an account", "the username: is not UTF-8", client.Keep(t.Context(), bad, &providers.Token{})},
		{"Drop for an account", "the username: is not UTF-8", client.Drop(t.Context(), bad, providers.Secret{})},
		{"Kept for an account", "the username: is not UTF-8", asked},
		{"Kept", "the provider's account 1: is not UTF-8", listed},
	} {
		if row.err == nil || !strings.Contains(row.err.Error(), row.want) || strings.Contains(row.err.Error(), "password") {
			t.Errorf("%s: error %v, want %q", row.name, row.err, row.want)
		}
	}
	if k.token != nil {
		t.Errorf("kept: %v", k.token)
	}
}
