package pyx

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// What may go wrong, and what it must be called: a transient failure that sends people
// to log in, or a request sent twice, costs them the login.
func TestFailureIsNamedAndNotRepeated(t *testing.T) {
	const secret = "secret-in-the-answer"
	tests := []struct {
		name       string
		fault      pyxtest.Fault
		mention    string
		retryAfter time.Duration
	}{
		{name: "500", fault: pyxtest.Fault{Status: 500, Body: secret}, mention: "500 Internal Server Error"},
		{name: "502 with Retry-After", fault: pyxtest.Fault{Status: 502, RetryAfter: "7"}, mention: "502"},
		{name: "503", fault: pyxtest.Fault{Status: 503}, mention: "503 Service Unavailable"},
		{name: "503 with Retry-After", fault: pyxtest.Fault{Status: 503, RetryAfter: "7"}, mention: "503", retryAfter: 7 * time.Second},
		{name: "429 with Retry-After", fault: pyxtest.Fault{Status: 429, RetryAfter: "120"}, mention: "429", retryAfter: 2 * time.Minute},
		{name: "429 with nonsense", fault: pyxtest.Fault{Status: 429, RetryAfter: "soon"}, mention: "429"},
		{name: "408", fault: pyxtest.Fault{Status: 408}, mention: "408"},
		{name: "404", fault: pyxtest.Fault{Status: 404}, mention: "404 Not Found"},
		{name: "unknown status", fault: pyxtest.Fault{Status: 599}, mention: "599"},
		{name: "redirect", fault: pyxtest.Fault{Status: 302, Location: "/auth/cli/refresh?a=" + secret}, mention: "a redirect"},
		{name: "redirect that keeps the method", fault: pyxtest.Fault{Status: 308, Location: "/elsewhere"}, mention: "a redirect"},
		{name: "no answer", fault: pyxtest.Fault{Drop: true}, mention: "closed before the answer"},
		{name: "spent and no answer", fault: pyxtest.Fault{Drop: true, Spend: true}, mention: "closed before the answer"},
		{name: "slow headers", fault: pyxtest.Fault{StallHeaders: true}, mention: "no answer in time"},
		{name: "slow body", fault: pyxtest.Fault{StallBody: true, Body: "{"}, mention: "read the answer: no answer in"},
		{name: "not JSON", fault: pyxtest.Fault{Body: "<html>" + secret}, mention: "not the JSON of tokens"},
		{name: "empty", fault: pyxtest.Fault{Status: 200}, mention: "not the JSON of tokens"},
		{name: "no access token", fault: pyxtest.Fault{Body: `{"refresh_token":"` + secret + `"}`}, mention: "no access token"},
		{name: "access token with a line end", fault: pyxtest.Fault{Body: `{"access_token":"` + secret + `\n"}`}, mention: "no access token"},
		{name: "over a megabyte", fault: pyxtest.Fault{Body: "{", Zeros: 4 << 20}, mention: "the answer is over 1024 KiB"},
		{name: "gzip bomb", fault: pyxtest.Fault{Gzip: true, Zeros: 4 << 20}, mention: "not the JSON of tokens"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := pyxtest.New(pyxtest.Config{})
			t.Cleanup(server.Close)
			server.Fail(test.fault)
			i := newIssuer(server.URL)
			// Only the two that wait are short: what is tested of them is that they end.
			if test.fault.StallHeaders {
				i.limits.headers = 50 * time.Millisecond
			}
			if test.fault.StallBody {
				i.limits.whole = 200 * time.Millisecond
			}
			_, err := i.refresh(t.Context(), "refresh-token-sent")
			e := wantError(t, err, providers.ErrUnavailable, server.URL+"/auth/cli/refresh: ", test.mention)
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
	server := pyxtest.New(pyxtest.Config{})
	server.Close()
	_, err := newIssuer(server.URL).refresh(t.Context(), "x")
	wantError(t, err, providers.ErrUnavailable, server.URL+"/auth/cli/refresh: ")
}

// What the server sees: no more than the endpoint's contract, to no other place.
func TestRequestsAreAsTheEndpointsWantThem(t *testing.T) {
	client := newIssuer("https://api.pyx.dev").client()
	transport, ok := client.Transport.(*http.Transport)
	if !ok || !transport.DisableKeepAlives || !transport.DisableCompression || transport.ForceAttemptHTTP2 {
		t.Error("want one connection for one request, without compression")
	}
	if err := client.CheckRedirect(nil, nil); !errors.Is(err, http.ErrUseLastResponse) {
		t.Errorf("a redirect is followed: %v", err)
	}
}

// A proxy that is named for the network would be told of what stays on this machine. TestMain
// names one that is not there, for all tests.
func TestProxyIsNotAskedForThisMachine(t *testing.T) {
	through := newIssuer("https://api.pyx.dev").client().Transport.(*http.Transport).Proxy
	tests := []struct {
		url  string
		want bool
	}{
		{"https://api.pyx.dev/", true}, {"http://127.0.0.1:1/", false}, {"http://127.1.2.3/", false},
		{"http://localhost:1/", false}, {"http://[::1]:1/", false},
	}
	for _, test := range tests {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, test.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if u, err := through(request); (u != nil) != test.want || err != nil {
			t.Errorf("%s: proxy %v, error %v, want one: %v", test.url, u, err, test.want)
		}
	}
}

func TestCancelEndsTheRequest(t *testing.T) {
	server, _ := loggedIn(t, pyxtest.Config{}, -time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	server.Fail(pyxtest.Fault{Before: cancel, StallHeaders: true})
	_, err := Provider{}.Token(ctx, request(t, server))
	wantError(t, err, providers.ErrUnavailable, "context canceled")
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"access_token":"a","refresh_token":"b"}`)
	f.Add(`{"access_token":1}`)
	f.Add(`{"access_token":"a b"}`)
	f.Add(`[`)
	f.Fuzz(func(t *testing.T, text string) {
		answer, err := decode("URL", strings.NewReader(text), 1<<10)
		if err == nil && (!sendable(answer.Access) || len(text) > 1<<10) {
			t.Errorf("%q gives a token that cannot be used", text)
		}
		if err != nil && !errors.Is(err, providers.ErrUnavailable) {
			t.Errorf("%q gives the error %v", text, err)
		}
	})
}
