package docker

import (
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func TestGetAnswersEveryFormOfARegistry(t *testing.T) {
	tests := []struct{ name, request, serverURL, url string }{
		{"host and port", "reg.example:5000", "reg.example:5000", registry},
		{"with a line end", "reg.example:5000\n", "reg.example:5000", registry},
		{"with white space around", "  reg.example:5000 \r\n\n", "reg.example:5000", registry},
		{"with a scheme", "https://reg.example:5000", "https://reg.example:5000", registry},
		{"with a slash", "reg.example:5000/", "reg.example:5000/", registry},
		{"with the path of the API", "https://reg.example:5000/v2/", "https://reg.example:5000/v2/", registry + "/v2"},
		{"with a repository", "reg.example:5000/team/app", "reg.example:5000/team/app", registry + "/team/app"},
		{"with an account in the repository", "reg.example:5000/a@b", "reg.example:5000/a@b", registry + "/a@b"},
		{"with a URL in the repository", "reg.example:5000/x://y", "reg.example:5000/x://y", registry + "/x://y"},
		{"upper case", "REG.example:5000", "REG.example:5000", registry},
		{"the default port", "reg.example:443", "reg.example:443", "https://reg.example"},
		{"IPv6", "[::1]:5000", "[::1]:5000", "https://[::1]:5000"},
		{"http", "http://reg.example:5000", "http://reg.example:5000", "http://reg.example:5000"},
		{"this machine by https", "localhost:5000", "localhost:5000", "https://localhost:5000"},
		{"this machine by http", "localhost:5000", "localhost:5000", "http://localhost:5000"},
		{"this machine by its address", "127.0.0.1:5000/a/", "127.0.0.1:5000/a/", "http://127.0.0.1:5000/a"},
		{"this machine, port 443", "127.0.0.1:443", "127.0.0.1:443", "http://127.0.0.1:443"},
		{"quotes in the repository", `reg.example:5000/"a`, `reg.example:5000/\"a`, registry + `/"a`},
		{"Docker Hub", "https://index.docker.io/v1/", "https://index.docker.io/v1/", hubURL},
		{"Docker Hub without a slash", "https://index.docker.io/v1", "https://index.docker.io/v1", hubURL},
		{"Docker Hub's index", "index.docker.io", "index.docker.io", hubURL},
		{"Docker Hub's short name", "docker.io", "docker.io", hubURL},
		{"Docker Hub's registry", "https://registry-1.docker.io/v2/", "https://registry-1.docker.io/v2/", hubURL},
		{"Docker Hub's registry without a scheme", "registry-1.docker.io", "registry-1.docker.io", hubURL},
		{"Docker Hub, a repository", "index.docker.io/library/alpine", "index.docker.io/library/alpine", hubURL},
		{"Docker Hub, with a port", "docker.io:443", "docker.io:443", hubURL},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := `{"ServerURL":"` + tt.serverURL + `","Username":"tester","Secret":"s3cret"}` + "\n"
			fake := tester(tt.url)
			if got, code := serve(t, "get", tt.request, fake); got != want || code != 0 {
				t.Errorf("got %q, %d; want %q; asked for %q", got, code, want, fake.asked)
			}
		})
	}
}

// The text is compared to the letter: with any other, the tools stop instead of going
// on without an account.
func TestGetSaysNotFoundToTheLetter(t *testing.T) {
	tests := []struct{ name, request string }{
		{"an unknown host", "unknown.example"},
		{"a host that ends well", "evil-reg.example:5000"},
		{"a host that begins well", "reg.example.evil.net:5000"},
		{"a registry as the account of another", "reg.example:5000@evil.net"},
		{"a registry with an account", "u:p@reg.example:5000"},
		{"another port", "reg.example"},
		{"http", "http://reg.example:5000"},
		{"another scheme", "oci://reg.example:5000"},
		{"a host that no route can name", "reg_1.example"},
		{"part of Docker Hub's web login", "https://index.docker.io/v1/refresh-token"},
		{"the other part of it", "https://index.docker.io/v1/access-token"},
		{"part of it with a slash", "docker.io/v1/refresh-token/"},
		{"Docker Hub by http", "http://index.docker.io/v1/"},
		{"Docker Hub on another port", "index.docker.io:5000"},
		{"a host that ends in Docker Hub's", "evil-docker.io"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := tester(registry, hubURL, "https://evil.net-is-not-asked")
			got, code := serve(t, "get", tt.request, fake)
			if got != "credentials not found in native keychain\n" || code != 1 {
				t.Errorf("got %q, %d; asked for %q", got, code, fake.asked)
			}
		})
	}
}

// The core must not have to judge what only looks like a registry.
func TestGetAsksNobodyForWhatNamesNoRegistry(t *testing.T) {
	for _, request := range []string{
		"reg_1.example", "reg.example.", "https://", "u@reg.example", "a b",
	} {
		fake := tester()
		if serve(t, "get", request, fake); len(fake.asked) > 0 {
			t.Errorf("%s: asked for %q", request, fake.asked)
		}
	}
}

// http is for what docker itself reaches by http without being told to, and then only
// where https has nothing.
func TestGetAsksByHTTPForThisMachineAlone(t *testing.T) {
	for request, want := range map[string][]string{
		"localhost:5000":         {"https://localhost:5000", "http://localhost:5000"},
		"127.8.8.8":              {"https://127.8.8.8", "http://127.8.8.8"},
		"https://localhost:5000": {"https://localhost:5000"},
		"http://localhost:5000":  {"http://localhost:5000"},
		"reg.example":            {"https://reg.example"},
		"localhost.evil.net":     {"https://localhost.evil.net"},
		"10.0.0.1:5000":          {"https://10.0.0.1:5000"},
	} {
		fake := tester()
		serve(t, "get", request, fake)
		if !slices.Equal(fake.asked, want) {
			t.Errorf("%s: asked for %q, want %q", request, fake.asked, want)
		}
	}
	fake := &fakeTokens{err: providers.ErrUnavailable}
	if serve(t, "get", "localhost:5000", fake); len(fake.asked) != 1 {
		t.Errorf("after a failure: asked for %q", fake.asked)
	}
}
