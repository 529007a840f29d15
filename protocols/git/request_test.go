package git

import (
	"strconv"
	"strings"
	"testing"
)

// print writes a request as git does.
func (r *request) print() string {
	var b strings.Builder
	if r.knowsAuthtype {
		b.WriteString("capability[]=authtype\n")
	}
	if r.knowsState {
		b.WriteString("capability[]=state\n")
	}
	for _, a := range []struct {
		key   string
		value *string
	}{
		{"protocol", r.protocol}, {"host", r.host}, {"path", r.path}, {"username", r.username},
		{"password", r.password}, {"credential", r.credential}, {"authtype", named(r.authtype)},
		{"oauth_refresh_token", named(r.refreshToken)}, {"state[]", named(r.state)},
	} {
		if a.value != nil {
			value := *a.value
			if a.key == "state[]" {
				value = statePrefix + value
			}
			b.WriteString(a.key + "=" + value + "\n")
		}
	}
	if r.expires > 0 {
		b.WriteString("password_expiry_utc=" + strconv.FormatInt(r.expires, 10) + "\n")
	}
	if r.ephemeral {
		b.WriteString("ephemeral=1\n")
	}
	return b.String()
}

// named is nil for "", the zero value of attributes that need not tell empty from absent.
func named(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

// The rows are what credential_from_url of git 2.39.5 makes of them.
func TestURLSplitsAsGitDoes(t *testing.T) {
	tests := []struct{ url, want string }{
		{"https://h.test", "protocol=https\nhost=h.test\n"},
		{"https://h.test/", "protocol=https\nhost=h.test\n"},
		{"https://h.test/a/b/", "protocol=https\nhost=h.test\npath=a/b\n"},
		{"https://h.test//a", "protocol=https\nhost=h.test\npath=a\n"},
		{"https://h.test:8443/a", "protocol=https\nhost=h.test:8443\npath=a\n"},
		{"https://u@h.test", "protocol=https\nhost=h.test\nusername=u\n"},
		{"https://u:p@h.test", "protocol=https\nhost=h.test\nusername=u\npassword=p\n"},
		{"https://u:@h.test", "protocol=https\nhost=h.test\nusername=u\npassword=\n"},
		{"https://@h.test", "protocol=https\nhost=h.test\nusername=\n"},
		{"https://u:p:q@h.test", "protocol=https\nhost=h.test\nusername=u\npassword=p:q\n"},
		{"https://u%40x:p%3a%2f@h.test", "protocol=https\nhost=h.test\nusername=u@x\npassword=p:/\n"},
		{"https://a@b@c/", "protocol=https\nhost=b@c\nusername=a\n"},
		{"https://h.test?x@y", "protocol=https\nhost=h.test\npath=?x@y\n"},
		{"https://h.test#x@y", "protocol=https\nhost=h.test\npath=#x@y\n"},
		{"https://h.test/a@b", "protocol=https\nhost=h.test\npath=a@b\n"},
		{"https://h%2etest/%61%zz%4", "protocol=https\nhost=h.test\npath=a%zz%4\n"},
		{"https://h.test/%00", "protocol=https\nhost=h.test\npath=%00\n"},
		{"cert:///path/to/file", "protocol=cert\nhost=\npath=path/to/file\n"},
	}
	for _, tt := range tests {
		t.Run(tt.url, func(t *testing.T) {
			r, err := parsed([]byte("url=" + tt.url + "\n"))
			if err != nil || r.print() != tt.want {
				t.Errorf("got %q, %v; want %q", r.print(), err, tt.want)
			}
		})
	}
}

// A path that git has decoded must not end the path of the URL, or climb out of it.
func TestPathIsEncodedAgain(t *testing.T) {
	for path, want := range map[string]string{
		"org/repo.git": "/org/repo.git", "/org/r": "/org/r", "a b": "/a%20b", "a?b#c": "/a%3Fb%23c",
		"org%2f..": "/org%252f..", "é": "/%C3%A9", "a@b:c": "/a@b:c", "": "", `a\b`: "/a%5Cb",
	} {
		r := &request{protocol: new("https"), host: new("h.test"), path: new(path)}
		u, ok := r.url()
		if !ok || u.Path != want {
			t.Errorf("%q: got %q, %v; want %q", path, u.Path, ok, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	text := []byte("capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=git.example.com\nwwwauth[]=Basic realm=\"x\"\n")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parsed(text); err != nil {
			b.Fatal(err)
		}
	}
}

// parsed returns the request that a text is.
func parsed(text []byte) (*request, error) {
	r := new(request)
	return r, r.parse(text)
}
