package pyx

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/jwt"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A refresh that uv made is one that sesame need not make.
func TestTokenTakesUpWhatUvHas(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
	req := request(t, server)
	req.GoodUntil = time.Now().Add(30 * time.Minute)
	req.Previous = &providers.Token{Value: providers.NewSecret("an older one")}
	got, err := Provider{}.Token(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	issued, expires := jwt.Times(got.Value.Reveal())
	if got.Value.Reveal() != kept(t, file).Access || got.Scheme != providers.Bearer ||
		!got.Issued.Equal(issued) || !got.Expires.Equal(expires) || issued.IsZero() || expires.IsZero() {
		t.Errorf("got %+v, want uv's token with its times", got)
	}
	if got := server.Counts().Requests; got != 0 {
		t.Errorf("%d requests, want none", got)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("uv's file is touched: %v %v", info.Mode(), err)
	}
}

// Uv finds what sesame has refreshed, and nobody else does.
func TestTokenRefreshesWhereUvLooks(t *testing.T) {
	tests := []struct {
		name   string
		left   time.Duration
		demand func(req *providers.Request, access string)
	}{
		{"expired", -time.Minute, func(*providers.Request, string) {}},
		{"not good for long enough", 10 * time.Minute, func(req *providers.Request, _ string) {
			req.GoodUntil = time.Now().Add(30 * time.Minute)
		}},
		{"the very token that will not do", time.Hour, func(req *providers.Request, access string) {
			req.Previous = &providers.Token{Value: providers.NewSecret(access)}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, file := loggedIn(t, pyxtest.Config{}, test.left)
			before := kept(t, file)
			req := request(t, server)
			test.demand(&req, before.Access)
			got, err := Provider{}.Token(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			after := kept(t, file)
			if got.Value.Reveal() != after.Access || after.Access == before.Access || after.Refresh == before.Refresh {
				t.Error("uv's file does not hold the new tokens")
			}
			if !server.Accepts(after.Access) || !got.State.IsZero() {
				t.Error("want a token that the server accepts, and no state")
			}
			if counts := server.Counts(); counts.Refreshes != 1 || counts.Requests != 1 {
				t.Errorf("%+v, want one refresh", counts)
			}
			info, err := os.Stat(file)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
			}
			if left, _ := filepath.Glob(file + "*"); len(left) != 1 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// Every key and nothing but the two keys, as uv's own parser wants them.
func TestTokensAreWrittenInUvsFormat(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	tokens := kept(t, file)
	text, err := os.ReadFile(file)
	if want := `{"access_token":"` + tokens.Access + `","refresh_token":"` + tokens.Refresh + `"}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}

// A refresh token that is sent twice costs the login: 50 callers at once, each of
// which insists on a refresh, must not do that.
func TestTokenSpendsNoRefreshTokenTwice(t *testing.T) {
	server, _ := loggedIn(t, pyxtest.Config{}, -time.Minute)
	req := due(t, server)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := (Provider{}).Token(t.Context(), req); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := server.Counts(); got.Refreshes != 50 || got.Reuses != 0 || got.Refusals != 0 {
		t.Errorf("%+v, want 50 refreshes and no reuse", got)
	}
}

// Callers that come for the same reason are content with one answer.
func TestTokenIsRefreshedOnceForAll(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, time.Minute)
	req := request(t, server)
	req.GoodUntil = time.Now().Add(5 * time.Minute)
	req.Previous = &providers.Token{Value: providers.NewSecret(kept(t, file).Access)}
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := (Provider{}).Token(t.Context(), req); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := server.Counts(); got.Refreshes != 1 || got.Requests != 1 {
		t.Errorf("%+v, want one refresh", got)
	}
}

func TestNobodyIsLoggedIn(t *testing.T) {
	server, root := start(t, pyxtest.Config{})
	_, err := Provider{}.Token(t.Context(), request(t, server))
	e := wantError(t, err, providers.ErrLoginRequired, "nobody is logged in to "+server.URL, root)
	if e.Repair != "sesame login "+server.URL {
		t.Errorf("repair %q", e.Repair)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 0 {
		t.Errorf("something was written: %v %v", entries, err)
	}
}

func TestDamagedFileAsksForALogin(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "half": `{"access_token":"secret-half`, "no refresh token": `{"access_token":"a"}`, "a list": "[]",
	} {
		t.Run(name, func(t *testing.T) {
			server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Provider{}.Token(t.Context(), request(t, server))
			wantError(t, err, providers.ErrLoginRequired, file)
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error %q quotes the file", err)
			}
			if got, _ := os.ReadFile(file); string(got) != text || server.Counts().Requests != 0 {
				t.Error("the file was overwritten, or something was sent")
			}
		})
	}
}

// A file that is no file, or is over a megabyte, must not hang or swell the provider.
func TestFileThatIsNoFileIsRefused(t *testing.T) {
	tests := []struct {
		name    string
		replace func(file string) error
	}{
		{"directory", func(file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) }},
		{"too long", func(file string) error { return os.WriteFile(file, make([]byte, maxFile+1), 0o600) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
			if err := test.replace(file); err != nil {
				t.Fatal(err)
			}
			_, err := Provider{}.Token(t.Context(), request(t, server))
			wantError(t, err, providers.ErrUnavailable, file)
		})
	}
}
