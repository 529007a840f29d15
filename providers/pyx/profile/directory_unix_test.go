//go:build unix && !darwin

package profile

import (
	"os"
	"path/filepath"
	"testing"
)

// The order of uv's directories, with the ones that it has had before.
func TestDirectoryFollowsTheHome(t *testing.T) {
	const digest = "3859a629b26fda96"
	fresh, legacy := t.TempDir(), t.TempDir()
	older := filepath.Join(legacy, ".local/share/uv/credentials", digest)
	if err := os.MkdirAll(older, 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		set  environment
		want string
	}{
		{"home", environment{"HOME": fresh}, filepath.Join(fresh, ".local/share/pyx/credentials", digest)},
		{"home that uv used before", environment{"HOME": legacy}, older},
		{"XDG_DATA_HOME", environment{"HOME": legacy, "XDG_DATA_HOME": fresh}, filepath.Join(fresh, "pyx/credentials", digest)},
		{"a relative XDG_DATA_HOME is ignored", environment{"HOME": fresh, "XDG_DATA_HOME": "x"},
			filepath.Join(fresh, ".local/share/pyx/credentials", digest)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := read(t, test.set).Directory(test.set.getenv)
			if err != nil || got != test.want {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}
