package profile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A name that differs from uv's finds no tokens, and writes them where uv does not look.
func TestDigestIsTheOneOfUv(t *testing.T) {
	tests := []struct{ text, want string }{
		{"https://api.pyx.dev/", "3859a629b26fda96"},
		{"http://localhost:8000/", "2ad478e2fd671e80"},
		{"http://127.0.0.1:8000/", "12a4f10a4271579f"},
		{"https://pyx.example.test/", "c335f89b30263da5"},
		{"sk-pyx-test", "7d547ab2e8ca1a67"},
		{"", "0bab66a7fafb426b"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			if got := Digest(test.text); got != test.want {
				t.Errorf("Digest(%q) = %s, want %s", test.text, got, test.want)
			}
		})
	}
	if got, want := seaHash("to be or not to be"), uint64(1988685042348123509); got != want {
		t.Errorf("seaHash = %d, want the reference implementation's %d", got, want)
	}
}

// A file that is not watched would leave a failure standing after a login.
func TestSourcesIsTheFileInUse(t *testing.T) {
	const digest = "3859a629b26fda96"
	root, err := filepath.Abs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(parts ...string) string { return filepath.Join(append([]string{root}, parts...)...) }
	for _, dir := range []string{at("legacy", digest), at("state", "uv", "credentials", digest)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		set  environment
		want string // "" for none
	}{
		{"named", environment{"PYX_CREDENTIALS_DIR": at("a")}, at("a", digest, "tokens.json")},
		{"of a key", environment{"PYX_CREDENTIALS_DIR": at("a"), "PYX_API_KEY": "sk-pyx-test"},
			at("a", digest, "7d547ab2e8ca1a67.json")},
		{"named wins over an older one", environment{"PYX_CREDENTIALS_DIR": at("a"), "UV_CREDENTIALS_DIR": at("legacy")},
			at("a", digest, "tokens.json")},
		{"older directory that is there", environment{"UV_CREDENTIALS_DIR": at("legacy")}, at("legacy", digest, "tokens.json")},
		{"older directory that is not", environment{"UV_CREDENTIALS_DIR": at("none")}, at("pyx", "credentials", digest, "tokens.json")},
		{"a ready token reads no file", environment{"PYX_AUTH_TOKEN": "t"}, ""},
		{"relative", environment{"PYX_CREDENTIALS_DIR": "a"}, ""},
		{"relative older one", environment{"UV_CREDENTIALS_DIR": "a"}, ""},
		{"no API that can be used", environment{"PYX_API_URL": "x"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := environment{"XDG_DATA_HOME": root, "APPDATA": root}
			for name, value := range test.set {
				set[name] = value
			}
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			if got := Profile().Sources(set.getenv); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// A variable that is not listed does not reach the plugin.
func TestVariablesAreAllThatIsRead(t *testing.T) {
	listed := Profile().Variables(providers.URL{}, nil)
	getenv := func(name string) string {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is read and not listed", name)
		}
		return ""
	}
	s, err := Read(getenv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Directory(getenv); err == nil {
		t.Error("without HOME there is a directory all the same")
	}
}
