package oauth2

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
	"github.com/sesame-auth/sesame/providers/oauth2/profile"
)

// clientOf is a client of the server that knows its endpoints.
func clientOf(t *testing.T, server *oauth2test.Server, grant string) *client {
	t.Helper()
	req := request(server, grant)
	c, err := Provider{}.client(req)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What may go wrong, and what it must be called: a transient failure that sends people
// to log in, or a request sent twice, costs them the login.
func TestFailureIsNamedAndNotRepeated(t *testing.T) {
	const secret = "secret-in-the-answer"
	tests := []struct {
		name       string
		fault      oauth2test.Fault
		mention    string
		retryAfter time.Duration
	}{
		{name: "500", fault: oauth2test.Fault{Status: 500, Body: secret}, mention: "500 Internal Server Error"},
		{name: "500 with an error", fault: oauth2test.Fault{Status: 500, Body: `{"error":"invalid_grant"}`}, mention: "500 Internal Server Error: invalid_grant"},
		{name: "502 with Retry-After", fault: oauth2test.Fault{Status: 502, RetryAfter: "7"}, mention: "502"},
		{name: "503", fault: oauth2test.Fault{Status: 503}, mention: "503 Service Unavailable"},
		{name: "503 with Retry-After", fault: oauth2test.Fault{Status: 503, RetryAfter: "7"}, mention: "503", retryAfter: 7 * time.Second},
		{name: "429 with Retry-After", fault: oauth2test.Fault{Status: 429, RetryAfter: "120"}, mention: "429", retryAfter: 2 * time.Minute},
		{name: "429 with an error", fault: oauth2test.Fault{Status: 429, RetryAfter: "1", Body: `{"error":"slow_down"}`}, mention: "429 Too Many Requests: slow_down", retryAfter: time.Second},
		{name: "408", fault: oauth2test.Fault{Status: 408}, mention: "408"},
		{name: "404", fault: oauth2test.Fault{Status: 404, Body: secret}, mention: "404 Not Found"},
		{name: "403 of a proxy", fault: oauth2test.Fault{Status: 403, ContentType: "text/html", Body: "<html>" + secret}, mention: "403 Forbidden"},
		{name: "401 without an error", fault: oauth2test.Fault{Status: 401}, mention: "401 Unauthorized"},
		{name: "400 with half an error", fault: oauth2test.Fault{Status: 400, Body: `{"error":"invalid_gr`}, mention: "400 Bad Request"},
		{name: "unknown status", fault: oauth2test.Fault{Status: 599}, mention: "599"},
		{name: "redirect", fault: oauth2test.Fault{Status: 302, Location: "/token?a=" + secret}, mention: "a redirect"},
		{name: "redirect that keeps the method", fault: oauth2test.Fault{Status: 308, Location: "/elsewhere"}, mention: "a redirect"},
		{name: "redirect to nowhere", fault: oauth2test.Fault{Status: 307, Location: "http://%" + secret}, mention: "a redirect"},
		{name: "no answer", fault: oauth2test.Fault{Drop: true}, mention: "closed before the answer"},
		{name: "spent and no answer", fault: oauth2test.Fault{Drop: true, Spend: true}, mention: "closed before the answer"},
		{name: "slow headers", fault: oauth2test.Fault{StallHeaders: true}, mention: "no answer in time"},
		{name: "slow body", fault: oauth2test.Fault{StallBody: true, Body: "{"}, mention: "no answer in 200ms"},
		{name: "not JSON", fault: oauth2test.Fault{Body: "<html>" + secret}, mention: "not that of a token endpoint"},
		{name: "no form", fault: oauth2test.Fault{ContentType: "text/plain", Body: "%" + secret}, mention: "not that of a token endpoint"},
		{name: "empty", fault: oauth2test.Fault{Status: 200}, mention: "not that of a token endpoint"},
		{name: "no access token", fault: oauth2test.Fault{Body: `{"refresh_token":"` + secret + `"}`}, mention: "not that of a token endpoint"},
		{name: "a lifetime that is a secret", fault: oauth2test.Fault{Body: `{"access_token":"a","expires_in":"` + secret + `"}`}, mention: "not that of a token endpoint"},
		{name: "over a megabyte", fault: oauth2test.Fault{Body: "{", Zeros: 4 << 20}, mention: "the answer is over 1024 KiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, oauth2test.Config{})
			server.Fail("/token", test.fault)
			c := clientOf(t, server, "device")
			// Only the two that wait are short: what is tested of them is that they end.
			if test.fault.StallHeaders {
				c.limits.headers = 50 * time.Millisecond
			}
			if test.fault.StallBody {
				c.limits.whole = 200 * time.Millisecond
			}
			c.transport = network(c.limits)
			_, err := c.askAt(t.Context(), server.URL+"/token?tenant=x", url.Values{
				"grant_type": {"refresh_token"}, "refresh_token": {"refresh-token-sent"},
			})
			e := wantError(t, err, providers.ErrUnavailable, server.URL+"/token: ", test.mention)
			if e.RetryAfter != test.retryAfter {
				t.Errorf("retry after %v, want %v", e.RetryAfter, test.retryAfter)
			}
			if strings.Contains(e.Message, secret) || strings.Contains(e.Message, "refresh-token-sent") {
				t.Errorf("the error %q holds a secret", e.Message)
			}
			if got := server.Counts().Requests; got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
}

func TestServerThatIsNotThereIsUnavailable(t *testing.T) {
	server := oauth2test.New(oauth2test.Config{})
	server.Close()
	req := loggedIn(server)
	_, err := Provider{}.Token(t.Context(), req)
	wantError(t, err, providers.ErrUnavailable, server.URL+"/.well-known/oauth-authorization-server: ")
}

// The clock of the bubble makes the limit exact.
func TestServerThatNeverAnswersIsGivenUp(t *testing.T) {
	for _, fault := range []oauth2test.Fault{{StallHeaders: true}, {StallBody: true, Body: "{"}} {
		synctest.Test(t, func(t *testing.T) {
			server, begun := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"}), time.Now()
			server.Fail("/token", fault)
			_, err := Provider{transport: server}.Token(t.Context(), loggedIn(server))
			wantError(t, err, providers.ErrUnavailable, "https://issuer.example/token: no answer in 15s")
			if time.Since(begun) != 15*time.Second {
				t.Errorf("after %v, want 15 s", time.Since(begun))
			}
		})
	}
}

func TestCancelEndsTheRequest(t *testing.T) {
	server := start(t, oauth2test.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	server.Fail("/token", oauth2test.Fault{Before: cancel, StallHeaders: true})
	_, err := Provider{}.Token(ctx, loggedIn(server))
	wantError(t, err, providers.ErrUnavailable, "context canceled")
}

// A server may repeat what it was sent, and errors end in logs.
func TestErrorsHideWhatWasSent(t *testing.T) {
	const secret = "secret of the client"
	server := start(t, oauth2test.Config{Secret: "another", InBody: true})
	tests := []struct{ name, sent string }{
		{"refresh_token", "refresh-token"}, {"subject_token", "subject token"}, {"code", "the-code"},
		{"code_verifier", "verifier"}, {"device_code", "device code"}, {"token", "token-to-revoke"},
	}
	for _, test := range tests {
		c := clientOf(t, server, "device")
		c.secret, c.options.ClientAuth = providers.NewSecret(secret), profile.ClientAuthPost
		_, err := c.askAt(t.Context(), server.URL+"/token", url.Values{"grant_type": {"x"}, test.name: {test.sent}})
		r, ok := errors.AsType[*refusal](err)
		if !ok || !strings.Contains(r.Error(), "invalid_client: not with ") {
			t.Fatalf("%s: %v", test.name, err)
		}
		for _, hidden := range []string{secret, url.QueryEscape(secret), test.sent, url.QueryEscape(test.sent)} {
			if strings.Contains(r.Error(), hidden) {
				t.Errorf("%s: the error %q holds %q", test.name, r, hidden)
			}
		}
	}
}

func TestHideFindsBothSpellings(t *testing.T) {
	const secret = "a b&c"
	if got := hide("sent a b&c, that is a+b%26c; a b", secret); got != "sent [secret], that is [secret]; a b" {
		t.Errorf("%q", got)
	}
	if got := hide("a cat", "a"); got != "a cat" {
		t.Errorf("%q", got)
	}
}

// What the server says goes to a terminal.
func TestServersWordsAreCleanedAndCut(t *testing.T) {
	c := client{}
	e := &oauth2.RetrieveError{
		Response: &http.Response{StatusCode: 400}, ErrorCode: "invalid\x1b[2J\n" + strings.Repeat("x", 100),
		ErrorDescription: "\u202eevil\" \\ \x00" + strings.Repeat("é", 500),
	}
	err := c.refused("https://issuer.example/token", nil, e, time.Now())
	text := err.Error()
	if len(text) > 400 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Errorf("%d bytes: %q", len(text), text)
	}
	if !strings.HasPrefix(text, "https://issuer.example/token: invalid?[2J?xxx") {
		t.Errorf("%q", text)
	}
}
