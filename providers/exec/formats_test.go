package exec

import (
	"cmp"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// The time of these tests.
var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// A want is what a format makes of an answer.
type want struct {
	name     string
	stdout   string
	username string // of the request
	options  providers.Options
	token    string // "SCHEME USERNAME VALUE EXPIRES", the last where it is known; "" for an error
	mention  string // of the error; nothing says that it is of that type
}

// nothings is the mention of an answer without a token.
const nothings = "NOTHING"

// settingsOf returns the settings of a format.
func settingsOf(t testing.TB, format string, options ...providers.Option) settings {
	t.Helper()
	s, err := readOptions(append(providers.Options{listOption("command", "c"), stringOption("format", format)}, options...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readAt reads an answer of a command that was started at noon.
func (s settings) readAt(noon time.Time, username, stdout string) (*providers.Token, error) {
	u := providers.URL{Scheme: "https", Host: "h.example"}
	a := newAsk(providers.Request{URL: u, Username: username}, s)
	got, err := s.format.answer(a, reply{stdout: stdout, started: noon})
	if err != nil {
		return nil, err
	}
	return s.token(a, got, noon, noon.Add(time.Second))
}

func show(token *providers.Token) string {
	words := []string{token.Scheme, cmp.Or(token.Username, "-"), token.Value.Reveal()}
	if !token.Expires.IsZero() {
		words = append(words, token.Expires.UTC().Format(time.RFC3339))
	}
	return strings.Join(words, " ")
}

// checkFormat reads each row's answer.
func checkFormat(t *testing.T, format string, rows []want) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			token, err := settingsOf(t, format, row.options...).readAt(noon, row.username, row.stdout)
			if err == nil {
				if got := show(token); got != row.token {
					t.Errorf("got %q, want %q", got, cmp.Or(row.token, "an error: "+row.mention))
				}
				return
			}
			_, isNothing := errors.AsType[nothing](err)
			switch {
			case row.token != "":
				t.Errorf("error %v, want %q", err, row.token)
			case isNothing != (row.mention == nothings || strings.Contains(row.mention, "another account")):
				t.Errorf("error %v is of the wrong type, want %q", err, row.mention)
			case row.mention != nothings && !strings.Contains(err.Error(), row.mention):
				t.Errorf("error %v, want %q", err, row.mention)
			case strings.Contains(err.Error(), "hunter2"):
				t.Errorf("error %v quotes the answer", err)
			}
		})
	}
}

