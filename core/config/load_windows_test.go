package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// Whoever can write the file chooses which programs sesame starts; each refusal
// names the command that repairs it.
func TestLoadRefusesWhatOthersCouldHaveWritten(t *testing.T) {
	for _, test := range []struct {
		name, file, holding string
		want                string // "" if it is fine; FILE and DIR stand for the paths
	}{
		{"others can read", acltest.Readable, acltest.Readable, ""},
		{"all can write", acltest.Writable, acltest.Own, `FILE is open to `},
		{"all can exchange it", acltest.Own, acltest.Writable, `run: icacls "DIR" /inheritance:d /remove:g *S-1-1-0`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "dir")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "config.toml")
			if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
				t.Fatal(err)
			}
			acltest.Give(t, path, test.file)
			acltest.Give(t, dir, test.holding)
			got, err := Load(path, profiles())
			want := strings.NewReplacer("FILE", path, "DIR", dir).Replace(test.want)
			if want == "" && (err != nil || !reflect.DeepEqual(got, mustParse(t, small))) {
				t.Errorf("Load is %+v, %v", got, err)
			}
			if want != "" && !strings.Contains(message(err), want) {
				t.Errorf("Load: %v, want an error with %q", err, want)
			}
		})
	}
}
