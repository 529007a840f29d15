package exec

import (
	"strings"
	"testing"
)

func TestFormatGitIsWhatGitReads(t *testing.T) {
	inAnHour := makeJWT(`{"exp":1893502800}`)
	checkFormat(t, "git", []want{
		{name: "a password", stdout: "username=ann\npassword=t1\n", token: "Basic ann t1"},
		{name: "no line end", stdout: "username=ann\npassword=t1", token: "Basic ann t1"},
		{name: "a blank line", stdout: "username=ann\npassword=t1\n\nnot looked at", token: "Basic ann t1"},
		{name: "the request again", stdout: "protocol=https\nhost=H.example\npath=x\nusername=ann\npassword=t1\n", token: "Basic ann t1"},
		{name: "a password alone", stdout: "password=t1\n", token: "Basic - t1"},
		{name: "a password alone, for an account", stdout: "password=t1\n", username: "ann", token: "Basic ann t1"},
		{name: "= in the password", stdout: "username=ann\npassword=a=b=\n", token: "Basic ann a=b="},
		{name: "blanks and letters beyond ASCII", stdout: "username=ann\npassword= ä \n", token: "Basic ann  ä "},
		{name: "an expiry", stdout: "username=ann\npassword=t1\npassword_expiry_utc=1893502800\n", token: "Basic ann t1 2030-01-01T13:00:00Z"},
		{name: "zero for no expiry", stdout: "username=ann\npassword=t1\npassword_expiry_utc=0\n", token: "Basic ann t1"},
		{name: "a JWT", stdout: "username=ann\npassword=" + inAnHour + "\n", token: "Basic ann " + inAnHour + " 2030-01-01T13:00:00Z"},
		{name: "authtype", stdout: "capability[]=authtype\nauthtype=Bearer\ncredential=t1\npassword_expiry_utc=1893502800\n", token: "Bearer - t1 2030-01-01T13:00:00Z"},
		{name: "authtype wins", stdout: "username=ann\npassword=t2\nauthtype=bearer\ncredential=t1\n", token: "Bearer - t1"},
		{name: "authtype Basic", stdout: "authtype=Basic\ncredential=YW5uOnQx\n", token: "Basic ann t1"},
		{name: "authtype alone", stdout: "authtype=Bearer\nusername=ann\npassword=t1\n", token: "Basic ann t1"},
		{name: "what it does not know", stdout: "oauth_refresh_token=r1\nwwwauth[]=Basic\nwwwauth[]=Bearer\nstate[]=a\nstate[]=b\nzzz=1\nusername=ann\npassword=t1\n", token: "Basic ann t1"},
		{name: "the same twice", stdout: "username=ann\nusername=ann\npassword=t1\n", token: "Basic ann t1"},
		{name: "a quit that comes with a password", stdout: "username=ann\npassword=t1\nquit=1\n", token: "Basic ann t1"},
		{name: "ephemeral that is not", stdout: "ephemeral=false\nusername=ann\npassword=t1\n", token: "Basic ann t1"},
		{name: "nothing", mention: nothings},
		{name: "a blank line alone", stdout: "\n", mention: nothings},
		{name: "a username alone", stdout: "username=ann\n", mention: nothings},
		{name: "empty strings", stdout: "username=\npassword=\n", mention: nothings},
		{name: "another account", stdout: "username=bob\npassword=hunter2\n", username: "ann", mention: "another account"},
	})
}

func TestFormatGitRefusesWhatNoTwoReadersReadAlike(t *testing.T) {
	checkFormat(t, "git", []want{
		{name: "CR LF", stdout: "username=ann\r\npassword=hunter2\r\n", mention: "a NUL or a CR"},
		{name: "a CR", stdout: "username=ann\npassword=hunter2\rhost=evil\n", mention: "a NUL or a CR"},
		{name: "a NUL", stdout: "username=ann\npassword=hunter2\x00x\n", mention: "a NUL or a CR"},
		{name: "no key", stdout: "username=ann\nhunter2\n", mention: "not key=value"},
		{name: "a line before it", stdout: "Welcome, hunter2!\nusername=ann\npassword=t1\n", mention: "not key=value"},
		{name: "a long line", stdout: "password=" + strings.Repeat("x", maxGitLine) + "\n", mention: "too long"},
		{name: "two passwords", stdout: "password=hunter2\npassword=hunter3\n", mention: "one thing twice"},
		{name: "two usernames", stdout: "username=ann\npassword=hunter2\nusername=bob\n", mention: "one thing twice"},
		{name: "another host", stdout: "host=other.example\nusername=ann\npassword=hunter2\n", mention: "for another host"},
		{name: "another port", stdout: "host=h.example:8443\nusername=ann\npassword=hunter2\n", mention: "for another host"},
		{name: "another protocol", stdout: "protocol=http\nusername=ann\npassword=hunter2\n", mention: "for another host"},
		{name: "no host", stdout: "host=\nusername=ann\npassword=hunter2\n", mention: "for another host"},
		{name: "quit", stdout: "quit=1\n", mention: "it tells git to give up (quit)"},
		{name: "quit in words", stdout: "username=ann\nquit=True\n", mention: "it tells git to give up (quit)"},
		{name: "ephemeral", stdout: "ephemeral=1\nauthtype=Digest\ncredential=hunter2\n", mention: "one request only"},
		{name: "no scheme's name", stdout: "authtype=Bear er\ncredential=hunter2\n", mention: "white space"},
		{name: "Basic that is not base64", stdout: "authtype=Basic\ncredential=hunter2\n", mention: "do not make a header"},
		{name: "an expiry in words", stdout: "password=hunter2\npassword_expiry_utc=2030-01-01\n", mention: "not a number of seconds"},
		{name: "an expiry in milliseconds", stdout: "password=hunter2\npassword_expiry_utc=1893502800000\n", mention: "not a number of seconds"},
		{name: "a negative expiry", stdout: "password=hunter2\npassword_expiry_utc=-1\n", mention: "not a number of seconds"},
		{name: "an expiry that has passed", stdout: "password=hunter2\npassword_expiry_utc=1893499200\n", mention: "its token expired at"},
		{name: "a tab", stdout: "password=hunter2\tx\n", mention: "control character"},
	})
}

// git goes by what a helper prints alone; but one that says that it failed has not
// said that there is nothing.
func TestGitHelperThatFailsHasNothingIfItSaysNothing(t *testing.T) {
	for _, row := range []struct {
		name           string
		stdout, stderr string
		want           bool
	}{
		{"silent", "", "", true},
		{"blank lines", "", " \n", true},
		{"a complaint", "", "no network\n", false},
		{"an answer all the same", "password=t1\n", "", false},
	} {
		s := settingsOf(t, "git")
		_, err := s.format.answer(ask{}, reply{stdout: row.stdout, stderr: row.stderr, failure: "exit status 1"})
		if err == nil || (err == errNothing) != row.want {
			t.Errorf("%s: error %v", row.name, err)
		}
	}
}
