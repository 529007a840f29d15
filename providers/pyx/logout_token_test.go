package pyx

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

const (
	inFile = `{"access_token":"file","refresh_token":"file-refresh"}`
	inKey  = "key"
)

// Which access token is sent decides which login is ended.
func TestLogoutSendsTheNewestTokenOfTheLogin(t *testing.T) {
	old := tokens{Refresh: "file-refresh"}
	newer := unwritten(old, tokens{Refresh: "newer-refresh"})
	stale := unwritten(tokens{Refresh: "another"}, tokens{Refresh: "newer-refresh"})
	tests := []struct {
		name, login, key string // what is kept
		variables        map[string]string
		state            providers.Secret // of the previous token
		want             []string
	}{
		{name: "file", login: inFile, want: []string{"file"}},
		{name: "previous is newer than the file", login: inFile, state: newer, want: []string{"previous"}},
		{name: "file is newer than the state", login: inFile, state: stale, want: []string{"file"}},
		{name: "only previous", want: []string{"previous"}},
		{name: "only previous, with a state", state: newer, want: []string{"previous"}},
		{name: "previous is the environment's", variables: map[string]string{"PYX_AUTH_TOKEN": "previous"}},
		{name: "environment's token beside a file", login: inFile, variables: map[string]string{"PYX_AUTH_TOKEN": "previous"}, want: []string{"file"}},
		{name: "key", key: inKey, variables: map[string]string{"PYX_API_KEY": "sk-pyx-test"}, want: []string{"key"}},
		{name: "key that could not be written", variables: map[string]string{"PYX_API_KEY": "sk-pyx-test"}, want: []string{"previous"}},
		{name: "key beside a login", login: inFile, key: inKey, variables: map[string]string{"PYX_API_KEY": "sk-pyx-test"}, want: []string{"key", "file"}},
		{name: "key's file is no good", key: "a\nb", variables: map[string]string{"PYX_API_KEY": "sk-pyx-test"}},
		{name: "key's file without the key", key: inKey, want: []string{"previous"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, root := start(t, pyxtest.Config{})
			sent := recorder(t, 204)
			req, login, key := files(t, root, test.login, test.key)
			for name, value := range test.variables {
				t.Setenv(name, value)
			}
			req.Previous = &providers.Token{Value: providers.NewSecret("previous"), State: test.state}
			if err := (Provider{}).Logout(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, token := range test.want {
				want = append(want, "GET /auth/cli/logout Bearer "+token)
			}
			if !slices.Equal(*sent, want) {
				t.Errorf("sent %q, want %q", *sent, want)
			}
			if _, err := os.Stat(login); err == nil {
				t.Error("the login's file is there")
			}
			keeps := test.key != "" && test.variables["PYX_API_KEY"] == ""
			if _, err := os.Stat(key); (err == nil) != keeps {
				t.Errorf("the key's file: %v, want it kept: %v", err, keeps)
			}
		})
	}
}

// The core forgets its own record even if a logout fails: what only the record held must then be
// in uv's file, or the login can be neither used nor ended any more.
func TestLogoutThatFailsKeepsTheNewestTokens(t *testing.T) {
	_, root := start(t, pyxtest.Config{})
	recorder(t, 503)
	req, login, _ := files(t, root, inFile, "")
	req.Previous = &providers.Token{
		Value: providers.NewSecret("previous"),
		State: unwritten(tokens{Refresh: "file-refresh"}, tokens{Refresh: "newer-refresh"}),
	}
	wantError(t, Provider{}.Logout(t.Context(), req), providers.ErrUnavailable, "503", "the tokens are kept")
	if got := kept(t, login); got != (tokens{Access: "previous", Refresh: "newer-refresh"}) {
		t.Error("uv's file does not hold the newest tokens")
	}
}

// files writes what uv keeps of the login and of the key sk-pyx-test, where it is not "".
func files(t *testing.T, root, loginText, keyText string) (req providers.Request, login, key string) {
	t.Helper()
	api := os.Getenv("PYX_API_URL")
	directory := filepath.Join(root, profile.Digest(api+"/"))
	login, key = filepath.Join(directory, "tokens.json"), filepath.Join(directory, "7d547ab2e8ca1a67.json")
	if err := os.MkdirAll(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{login: loginText, key: keyText} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	u, err := providers.ParseURL(api + "/simple/")
	if err != nil {
		t.Fatal(err)
	}
	return providers.Request{URL: u}, login, key
}
