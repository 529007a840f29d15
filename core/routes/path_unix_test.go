//go:build unix

package routes

import "testing"

// The working directory is the tool's: a configuration found there would be a
// stranger's. So every way to the path is spelled out.
func TestPathGoesFromTheNamedToTheDefault(t *testing.T) {
	for _, test := range []struct {
		name, flag string
		env        map[string]string
		want       string
		named      bool
	}{
		{"flag", "/f", map[string]string{"SESAME_CONFIG": "/v", "HOME": "/h"}, "/f", true},
		{"variable", "", map[string]string{"SESAME_CONFIG": "/v", "XDG_CONFIG_HOME": "/x"}, "/v", true},
		{"XDG", "", map[string]string{"XDG_CONFIG_HOME": "/x/", "HOME": "/h"}, "/x/sesame/config.toml", false},
		{"relative XDG", "", map[string]string{"XDG_CONFIG_HOME": "x", "HOME": "/h"}, "/h/.config/sesame/config.toml", false},
		{"home", "", map[string]string{"HOME": "/h"}, "/h/.config/sesame/config.toml", false},
		{"root's home", "", map[string]string{"HOME": "/"}, "/.config/sesame/config.toml", false},
		{"relative home", "", map[string]string{"HOME": "h"}, "", false},
		{"nothing", "", nil, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			getenv := func(name string) string { return test.env[name] }
			if got := Path(test.flag, getenv); got != test.want {
				t.Errorf("Path is %q, want %q", got, test.want)
			}
			if got := Named(test.flag, getenv); got != test.named {
				t.Errorf("Named is %t, want %t", got, test.named)
			}
		})
	}
}
