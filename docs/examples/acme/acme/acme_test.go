package acme_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"example.com/sesame-provider-acme/acme"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

func TestProviderConforms(t *testing.T) {
	providerstest.Run(t, func(t *testing.T) providerstest.Case {
		const key = "acme-key-1234"
		t.Setenv("ACME_API_KEY", key)
		var hang atomic.Bool
		var serial atomic.Int64
		issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case hang.Load():
				<-r.Context().Done()
			case r.Header.Get("Authorization") != "Bearer "+key:
				w.WriteHeader(http.StatusUnauthorized)
			default:
				fmt.Fprintf(w, `{"token":"acme-token-%d","expires_in":3600}`, serial.Add(1))
			}
		}))
		t.Cleanup(issuer.Close)
		return providerstest.Case{
			Provider: acme.Provider{},
			Request:  request("https://registry.acme.example/v2/", issuer.URL),
			Unknown:  providers.URL{Scheme: "https", Host: "acme.example.com"},
			Options:  new(acme.Options),
			Hang:     func() { hang.Store(true) },
			Failing:  []providers.Request{request("https://registry.acme.example/v2/", "http://issuer.acme.example")},
			Secrets:  []string{key},
		}
	})
}

// request returns the request for a URL, on a route with the option issuer.
func request(url, issuer string) providers.Request {
	u, err := providers.ParseURL(url)
	if err != nil {
		panic(err)
	}
	option := providers.Option{Name: "issuer", Kind: providers.StringOption, Values: []string{issuer}}
	return providers.Request{URL: u, Options: providers.Options{option}}
}
