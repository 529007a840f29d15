package oauth2

import (
	"net/http"
	"testing"
)

// One connection for one request: net/http may send a request again on a connection that it
// has kept.
func TestNoRequestIsSentTwice(t *testing.T) {
	transport := network(standard).(*http.Transport)
	if !transport.DisableKeepAlives || !transport.DisableCompression || transport.ForceAttemptHTTP2 {
		t.Error("want one connection for one request, without compression")
	}
}

// A proxy that is named for the network would be told of what stays on this machine. TestMain
// names one that is not there, for all tests.
func TestProxyIsNotAskedForThisMachine(t *testing.T) {
	through := network(standard).(*http.Transport).Proxy
	tests := []struct {
		url  string
		want bool
	}{
		{"https://issuer.example/", true}, {"http://127.0.0.1:1/", false}, {"http://127.1.2.3/", false},
		{"http://localhost:1/", false}, {"http://[::1]:1/", false},
	}
	for _, test := range tests {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, test.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if u, err := through(r); (u != nil) != test.want || err != nil {
			t.Errorf("%s: proxy %v, error %v, want one: %v", test.url, u, err, test.want)
		}
	}
}
