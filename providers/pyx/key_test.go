package pyx

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

func TestKeyIsExchangedOnceForAll(t *testing.T) {
	server, file := withKey(t, pyxtest.Config{})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := server.Counts(); got.Exchanges != 1 || got.Requests != 1 {
		t.Errorf("%+v, want one exchange", got)
	}
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || !server.Accepts(string(text)) {
		t.Errorf("the file is not the bare token: %v", err)
	}
}

// A key in the environment says whose token is wanted; the login is another's.
func TestKeyWinsOverTheLogin(t *testing.T) {
	server, file := withKey(t, pyxtest.Config{})
	login, err := server.Login(filepath.Dir(filepath.Dir(file)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Provider{}.Token(t.Context(), request(t, server))
	if err != nil || got.Value.Reveal() == kept(t, login).Access || server.Counts().Exchanges != 1 {
		t.Errorf("error %v, want the key's token", err)
	}
}

func TestKeyThatIsRefusedAsksForAnother(t *testing.T) {
	server, _ := withKey(t, pyxtest.Config{})
	t.Setenv("PYX_API_KEY", "")
	t.Setenv("UV_API_KEY", "sk-pyx-wrong")
	_, err := Provider{}.Token(t.Context(), request(t, server))
	e := wantError(t, err, providers.ErrLoginRequired, "UV_API_KEY", "/auth/cli/access-token: 401")
	if e.Repair != "export UV_API_KEY=KEY" || strings.Contains(e.Message, "sk-pyx-wrong") {
		t.Errorf("message %q, repair %q", e.Message, e.Repair)
	}
}

func TestKeyThatNoHeaderCarriesIsNotSent(t *testing.T) {
	server, _ := withKey(t, pyxtest.Config{})
	t.Setenv("PYX_API_KEY", "sk-pyx\nX-Evil: 1")
	_, err := Provider{}.Token(t.Context(), request(t, server))
	wantError(t, err, providers.ErrLoginRequired, "PYX_API_KEY")
	if got := server.Counts().Requests; got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}

// A container often has no home that it can write. The key is not spent by an
// exchange, so it works there.
func TestKeyNeedsNoDisk(t *testing.T) {
	server, file := withKey(t, pyxtest.Config{})
	root := filepath.Dir(filepath.Dir(file))
	if err := os.Remove(root); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(root, nil, 0o600); err != nil { // in everybody's way, even root's
		t.Fatal(err)
	}
	if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
		t.Error(err)
	}
}

// What is in the file may be half a token, or another's text.
func TestKeyFileThatIsNoGoodIsReplaced(t *testing.T) {
	server, file := withKey(t, pyxtest.Config{})
	for name, text := range map[string]string{
		"empty": "", "two lines": "a\nb", "opaque": "opaque", "expired": server.AccessToken(-time.Minute),
		"too long": strings.Repeat("x", maxFile+1),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := Provider{}.Token(t.Context(), request(t, server))
			if err != nil {
				t.Fatal(err)
			}
			if now, _ := os.ReadFile(file); string(now) != got.Value.Reveal() {
				t.Error("the file does not hold the new token")
			}
		})
	}
}

func TestKeyIsExchangedAgainOnDemand(t *testing.T) {
	server, _ := withKey(t, pyxtest.Config{})
	first, err := Provider{}.Token(t.Context(), request(t, server))
	if err != nil {
		t.Fatal(err)
	}
	req := request(t, server)
	req.Previous = first
	second, err := Provider{}.Token(t.Context(), req)
	if err != nil || second.Value.Equal(first.Value) {
		t.Errorf("error %v, want another token", err)
	}
	var none providers.Secret
	if second.State != none {
		t.Error("a key's token has no state")
	}
}
