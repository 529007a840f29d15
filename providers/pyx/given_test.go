package pyx

import (
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A token in the environment is for machines without a disk or a network.
func TestTokenInTheEnvironmentIsReturnedAsItIs(t *testing.T) {
	server, _ := start(t, pyxtest.Config{})
	access := server.AccessToken(time.Hour)
	issued, expires := times(access)
	tests := []struct {
		name, variable, value string
		issued, expires       time.Time
	}{
		{"JWT", "PYX_AUTH_TOKEN", access, issued, expires},
		{"older variable", "UV_AUTH_TOKEN", access, issued, expires},
		{"no JWT", "PYX_AUTH_TOKEN", "opaque", time.Time{}, time.Time{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(test.variable, test.value)
			t.Setenv("PYX_API_KEY", "sk-pyx-test")
			got, err := Provider{}.Token(t.Context(), due(t, server))
			if err != nil {
				t.Fatal(err)
			}
			if got.Value.Reveal() != test.value || got.Scheme != providers.Bearer ||
				!got.Issued.Equal(test.issued) || !got.Expires.Equal(test.expires) {
				t.Errorf("got %s issued %v expires %v, want issued %v expires %v",
					got.Scheme, got.Issued, got.Expires, test.issued, test.expires)
			}
		})
	}
	if got := server.Counts().Requests; got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}

func TestTokenInTheEnvironmentIsRefusedIfItIsNoGood(t *testing.T) {
	server, _ := start(t, pyxtest.Config{})
	tests := []struct{ name, value, mention string }{
		{"expired", server.AccessToken(-time.Hour), "PYX_AUTH_TOKEN expired at"},
		{"two lines", "secret\nX-Evil: 1", "PYX_AUTH_TOKEN has characters"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("PYX_AUTH_TOKEN", test.value)
			_, err := Provider{}.Token(t.Context(), request(t, server))
			e := wantError(t, err, providers.ErrLoginRequired, test.mention)
			if want := "unset PYX_AUTH_TOKEN && uv auth login pyx.dev"; e.Repair != want {
				t.Errorf("repair %q, want %q", e.Repair, want)
			}
		})
	}
}