func makeJWT(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

func TestFormatTokenIsTheWholeOfStdout(t *testing.T) {
	inAnHour := makeJWT(`{"iat":1893499200,"exp":1893502800}`)
	lifetime := providers.Options{stringOption("lifetime", "50m")}
	checkFormat(t, "token", []want{
		{name: "with a line end", stdout: "t1\n", token: "Bearer - t1"},
		{name: "without one", stdout: "t1", token: "Bearer - t1"},
		{name: "with CR LF", stdout: "t1\r\n", token: "Bearer - t1"},
		{name: "for an account", stdout: "t1\n", username: "ann", token: "Basic ann t1"},
		{name: "a password with blanks", stdout: " a b \n", username: "ann", token: "Basic ann  a b "},
		{name: "a scheme", stdout: "t1\n", options: providers.Options{stringOption("scheme", "token")}, token: "token - t1"},
		{name: "a scheme and an account", stdout: "t1", username: "ann", options: providers.Options{stringOption("scheme", "Bearer")},
			token: "Bearer ann t1"},
		{name: "a JWT", stdout: inAnHour, token: "Bearer - " + inAnHour + " 2030-01-01T13:00:00Z"},
		{name: "a JWT and a lifetime", stdout: inAnHour, options: lifetime, token: "Bearer - " + inAnHour + " 2030-01-01T13:00:00Z"},
		{name: "a lifetime", stdout: "t1", options: lifetime, token: "Bearer - t1 2030-01-01T12:50:00Z"},
		{name: "a JWT without an end, and a lifetime", stdout: makeJWT(`{"iat":1893499200}`), options: lifetime,
			token: "Bearer - " + makeJWT(`{"iat":1893499200}`) + " 2030-01-01T12:50:00Z"},
		{name: "a JWT that has expired", stdout: makeJWT(`{"exp":1893499201}`), mention: "its token expired at 2030-01-01T12:00:01Z"},
		{name: "a JWT of long ago", stdout: makeJWT(`{"exp":1}`), mention: "its token expired at 1970-01-01T00:00:01Z"},
		{name: "nothing", mention: "it printed no token"},
		{name: "an empty line", stdout: "\n", mention: "it printed no token"},
		{name: "two lines", stdout: "hunter2\nhunter2\n", mention: "more than one line"},
		{name: "two line ends", stdout: "hunter2\n\n", mention: "more than one line"},
		{name: "a line before it", stdout: "Your token:\nhunter2\n", mention: "more than one line"},
		{name: "a CR in it", stdout: "hunter2\rx", mention: "more than one line"},
		{name: "a blank", stdout: "the hunter2", mention: "white space"},
		{name: "a NUL", stdout: "hunter2\x00", mention: "control character"},
		{name: "an escape in a password", stdout: "hunter2\x1b[2J", username: "ann", mention: "control character"},
		{name: "letters beyond ASCII", stdout: "hunter2é", mention: "other than ASCII"},
		{name: "a password beyond ASCII", stdout: "é", username: "ann", token: "Basic ann é"},
		{name: "a password that is not UTF-8", stdout: "hunter2\xff", username: "ann", mention: "not UTF-8"},
		{name: "64 KiB", stdout: strings.Repeat("x", maxValue), token: "Bearer - " + strings.Repeat("x", maxValue)},
		{name: "more", stdout: strings.Repeat("x", maxValue+1), mention: "longer than 64 KiB"},
	})
}

func TestFormatDockerIsWhatDockerReads(t *testing.T) {
	inAnHour := makeJWT(`{"exp":1893502800}`)
	checkFormat(t, "docker", []want{
		{name: "as the library prints it", stdout: `{"ServerURL":"h.example","Username":"ann","Secret":"t1"}` + "\n", token: "Basic ann t1"},
		{name: "without a ServerURL", stdout: `{"Username":"ann","Secret":"t1"}`, token: "Basic ann t1"},
		{name: "in small letters, with more, over lines", stdout: "{\n \"secret\": \"t1\",\n \"username\": \"ann\", \"Expires\": 1 }\n\n", token: "Basic ann t1"},
		{name: "an identity token", stdout: `{"Username":"\u003ctoken\u003e","Secret":"t1"}`, token: "Basic <token> t1"},
		{name: "a secret that is a JWT", stdout: `{"Username":"AWS","Secret":"` + inAnHour + `"}`,
			token: "Basic AWS " + inAnHour + " 2030-01-01T13:00:00Z"},
		{name: "no username", stdout: `{"Secret":"t1"}`, token: "Basic - t1"},
		{name: "no username, for an account", stdout: `{"Secret":"t1"}`, username: "ann", token: "Basic ann t1"},
		{name: "that account", stdout: `{"Username":"ann","Secret":"t1"}`, username: "ann", token: "Basic ann t1"},
		{name: "another account", stdout: `{"Username":"bob","Secret":"hunter2"}`, username: "ann", mention: "another account"},
		{name: "empty strings", stdout: `{"Username":"","Secret":""}`, mention: nothings},
		{name: "an empty object", stdout: `{}`, mention: nothings},
		{name: "null", stdout: `null`, mention: nothings},
		{name: "a username alone", stdout: `{"Username":"ann"}`, mention: nothings},
		{name: "not found, and no failure", stdout: dockerNotFound + "\n", mention: "not the JSON"},
		{name: "nothing", mention: "it printed nothing"},
		{name: "a line before it", stdout: "warning\n{\"Username\":\"ann\",\"Secret\":\"hunter2\"}", mention: "not the JSON"},
		{name: "something after it", stdout: `{"Username":"ann","Secret":"hunter2"} {}`, mention: "something after"},
		{name: "cut off", stdout: `{"Username":"ann","Secret":"hunter2`, mention: "not the JSON"},
		{name: "a list", stdout: `["hunter2"]`, mention: "not the JSON"},
		{name: "a number", stdout: `{"Username":"ann","Secret":1}`, mention: "not the JSON"},
		{name: "not UTF-8", stdout: "{\"Username\":\"ann\",\"Secret\":\"hunter2\xff\"}", mention: "not UTF-8"},
		{name: "a line end in the secret", stdout: `{"Username":"ann","Secret":"hunter2\nhost=evil"}`, mention: "control character"},
		{name: "a colon in the username", stdout: `{"Username":"a:b","Secret":"hunter2"}`, mention: "colon"},
	})
}

// One text says that there is nothing, to the letter, and only from a helper that failed: any
// other failure must be seen.
func TestDockerHelperThatFailsHasNothingIfItSaysSo(t *testing.T) {
	for _, row := range []struct {
		name, stdout string
		want         bool
	}{
		{"the text", dockerNotFound, true},
		{"with white space around it", "\r\n " + dockerNotFound + " \n", true},
		{"with a capital", "C" + dockerNotFound[1:], false},
		{"with a suffix", dockerNotFound + ": hunter2", false},
		{"another text", "credentials expired", false},
		{"nothing", "", false},
		{"an answer all the same", `{"Username":"ann","Secret":"hunter2"}`, false},
	} {
		s := settingsOf(t, "docker")
		_, err := s.format.answer(ask{}, reply{stdout: row.stdout, failure: "exit status 1"})
		if err == nil || (err == errNothing) != row.want || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: error %v", row.name, err)
		}
	}
}
