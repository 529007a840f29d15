package pyx

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A refusal stands only for the refresh token that was sent.
func TestRefusalAsksForALogin(t *testing.T) {
	for _, status := range []int{400, 401, 403} {
		server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
		before := kept(t, file)
		server.Fail(pyxtest.Fault{Status: status})
		_, err := Provider{}.Token(t.Context(), request(t, server))
		e := wantError(t, err, providers.ErrLoginRequired, server.URL+"/auth/cli/refresh: ", statusText(status), file)
		if e.Repair != "sesame login "+server.URL || server.Counts().Requests != 1 || kept(t, file) != before {
			t.Errorf("%d: repair %q after %+v; want one request, and uv's file as it was", status, e.Repair, server.Counts())
		}
	}
}

func TestRefusalIsForgottenIfSomebodyLoggedIn(t *testing.T) {
	tests := []struct {
		name     string
		left     time.Duration
		requests int
	}{
		{"the new access token is good", time.Hour, 1},
		{"the new access token is due", -time.Minute, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
			server.Fail(pyxtest.Fault{Status: 401, Before: func() {
				server.LoginWithLeft(filepath.Dir(filepath.Dir(file)), test.left)
			}})
			got, err := Provider{}.Token(t.Context(), request(t, server))
			if err != nil {
				t.Fatal(err)
			}
			if got.Value.Reveal() != kept(t, file).Access || server.Counts().Requests != test.requests {
				t.Errorf("%+v, want the token of the new login after %d requests", server.Counts(), test.requests)
			}
		})
	}
	t.Run("the new refresh token is refused too", func(t *testing.T) {
		server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
		login := pyxtest.Fault{Status: 401, Before: func() {
			server.LoginWithLeft(filepath.Dir(filepath.Dir(file)), -time.Minute)
		}}
		server.FailAlways(login)
		_, err := Provider{}.Token(t.Context(), request(t, server))
		wantError(t, err, providers.ErrLoginRequired, "401")
		if got := server.Counts().Requests; got != 2 {
			t.Errorf("%d requests, want 2", got)
		}
	})
}

// RFC 6749, section 6, lets an issuer keep the refresh token as it is.
func TestRefreshTokenIsKeptIfThereIsNoOther(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	before, access := kept(t, file), server.AccessToken(time.Hour)
	server.Fail(pyxtest.Fault{Body: `{"access_token":"` + access + `"}`})
	if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	if after := kept(t, file); after.Access != access || after.Refresh != before.Refresh {
		t.Error("want the new access token and the old refresh token")
	}
}

// With a clock that is ahead every token is dead on arrival; the refresh token that
// came with it is not.
func TestTokenThatIsDeadOnArrivalIsAnError(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	server.Fail(pyxtest.Fault{Body: `{"access_token":"` + server.AccessToken(-time.Minute) + `","refresh_token":"next"}`})
	_, err := Provider{}.Token(t.Context(), request(t, server))
	wantError(t, err, providers.ErrUnavailable, "clock")
	if got := kept(t, file).Refresh; got != "next" {
		t.Error("the new refresh token is lost")
	}
}
