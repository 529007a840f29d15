package setup

import "testing"

// The mirror of a machine without access to the public ones is the only one that works there.
func TestMirrorIsReadFromEitherFormatOfSources(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, line, want string }{
		{"one line", "deb http://mirror.test/debian bookworm main", "http://mirror.test/debian"},
		{"with options", "deb [signed-by=/k.gpg] https://mirror.test/debian/ trixie main", "https://mirror.test/debian/"},
		{"deb822", "URIs: http://mirror.test/debian", "http://mirror.test/debian"},
		{"deb822 with two", "URIs: http://mirror.test/debian-security http://mirror.test/debian", "http://mirror.test/debian"},
		{"security", "deb http://mirror.test/debian-security bookworm-security main", ""},
		{"another archive", "deb https://packages.test/apt stable main", ""},
		{"sources of packages", "deb-src http://mirror.test/debian bookworm main", ""},
		{"comment", "# deb http://mirror.test/debian bookworm main", ""},
		{"empty", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := mirrorIn(test.line); got != test.want {
				t.Errorf("mirrorIn(%q) = %q, want %q", test.line, got, test.want)
			}
		})
	}
}
