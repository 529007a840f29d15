package leak

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

const secret = "token+/é\"~0123456789"

// newScan returns a scan of an empty folder, for programs that are started with one secret.
func newScan(t *testing.T) *Scan {
	t.Helper()
	return New(t.TempDir(), func() []string { return []string{"HOME=/x", "SESAME_TOKEN_A_TEST=" + secret} })
}

func write(t *testing.T, s *Scan, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(s.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func want(t *testing.T, s *Scan, place string) {
	t.Helper()
	leaks := s.Leaks()
	switch {
	case place == "" && len(leaks) > 0:
		t.Errorf("found %q, want nothing", leaks)
	case place != "" && (len(leaks) != 1 || !strings.Contains(leaks[0], place)):
		t.Errorf("found %q, want one leak in %s", leaks, place)
	}
}

// A scan that finds nothing is worth what it would have found.
func TestScanFindsALeakInEachPlace(t *testing.T) {
	get := []string{"/bin/bazel-credential-sesame", "get"}
	told := "the answer: " + secret
	tests := []struct {
		name  string
		plant func(t *testing.T, s *Scan)
		where string // "" for a place where a secret may be
	}{
		{"nothing", func(*testing.T, *Scan) {}, ""},
		{"stderr", func(_ *testing.T, s *Scan) { s.Ran(get, 0, "", told) }, "bazel-credential-sesame's stderr"},
		{"answer", func(_ *testing.T, s *Scan) { s.Ran(get, 0, told, "") }, ""},
		{"answer of a failure", func(_ *testing.T, s *Scan) { s.Ran(get, 1, told, "") }, "bazel-credential-sesame's stdout"},
		{"answer of a shell's", func(_ *testing.T, s *Scan) { s.Ran([]string{"sh", "-c", `exec "$0" get`, "x"}, 0, told, "") }, ""},
		{"answer of git's", func(_ *testing.T, s *Scan) { s.Ran([]string{"git", "credential", "fill"}, 0, told, "") }, ""},
		{"stdout", func(_ *testing.T, s *Scan) { s.Ran([]string{"sesame", "explain", "https://get.test"}, 0, told, "") }, "sesame's stdout"},
		{"file", func(t *testing.T, s *Scan) { write(t, s, "a/b.lock", told) }, "a/b.lock"},
		{"log", func(t *testing.T, s *Scan) { write(t, s, "log", "x\n"+told+"\n") }, "/log"},
		{"stored token", func(t *testing.T, s *Scan) { write(t, s, "state/0123.token", told) }, ""},
		{"token being stored", func(t *testing.T, s *Scan) { write(t, s, "state/0123.token.new", told) }, ""},
		{"compiled configuration", func(t *testing.T, s *Scan) { write(t, s, "state/routes-0.table", told) }, ""},
		{"lock", func(t *testing.T, s *Scan) { write(t, s, "state/0123.lock", told) }, "state/0123.lock"},
		{"own folder", func(t *testing.T, s *Scan) { write(t, s, "logins/a/tokens.json", told); s.Own(s.home + "/logins") }, ""},
		{"own file", func(t *testing.T, s *Scan) { s.Own(write(t, s, "secret", told)) }, ""},
		{"the test's file", func(t *testing.T, s *Scan) { s.Wrote(write(t, s, "secret", told), told) }, ""},
		{"the test's file, changed", func(t *testing.T, s *Scan) { s.Wrote(write(t, s, "config", told), "") }, "/config"},
		{"argument", func(_ *testing.T, s *Scan) { s.Saw(Sighting{"sesame", "sesame\x00" + secret + "\x00", ""}) }, "an argument of sesame"},
		{"given variable", func(_ *testing.T, s *Scan) { s.Saw(Sighting{"sesame", "sesame\x00", s.env()[1] + "\x00"}) }, ""},
		{"other variable", func(_ *testing.T, s *Scan) { s.Saw(Sighting{"sesame", "sesame\x00", "X=" + secret}) }, "the variable X of sesame"},
		{"changed variable", func(_ *testing.T, s *Scan) { s.Saw(Sighting{"sesame", "", s.env()[1] + "x"}) }, "SESAME_TOKEN_A_TEST of sesame"},
		{"plugin's variable", func(_ *testing.T, s *Scan) { s.Saw(Sighting{"sesame-provider-pyx", "", s.env()[1]}) }, "SESAME_TOKEN_A_TEST of sesame-provider-pyx"},
		{"a folder that is gone", func(_ *testing.T, s *Scan) { os.Remove(s.home) }, "what leaked is not known"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newScan(t)
			test.plant(t, s)
			want(t, s, test.where)
		})
	}
}

func TestPluginMayHaveItsOwnVariables(t *testing.T) {
	s := New(t.TempDir(), func() []string { return []string{"PYX_API_KEY=" + secret, "UV_AUTH_TOKEN=" + secret} })
	s.Saw(Sighting{"sesame-provider-pyx", "", strings.Join(s.env(), "\x00")})
	want(t, s, "")
	s.Saw(Sighting{"acme", "", s.env()[0]})
	want(t, s, "the variable PYX_API_KEY of acme")
}

// Whatever a program does to a secret before it prints it, short of a hash, the secret is given away.
func TestScanFindsEverySpelling(t *testing.T) {
	quoted, err := json.Marshal(map[string]string{"x": secret})
	if err != nil {
		t.Fatal(err)
	}
	base64s := func(text string) []string {
		return []string{
			base64.StdEncoding.EncodeToString([]byte(text)), base64.RawStdEncoding.EncodeToString([]byte(text)),
			base64.URLEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)),
		}
	}
	std := base64s("x" + secret)[0]
	texts := []string{
		secret, "a" + secret + "b", url.QueryEscape(secret), url.PathEscape(secret), string(quoted),
		strconv.Quote(secret), strconv.QuoteToASCII(secret), strconv.Quote(string(quoted)), fmt.Sprintf("%q", url.QueryEscape(secret)),
		strings.ReplaceAll(string(quoted), "+", `\u002b`), everyByte("%%%02X"), everyByte("%%%02x"), everyByte(`\x%02x`),
		hex.EncodeToString([]byte("ab" + secret)), fmt.Sprintf("%X", secret), fmt.Sprintf("% x", secret), fmt.Sprint([]byte("a" + secret)),
		url.QueryEscape(std), strings.ReplaceAll(std, "/", `\/`), std[:10] + "\r\n " + std[10:],
	}
	for _, before := range []string{"", "u:", "us:", "usr:"} {
		texts = append(texts, base64s(before+secret)...)
		texts = append(texts, base64s(before+secret+"tail")...)
	}
	for _, text := range texts {
		if !Holds(text, secret) {
			t.Errorf("%q is not found in %q", secret, text)
		}
	}
	for _, text := range []string{"", "token", secret[:len(secret)-1], strings.ToUpper(secret), "100%", `\`, `\u00`, "%2"} {
		if Holds(text, secret) {
			t.Errorf("%q is found in %q", secret, text)
		}
	}
}

func everyByte(format string) string {
	var text strings.Builder
	for _, b := range []byte(secret) {
		fmt.Fprintf(&text, format, b)
	}
	return text.String()
}

// Messages are cut, and a half of a long token is more than enough.
func TestScanFindsAHalfOfALongSecret(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 2) + "fedcba9876543210fedcba9876543210"
	for _, text := range []string{"x" + long[:40], long[30:], base64.StdEncoding.EncodeToString([]byte(long[:35]))} {
		if !Holds(text, long) {
			t.Errorf("not found in %q", text)
		}
	}
}

// A secret of one letter is everywhere.
func TestSecretThatIsTooShortIsNotTaken(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was taken")
		}
	}()
	newScan(t).Add("abc")
}

// The tests cannot name the tokens of an issuer before it makes them.
func TestIssuedTokensAreFound(t *testing.T) {
	server := pyxtest.New(pyxtest.Config{})
	defer server.Close()
	path, err := server.LoginWithLeft(t.TempDir(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{}
	if err := json.Unmarshal(text, &tokens); err != nil || len(tokens) != 2 {
		t.Fatalf("%d tokens, %v", len(tokens), err)
	}
	tokens["key"] = server.AccessToken(time.Minute)
	tokens["claims"] = strings.Split(tokens["key"], ".")[1]
	for name, token := range tokens {
		s := newScan(t)
		s.AddIssued()
		s.Said(name, "a "+token+" b")
		if len(s.Leaks()) == 0 {
			t.Errorf("%s: %s is not found", name, token)
		}
		s = newScan(t)
		s.AddIssued()
		s.Said(name, base64.StdEncoding.EncodeToString([]byte(token)))
		if len(s.Leaks()) == 0 {
			t.Errorf("%s: the base64 of %s is not found", name, token)
		}
	}
}
