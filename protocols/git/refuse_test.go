package git

import (
	"errors"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// Each of these once sent a password to a host that nobody had typed.
func TestGetRefusesWhatIsNoRequest(t *testing.T) {
	tests := []struct{ name, request, want string }{
		{"CR inside (CVE-2024-52006)", "protocol=https\nhost=git.example.com\rhost=evil.test\n", "line 2: a NUL or CR"},
		{"CR at the end of all", "protocol=https\nhost=git.example.com\r", "line 2: a NUL or CR"},
		{"two CRs at the end", "protocol=https\nhost=git.example.com\r\r\n", "line 2: a NUL or CR"},
		{"NUL", "protocol=https\nhost=git.example.com\x00.evil.test\n", "line 2: a NUL or CR"},
		{"NUL in an unknown attribute", "a=\x00\nprotocol=https\nhost=git.example.com\n", "line 1: a NUL or CR"},
		{"no equals sign", "protocol=https\nhost\n", `line 2: no "="`},
		{"another tool's protocol", `{"uri":"https://git.example.com"}`, `line 1: no "="`},
		{"two hosts (CVE-2020-5260)", "protocol=https\nhost=evil.test\nhost=git.example.com\n", `"host" occurs twice`},
		{"two protocols", "protocol=http\nprotocol=https\nhost=git.example.com\n", `"protocol" occurs twice`},
		{"two paths", "path=a\npath=b\nprotocol=https\nhost=git.example.com\n", `"path" occurs twice`},
		{"two accounts", "username=a\nusername=b\nprotocol=https\nhost=git.example.com\n", `"username" occurs twice`},
		{"a URL and another host", "url=https://evil.test\nhost=git.example.com\n", `"host" occurs twice`},
		{"a line feed in a URL", "url=https://git.example.com%0ahost=evil.test/\n", `"url" has a line break in its host`},
		{"a CR in a URL", "url=https://git.example.com/%0d\n", `"url" has a line break in its path`},
		{"a URL without a protocol", "url=git.example.com\n", `"url" has no protocol`},
		{"a URL with an empty protocol", "url=://git.example.com\n", `"url" has no protocol`},
		{"a line of 65536 bytes", "a=" + strings.Repeat("x", 65533) + "\nprotocol=https\nhost=git.example.com\n", "line 1: longer"},
		{"a line of 65536 bytes without an end", "a=" + strings.Repeat("x", 65534), "line 1: longer"},
		{"a NUL in a password", "protocol=https\nhost=git.example.com\nusername=u\npassword=a\x00b\n", "line 4: a NUL or CR"},
		{"a CR in a refresh token", "protocol=https\nhost=git.example.com\noauth_refresh_token=a\rb\n", "line 3: a NUL or CR"},
		{"a NUL in a state", "state[]=sesame:\x00\nprotocol=https\nhost=git.example.com\n", "line 1: a NUL or CR"},
		{"too much", strings.Repeat("a=b\n", 70_000), "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := serve(t, "get", tt.request, &fakeTokens{answers: examples()})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			fake := &fakeTokens{}
			if _, err := serve(t, "store", tt.request, fake); err == nil || len(fake.kept) > 0 {
				t.Errorf("store: got %v, kept %d", err, len(fake.kept))
			}
			if _, err := serve(t, "erase", tt.request, fake); err != nil || len(fake.forgotten) > 0 {
				t.Errorf("erase: got %v, forgot %q", err, fake.forgotten)
			}
		})
	}
}

func TestGetAcceptsTheLongestLine(t *testing.T) {
	request := "a=" + strings.Repeat("x", 65532) + "\nprotocol=https\nhost=git.example.com\n"
	if got, err := serve(t, "get", request, &fakeTokens{answers: examples()}); err != nil || got == "" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Go's GOAUTH=git reads stderr together with stdout and would take such a line for
// an answer.
func TestErrorsDoNotLookLikeAnAnswer(t *testing.T) {
	for _, message := range []string{"password=x", "a\npassword=x\nhost=y", "a\r\nprotocol=https", "\nurl=https://x"} {
		cause := &providers.Error{Kind: providers.ErrUnavailable, Message: message}
		for operation, fake := range map[string]*fakeTokens{
			"get": {err: cause}, "store": {err: cause}, "warning: get": {err: cause, exclusive: true},
		} {
			_, err := serve(t, strings.TrimPrefix(operation, "warning: "), hostLines+"username=u\npassword=p\n", fake)
			if !errors.Is(err, providers.ErrUnavailable) {
				t.Fatalf("%s: got %v", operation, err)
			}
			_, text := protocols.ExitCode(err)
			for line := range strings.SplitSeq(text, "\n") {
				key, _, _ := strings.Cut(strings.TrimSpace(line), "=")
				if !strings.HasPrefix(key, operation+": ") {
					t.Errorf("%q has the line %q", text, line)
				}
			}
		}
	}
}

func TestErrorsDoNotRepeatTheRequest(t *testing.T) {
	for _, request := range []string{"hunter2\n", "password=hunter2\nhunter2\n", "url=hunter2\n",
		"url=https://u:hunter2%0a@h.test\n", "oauth_refresh_token=hunter2\x00\n", "username=hunter2\nusername=hunter3\n"} {
		_, err := serve(t, "store", request, &fakeTokens{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v", request, err)
		}
	}
}
