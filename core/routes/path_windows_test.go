package routes

import "testing"

func TestPathGoesFromTheNamedToTheDefault(t *testing.T) {
	for _, test := range []struct {
		name, flag string
		env        map[string]string
		want       string
		named      bool
	}{
		{"flag", `C:\f`, map[string]string{"SESAME_CONFIG": `C:\v`, "APPDATA": `C:\a`}, `C:\f`, true},
		{"variable", "", map[string]string{"SESAME_CONFIG": `C:\v`, "APPDATA": `C:\a`}, `C:\v`, true},
		{"the user's data", "", map[string]string{"APPDATA": `C:\a`}, `C:\a\sesame\config.toml`, false},
		{"relative data", "", map[string]string{"APPDATA": `\a`}, "", false},
		{"those of Unix", "", map[string]string{"XDG_CONFIG_HOME": `C:\x`, "HOME": `C:\h`}, "", false},
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
