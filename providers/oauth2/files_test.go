package oauth2

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func TestFilesAreReadWithoutTheirLineEnd(t *testing.T) {
	for _, test := range []struct{ content, want string }{
		{"secret", "secret"}, {"secret\n", "secret"}, {"secret\r\n\n", "secret"}, {" se cret \n", " se cret "},
	} {
		for name, read := range map[string]func(string, string) (providers.Secret, error){"owned": readOwned, "given": readGiven} {
			got, err := read("option", write(t, test.content))
			if err != nil || got.Reveal() != test.want {
				t.Errorf("%s: %q is %q, %v", name, test.content, got.Reveal(), err)
			}
		}
	}
}

func TestFilesThatAreNoSecrets(t *testing.T) {
	const value = "my-secret-under-the-wrong-option"
	tests := []struct{ name, path, mention string }{
		{"not a path", value, `option x: want an absolute path, or one that begins with "~/"`},
		{"not there", filepath.Join(t.TempDir(), "absent"), "absent"},
		{"directory", t.TempDir(), "is not a regular file"},
		{"empty", write(t, "\n"), "is empty"},
		{"too long", write(t, strings.Repeat("x", maxToken+1)), "holds more than 64 KiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := readGiven("x", test.path)
			if e := wantError(t, err, providers.ErrLoginRequired, test.mention); strings.Contains(e.Message, value) {
				t.Errorf("the error %q holds the value", e.Message)
			}
		})
	}
}

func TestFilesOfTheHomeDirectory(t *testing.T) {
	path := write(t, "secret")
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, filepath.Dir(path))
	}
	if got, err := readOwned("x", "~/secret"); err != nil || got.Reveal() != "secret" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, "")
	}
	_, err := readOwned("x", "~/secret")
	wantError(t, err, providers.ErrLoginRequired, "option x: ")
}
