package quote

import "testing"

// The command is pasted into a shell.
func TestPosixIsOneWordOfAShell(t *testing.T) {
	tests := []struct{ path, want string }{
		{"", "''"},
		{"/home/ann/.token", "/home/ann/.token"},
		{"/my files/t", "'/my files/t'"},
		{"/it's", `'/it'\''s'`},
		{"/a;reboot", "'/a;reboot'"},
	}
	for _, test := range tests {
		if got := Posix(test.path); got != test.want {
			t.Errorf("Posix(%s) = %s, want %s", test.path, got, test.want)
		}
	}
}
