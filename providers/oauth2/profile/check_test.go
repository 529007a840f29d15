package profile

import (
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

const issuer = "https://issuer.example"

func TestOptionsOfEachGrantAreGood(t *testing.T) {
	tests := []struct {
		name string
		o    Options
	}{
		{"device at an issuer", Options{Grant: Device, Issuer: issuer, ClientID: "c"}},
		{"device by endpoints", Options{Grant: Device, TokenURL: issuer + "/t", DeviceURL: issuer + "/d", ClientID: "c"}},
		{"device at a preset", Options{Grant: Device, Preset: "github", ClientID: "c"}},
		{"device at a preset by another endpoint", Options{Grant: Device, Preset: "bitbucket", DeviceURL: issuer + "/d", ClientID: "c"}},
		{"browser at an issuer", Options{Grant: Browser, Issuer: issuer, ClientID: "c"}},
		{"browser by endpoints", Options{Grant: Browser, TokenURL: issuer + "/t", AuthorizationURL: issuer + "/a?x=y", ClientID: "c"}},
		{"browser that comes back to a port", Options{Grant: Browser, Issuer: issuer, ClientID: "c", RedirectURL: "http://[::1]:8400/x"}},
		{"refresh token", Options{Grant: RefreshToken, Issuer: issuer, ClientID: "c", RefreshTokenFile: "/f", Scopes: []string{"a"}}},
		{"client credentials from a file", Options{Grant: ClientCredentials, Issuer: issuer, ClientID: "c", ClientSecretFile: "/f"}},
		{"client credentials from a variable", Options{Grant: ClientCredentials, Issuer: issuer, ClientID: "c",
			ClientSecretVariable: "SECRET", ClientAuth: ClientAuthPost}},
		{"token exchange", Options{Grant: TokenExchange, TokenURL: "http://127.0.0.1:1/t", SubjectTokenFile: "/f"}},
		{"token exchange of a client", Options{Grant: TokenExchange, Issuer: issuer, ClientID: "c", ClientSecretFile: "/f",
			SubjectTokenFile: "/f", SubjectTokenType: "urn:a", RequestedTokenType: "urn:b", Audience: "a", Resource: "r"}},
	}
	for _, test := range tests {
		if err := test.o.Check(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// A setting that has no effect is a setting that somebody relies on.
func TestOptionsThatDoNotBelongTogether(t *testing.T) {
	tests := []struct {
		name    string
		o       Options
		mention string
	}{
		{"nothing", Options{}, "grant: want device, browser"},
		{"unknown grant", Options{Grant: "password"}, "grant: want device, browser"},
		{"no server", Options{Grant: Device, ClientID: "c"}, "want issuer, preset or token_url"},
		{"unknown preset", Options{Grant: Device, Preset: "gitbub", ClientID: "c"}, "known are bitbucket, github, gitlab, huggingface"},
		{"preset and issuer", Options{Grant: Device, Preset: "github", Issuer: issuer, ClientID: "c"}, "preset or issuer, not both"},
		{"device without an endpoint", Options{Grant: Device, TokenURL: issuer, ClientID: "c"}, "wants device_url"},
		{"device at a preset without one", Options{Grant: Device, Preset: "bitbucket", ClientID: "c"}, "wants device_url"},
		{"browser without an endpoint", Options{Grant: Browser, TokenURL: issuer, ClientID: "c"}, "wants authorization_url"},
		{"no client", Options{Grant: Device, Issuer: issuer}, "client_id is missing"},
		{"secret without a client", Options{Grant: TokenExchange, Issuer: issuer, SubjectTokenFile: "/f", ClientSecretFile: "/f"}, "client_id is missing"},
		{"no secret", Options{Grant: ClientCredentials, Issuer: issuer, ClientID: "c"}, "wants client_secret_file"},
		{"two secrets", Options{Grant: Device, Issuer: issuer, ClientID: "c", ClientSecretFile: "/f", ClientSecretVariable: "V"}, "not both"},
		{"variable that cannot be", Options{Grant: Device, Issuer: issuer, ClientID: "c", ClientSecretVariable: "A=B"}, "client_secret_variable: want the name"},
		{"client_auth without a secret", Options{Grant: Device, Issuer: issuer, ClientID: "c", ClientAuth: ClientAuthPost}, "for a client with a secret"},
		{"unknown client_auth", Options{Grant: Device, Issuer: issuer, ClientID: "c", ClientSecretFile: "/f", ClientAuth: "jwt"}, "client_auth: want basic or post"},
		{"no refresh token", Options{Grant: RefreshToken, Issuer: issuer, ClientID: "c"}, "refresh_token_file is missing"},
		{"no subject token", Options{Grant: TokenExchange, Issuer: issuer}, "subject_token_file is missing"},
		{"refresh token in a login", Options{Grant: Device, Issuer: issuer, ClientID: "c", RefreshTokenFile: "/f"}, "refresh_token_file is for the grant refresh_token"},
		{"subject token in a login", Options{Grant: Device, Issuer: issuer, ClientID: "c", SubjectTokenFile: "/f"}, "for the grant token_exchange"},
		{"type in a login", Options{Grant: Device, Issuer: issuer, ClientID: "c", SubjectTokenType: "x"}, "for the grant token_exchange"},
		{"wanted type in a login", Options{Grant: Device, Issuer: issuer, ClientID: "c", RequestedTokenType: "x"}, "for the grant token_exchange"},
		{"page of the browser for a device", Options{Grant: Device, Issuer: issuer, ClientID: "c", AuthorizationURL: issuer}, "for the grant browser"},
		{"way back for a device", Options{Grant: Device, Issuer: issuer, ClientID: "c", RedirectURL: DefaultRedirect}, "for the grant browser"},
		{"device's endpoint for a browser", Options{Grant: Browser, Issuer: issuer, ClientID: "c", DeviceURL: issuer}, "for the grant device"},
		{"issuer by http", Options{Grant: Device, Issuer: "http://issuer.example", ClientID: "c"}, "issuer: want https"},
		{"issuer with a query", Options{Grant: Device, Issuer: issuer + "?a", ClientID: "c"}, "issuer: want no query"},
		{"token endpoint by http", Options{Grant: Device, Preset: "github", TokenURL: "http://issuer.example", ClientID: "c"}, "token_url: want https"},
		{"way back to another machine", Options{Grant: Browser, Issuer: issuer, ClientID: "c", RedirectURL: "https://a.example/"}, "redirect_url: want http to this machine"},
		{"way back by https", Options{Grant: Browser, Issuer: issuer, ClientID: "c", RedirectURL: "https://127.0.0.1/"}, "redirect_url: want http to this machine"},
		{"way back with a query", Options{Grant: Browser, Issuer: issuer, ClientID: "c", RedirectURL: "http://127.0.0.1/?a"}, "redirect_url: want http to this machine"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := test.o.Check(); err == nil || !strings.Contains(err.Error(), test.mention) {
				t.Errorf("error %v, want a mention of %q", err, test.mention)
			}
		})
	}
}

// Whatever URL parser comes next must see the host that was checked.
func TestCleanURL(t *testing.T) {
	tests := []struct{ text, want string }{
		{"https://Issuer.Example:443/Path?A=b", "https://issuer.example/Path?A=b"},
		{"https://issuer.example", "https://issuer.example"},
		{"https://issuer.example?x", "https://issuer.example?x"},
		{"https://issuer.example/@a?b=c@d", "https://issuer.example/@a?b=c@d"},
		{"http://localhost:8080/", "http://localhost:8080/"},
		{"http://127.1.2.3/", "http://127.1.2.3/"},
		{"http://[::1]:1/", "http://[::1]:1/"},
		{"http://issuer.example/", ""},
		{"http://127.0.0.1.evil.example/", ""},
		{"http://169.254.169.254/", ""},
		{"http://[fe80::1]/", ""},
		{"ftp://issuer.example/", ""},
		{"javascript:alert(1)", ""},
		{"https://user@issuer.example/", ""},
		{"https://user:secret@issuer.example/", ""},
		{"https://issuer.example/#x", ""},
		{"https://issuer.example/?a#x", ""},
		{"https://issuer.example;evil.example/", ""},
		{"https://issuer.example:0443/", ""},
		{`https://issuer.example\@evil.example/`, ""},
		{"https://issuer.example/\u202e", ""},
		{"https://issuer.example/?é", ""},
		{"https://issuer.example/\x1b[2J", ""},
		{"https:///path", ""},
		{"/token", ""},
		{"", ""},
	}
	for _, test := range tests {
		got, err := CleanURL(test.text)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("CleanURL(%q) = %q, %v, want %q", test.text, got, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error %q repeats the URL", err)
		}
	}
}

func FuzzCleanURL(f *testing.F) {
	for _, text := range []string{"https://a.example/b?c", "http://[::1]:1", "https://a@b.example", "https://a.example?b#c", "http://127.0.0.1?@"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean, err := CleanURL(text)
		if err != nil {
			return
		}
		u, err := providers.ParseURL(clean)
		if err != nil || u.Scheme != "https" && !(u.Scheme == "http" && u.IsLoopback()) {
			t.Errorf("%q is clean: %q", text, clean)
		}
		if again, err := CleanURL(clean); err != nil || again != clean {
			t.Errorf("%q becomes %q, %v", clean, again, err)
		}
	})
}
