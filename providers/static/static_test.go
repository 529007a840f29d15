package static

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

func text(name, value string) providers.Option {
	return providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}}
}

func request(username string, options ...providers.Option) providers.Request {
	u, _ := providers.ParseURL("https://registry.example.com/")
	return providers.Request{URL: u, Username: username, Options: options}
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProviderConforms(t *testing.T) {
	t.Run("secret_file", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			return providerstest.Case{
				Provider: Provider{},
				Request:  request("", text("secret_file", write(t, "s3cr3t-in-a-file\n"))),
				Options:  Profile().NewOptions(),
				Single:   true,
				Failing:  []providers.Request{request(""), request("", text("secret_file", "s3cr3t-in-a-file"))},
				Secrets:  []string{"s3cr3t-in-a-file"},
			}
		})
	})
	t.Run("secret", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			return providerstest.Case{
				Provider: Provider{},
				Request:  request("ann", text("secret", "s3cr3t-in-the-configuration")),
				Options:  Profile().NewOptions(),
				Single:   true,
			}
		})
	})
}

func TestTokenFollowsTheOptions(t *testing.T) {
	file := write(t, "pass word \r\n")
	home := filepath.Dir(file)
	tests := []struct {
		name    string
		home    string
		request providers.Request
		value   string
		scheme  string
		err     error
		mention string
	}{
		{name: "secret alone", request: request("", text("secret", "t1")), value: "t1", scheme: "Bearer"},
		{name: "secret of an account", request: request("ann", text("secret", "t1")), value: "t1", scheme: "Basic"},
		{name: "scheme", request: request("ann", text("secret", "t1"), text("scheme", "Token")), value: "t1", scheme: "Token"},
		{name: "file", request: request("ann", text("secret_file", file)), value: "pass word ", scheme: "Basic"},
		{name: "file at home", home: home, request: request("", text("secret_file", "~/secret")), value: "pass word ", scheme: "Bearer"},
		{name: "no home", request: request("", text("secret_file", "~/secret")), err: providers.ErrLoginRequired, mention: homeVariable},
		{name: "neither", request: request(""), err: providers.ErrNotFound, mention: "nothing is kept"},
		{name: "empty secret", request: request("", text("secret", "")), err: providers.ErrNotFound, mention: "is empty"},
		{
			name: "both", request: request("", text("secret", "t1"), text("secret_file", file)),
			err: providers.ErrLoginRequired, mention: "not both",
		},
		{
			name: "relative file", request: request("", text("secret_file", "hunter2")),
			err: providers.ErrLoginRequired, mention: "absolute",
		},
		{
			name: "missing file", request: request("", text("secret_file", filepath.Join(home, "none"))),
			err: providers.ErrLoginRequired, mention: filepath.Join(home, "none"),
		},
		{
			name: "unknown option", request: request("", text("file", "x")),
			err: providers.ErrLoginRequired, mention: "known are scheme, secret, secret_file, store",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(homeVariable, test.home)
			got, err := Provider{}.Token(t.Context(), test.request)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err != nil {
				if !strings.Contains(err.Error(), test.mention) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("error %q: want a mention of %q and no secret", err, test.mention)
				}
				return
			}
			if got.Value.Reveal() != test.value || got.Scheme != test.scheme || got.Username != test.request.Username {
				t.Errorf("got %s %s:%s, want %s %s:%s", got.Scheme, got.Username, got.Value.Reveal(),
					test.scheme, test.request.Username, test.value)
			}
		})
	}
}
