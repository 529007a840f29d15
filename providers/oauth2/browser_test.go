package oauth2

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// visit opens a page as a browser does, and returns the text of where it ends.
func visit(t *testing.T, page string) (status int, text string, header http.Header) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	if err != nil {
		t.Error(err)
		return
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(body), response.Header
}

// browserLogin runs a login, with a browser that does something with the page it is shown.
func browserLogin(
	t *testing.T, ctx context.Context, req providers.Request, browser func(page string),
) (token *providers.Token, told steps, err error) {
	var group sync.WaitGroup
	token, err = Provider{}.Login(ctx, req, func(step providers.Step) {
		told.show(step)
		if step.Open != "" {
			group.Go(func() { browser(step.Open) })
		}
	})
	group.Wait()
	return token, told, err
}

func TestBrowserLogin(t *testing.T) {
	const secret = "secret-of-the-client"
	file := write(t, secret)
	tests := []struct {
		name   string
		config oauth2test.Config
		more   []string
	}{
		{"public client", oauth2test.Config{}, nil},
		{"client with a secret", oauth2test.Config{Secret: secret}, []string{"client_secret_file", file}},
		{"client with a secret in the body", oauth2test.Config{Secret: secret, InBody: true},
			[]string{"client_secret_file", file, "client_auth", "post"}},
		{"issuer that names itself", oauth2test.Config{Path: "/a", NamesItself: true}, nil},
		{"localhost", oauth2test.Config{}, []string{"redirect_url", "http://localhost/back"}},
		{"a path with odd characters", oauth2test.Config{}, []string{"redirect_url", "http://127.0.0.1/a%2Fb"}},
		{"no path", oauth2test.Config{}, []string{"redirect_url", "http://127.0.0.1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, test.config)
			req := request(server, "browser", append(test.more, "scopes", "a\nb", "audience", "c d", "resource", "https://r.example")...)
			token, told, err := browserLogin(t, t.Context(), req, func(page string) {
				status, text, header := visit(t, page)
				if status != 200 || !strings.Contains(text, "You may close this window") ||
					header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "no-referrer" {
					t.Errorf("the last page: %d %q", status, text)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := server.Counts(); got.Codes != 1 || !server.Accepts(token.Value.Reveal()) {
				t.Errorf("%+v, want one code", got)
			}
			page, err := url.Parse(told[0].Open)
			if err != nil || len(told) != 1 || page.Path != test.config.Path+"/authorize" || page.Query().Get("scope") != "a b" ||
				page.Query().Get("audience") != "c d" || page.Query().Get("resource") != "https://r.example" {
				t.Errorf("told %+v", told)
			}
			next := ask(t, withPrevious(req, token))
			if !server.Accepts(next.Value.Reveal()) || server.Last().Get("scope") != "" {
				t.Errorf("the refresh sends %v", server.Last())
			}
		})
	}
}

// Two logins at once must not take each other's port, and a guess must not hit the next one's secrets.
func TestEachBrowserLoginHasSecretsOfItsOwn(t *testing.T) {
	server := start(t, oauth2test.Config{})
	seen := map[string]bool{}
	for range 3 {
		_, told, err := browserLogin(t, t.Context(), request(server, "browser"), func(page string) { visit(t, page) })
		if err != nil {
			t.Fatal(err)
		}
		page, _ := url.Parse(told[0].Open)
		for _, name := range []string{"state", "code_challenge"} {
			value := page.Query().Get(name)
			if len(value) < 26 || seen[value] {
				t.Errorf("%s %q was seen before, or is short", name, value)
			}
			seen[value] = true
		}
		if back, _ := url.Parse(page.Query().Get("redirect_uri")); back.Hostname() != "127.0.0.1" || back.Port() == "" {
			t.Errorf("the browser comes back to %s", page.Query().Get("redirect_uri"))
		}
	}
}

// Anybody on this machine, and any page in the browser, can send something to the port.
func TestStrangersDoNotEndTheLogin(t *testing.T) {
	server := start(t, oauth2test.Config{NamesItself: true})
	token, _, err := browserLogin(t, t.Context(), request(server, "browser"), func(page string) {
		u, _ := url.Parse(page)
		back, state := u.Query().Get("redirect_uri"), u.Query().Get("state")
		iss := "&iss=" + url.QueryEscape(server.Issuer)
		for name, stray := range map[string]string{
			"no state":                 back + "?code=evil" + iss,
			"another state":            back + "?code=evil&state=evil" + iss,
			"an error of a stranger":   back + "?error=access_denied&state=evil" + iss,
			"two states":               back + "?code=evil&state=evil&state=" + state + iss,
			"two codes":                back + "?code=evil&code=e&state=" + state + iss,
			"another issuer's code":    back + "?code=evil&state=" + state + "&iss=https://evil.example",
			"no issuer":                back + "?code=evil&state=" + state,
			"neither code nor error":   back + "?state=" + state + iss,
			"another path":             back + "favicon.ico?code=evil&state=" + state + iss,
			"another host's last page": back + "%2e%2e?code=evil&state=" + state + iss,
		} {
			if status, _, _ := visit(t, stray); status != 400 && status != 404 {
				t.Errorf("%s: status %d", name, status)
			}
		}
		visit(t, page)
	})
	if err != nil || !server.Accepts(token.Value.Reveal()) {
		t.Errorf("the login is lost: %v", err)
	}
	if got := server.Counts(); got.Refusals != 0 {
		t.Errorf("%+v: a stranger's code was sent", got)
	}
}

// A server's words are shown in the browser of the person who trusts this program.
func TestRefusedBrowserLoginIsShownEscaped(t *testing.T) {
	server := start(t, oauth2test.Config{Refuse: "access_denied", RefuseDescription: "<script>alert(1)</script>"})
	_, _, err := browserLogin(t, t.Context(), request(server, "browser"), func(page string) {
		_, text, header := visit(t, page)
		if strings.Contains(text, "<script") || !strings.Contains(text, "access_denied: &lt;script&gt;") ||
			!strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("the last page: %q", text)
		}
	})
	e := wantError(t, err, providers.ErrLoginRequired, "the login was refused: access_denied: <script>")
	if e.Repair != "sesame login https://files.example/a.whl" || server.Counts().Codes != 0 {
		t.Errorf("repair %q, %+v", e.Repair, server.Counts())
	}
}

func TestCodeThatIsRefused(t *testing.T) {
	server := start(t, oauth2test.Config{})
	server.Fail("/token", oauth2test.Fault{Status: 400, Body: `{"error":"invalid_grant","error_description":"too late"}`})
	_, _, err := browserLogin(t, t.Context(), request(server, "browser"), func(page string) { visit(t, page) })
	wantError(t, err, providers.ErrLoginRequired, server.URL+"/token: invalid_grant: too late")
}

func TestBrowserLoginEndsWithItsContext(t *testing.T) {
	server := start(t, oauth2test.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	var back string
	_, _, err := browserLogin(t, ctx, request(server, "browser"), func(page string) {
		u, _ := url.Parse(page)
		back = u.Query().Get("redirect_uri")
		cancel()
	})
	wantError(t, err, providers.ErrUnavailable, "is given up: context canceled")
	if conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(back, "http://"), "/")); err == nil {
		conn.Close()
		t.Error("the port is still open")
	}
}

func TestPortThatIsTakenIsNamed(t *testing.T) {
	server := start(t, oauth2test.Config{})
	taken := "http://" + strings.TrimPrefix(server.URL, "http://") + "/back"
	_, err := Provider{}.Login(t.Context(), request(server, "browser", "redirect_url", taken), func(providers.Step) {
		t.Error("a person is told to log in")
	})
	wantError(t, err, providers.ErrUnavailable, "wait for the browser at "+taken)
}
