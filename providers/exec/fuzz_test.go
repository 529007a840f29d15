package exec

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// fuzzFormat: whatever a command prints, the answer is a token that every protocol can carry, or an
// error that does not quote it.
func fuzzFormat(f *testing.F, format string, seeds []string, options ...providers.Option) {
	f.Helper()
	for _, seed := range seeds {
		f.Add(seed, "")
		f.Add(seed, "ann")
	}
	f.Fuzz(func(t *testing.T, stdout, username string) {
		if username != "" && username != "ann" {
			return // an account has passed the provider's check
		}
		token, err := settingsOf(t, format, options...).readAt(noon, username, stdout)
		if err != nil {
			if mark := strings.TrimSpace(stdout); len(mark) > 8 && strings.Contains(err.Error(), mark) {
				t.Errorf("the error %v quotes the answer", err)
			}
			return
		}
		if err := checkContract(token, username); err != nil {
			t.Errorf("%q: %v", stdout, err)
		}
	})
}

// checkContract is what package providers says of a token, in words of its own.
func checkContract(token *providers.Token, username string) error {
	value := token.Value.Reveal()
	for _, c := range []byte(token.Username + value) {
		if c < ' ' || c == 0x7f {
			return errors.New("a control character")
		}
	}
	for _, c := range []byte(value) {
		if token.Scheme != "Basic" && (c == ' ' || c > '~') {
			return errors.New("not visible ASCII")
		}
	}
	switch {
	case value == "" || len(value) > 65536 || len(token.Username) > 1024:
		return errors.New("empty, or too long")
	case strings.Contains(token.Username, ":"):
		return errors.New("a colon in the username")
	case username != "" && token.Username != username:
		return errors.New("another account")
	case token.Scheme == "" || strings.Trim(strings.ToLower(token.Scheme), "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return errors.New("the scheme is not a name")
	case !token.Expires.IsZero() && (!token.Expires.After(noon) || token.Expires.Year() > 9999):
		return errors.New("an expiry that cannot be")
	case !token.Issued.IsZero() && !token.Issued.Before(token.Expires):
		return errors.New("issued after it expires")
	}
	return nil
}

func FuzzToken(f *testing.F) {
	fuzzFormat(f, "token", []string{"t1\n", "t1\r\n", "\n", "a\nb", makeJWT(`{"exp":1893502800}`), "\xff", " "})
}

func FuzzJSON(f *testing.F) {
	fuzzFormat(f, "json", []string{
		`{"token":"t1","expires":"2030-01-01T13:00:00Z"}`, `{"access_token":"t1","expires_in":3600}`, `{"a":{"b":"t1"}}`,
		`{"token":"t1","username":"ann","expires_on":1893502800000}`, `null`, `[]`, `{"token":{}}`, `{"token":"t1","expires":1e99}`,
	})
}

func FuzzJSONFields(f *testing.F) {
	fuzzFormat(f, "json", []string{`{"a":{"b":"t1","c":5}}`, `{"a":[]}`, `{"a":{"b":null}}`},
		stringOption("fields.token", "a.b"), stringOption("fields.expires_in", "a.c"))
}

func FuzzGit(f *testing.F) {
	fuzzFormat(f, "git", []string{
		"username=ann\npassword=t1\npassword_expiry_utc=1893502800\n", "authtype=Basic\ncredential=YW5uOnQx\n", "quit=1\n",
		"protocol=https\nhost=h.example\nusername=a\npassword=b\n\nx", "a", "=\n", "password=a\r\n", "ephemeral=1\n",
	})
}

func FuzzDocker(f *testing.F) {
	fuzzFormat(f, "docker", []string{
		`{"ServerURL":"h","Username":"ann","Secret":"t1"}`, `{"Username":"<token>","Secret":"t1"}`, `{}`, dockerNotFound, `{"Secret":"\n"}`,
	})
}

func FuzzBazel(f *testing.F) {
	fuzzFormat(f, "bazel", []string{
		`{"headers":{"Authorization":["Bearer t1"]},"expires":"2030-01-01T13:00:00Z"}`, `{"headers":{"authorization":["basic YW5uOnQx"]}}`,
		`{"headers":{"X":["y"]}}`, `{"headers":{"Authorization":["Bearer"]}}`, `{}`, `{"headers":{"Authorization":["a b c"]}}`,
	})
}

// What git is answered must come back as it was, whatever the password.
func FuzzGitReadsWhatAHelperWrites(f *testing.F) {
	f.Add("ann", "t1")
	f.Add("a=b", " =x\t")
	f.Fuzz(func(t *testing.T, username, password string) {
		if strings.ContainsAny(username+password, "\x00\n\r") || len(username)+len(password) > 1000 {
			return // git cannot write these
		}
		got, err := readGit(ask{}, reply{stdout: "username=" + username + "\npassword=" + password + "\n"})
		switch {
		case password == "":
			if err != errNothing {
				t.Errorf("error %v for no password", err)
			}
		case err != nil || got.username != username || got.value != password:
			t.Errorf("got %+v, error %v", got, err)
		}
	})
}

// Whatever it says, a time is none of before 1973 or after 9999.
func FuzzTimes(f *testing.F) {
	for _, text := range []string{"2030-01-01T13:00:00Z", "1893502800", "1893502800000", "1e9", "Tue, 01 Jan 2030 13:00:00 GMT", "1e"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := parseTime(text); ok && !got.IsZero() && (got.Unix() < minTime || got.Unix() > maxTime) {
			t.Errorf("%q: %v", text, got)
		}
		if got, ok := parseSeconds(text); ok && (got < time.Second || got > 1e9*time.Second) {
			t.Errorf("%q: %v", text, got)
		}
	})
}
