package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// An issuer whose every answer is an error is there all the same; one that is asked for more than its root, or with a
// token, is one that doctor must not ask.
func TestIssuerThatAnswersAnythingIsReached(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		w.Header().Set("Location", "/elsewhere")
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusFound)
	}))
	defer server.Close()
	date, f := reach(t.Context(), server.URL)
	wantFinding(t, []finding{f}, statusOK, server.URL+" answers")
	if !slices.Equal(asked, []string{"HEAD / "}) {
		t.Errorf("asked %q", asked)
	}
	c := &checkup{survey: new(core.Survey), skews: []skew{{server.URL, time.Since(date)}}}
	wantFinding(t, checkClock(c), statusFault, "this clock is 1h00m ahead of "+server.URL)
}

func TestIssuerThatIsNotReachedSaysWhy(t *testing.T) {
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.StartTLS()
	defer stranger.Close()
	_, f := reach(t.Context(), stranger.URL)
	wantFinding(t, []finding{f}, statusFault, "has a certificate of an authority that this machine does not know")

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://" + listener.Addr().String()
	listener.Close()
	_, f = reach(t.Context(), dead)
	wantFinding(t, []finding{f}, statusFault, dead+" does not answer: ")
	if !strings.Contains(f.What, "refused") { // each system has its own words
		t.Errorf("%q does not say why", f.What)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, f = reach(ended, stranger.URL)
	wantFinding(t, []finding{f}, statusFault, "does not answer within 5s")

	what, repair := explainReach(t.Context(), fmt.Errorf("x: %w", &net.DNSError{Err: "no such host", Name: "nowhere.test"}))
	if !strings.Contains(what, "cannot be resolved") || repair == "" {
		t.Errorf("got %q, %q", what, repair)
	}
}

// Doctor reaches nothing that the configuration does not name, and nothing at all where it shall not.
func TestOnlyConfiguredIssuersAreAsked(t *testing.T) {
	option := func(name, value string) providers.Option {
		return providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}}
	}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked") }))
	defer server.Close()
	c := &checkup{
		ctx: t.Context(), offline: true, getenv: func(string) string { return "" }, survey: new(core.Survey),
		loaded: routes.Config{Routes: []routes.Route{
			{Provider: "oauth2", Options: providers.Options{option("grant", "browser"), option("issuer", server.URL+"/tenant")}},
			{Provider: "oauth2", Options: providers.Options{option("grant", "device"), option("token_url", "https://a.test/token"), option("device_url", "https://b.test:8443/x")}},
			{Provider: "oauth2", Options: providers.Options{option("wrong", "https://wrong.test")}},
			{Provider: "acme", Options: providers.Options{option("token_url", "https://acme.test")}},
		}},
	}
	if got, want := c.origins(), []string{"https://a.test", "https://b.test:8443", server.URL}; !slices.Equal(slices.Sorted(slices.Values(want)), got) {
		t.Errorf("got %q, want %q", got, want)
	}
	wantFinding(t, checkIssuers(c), statusOK, "--offline")
	c.survey.Entries = []*core.Explanation{{Query: &core.Query{Profile: providers.Profile{Name: "pyx"}}}}
	if !slices.Contains(c.origins(), "https://api.pyx.dev") {
		t.Errorf("pyx is in use: got %q", c.origins())
	}
}

func TestClockIsComparedByHowFarItIsOff(t *testing.T) {
	at := func(ahead time.Duration) *checkup {
		return &checkup{survey: new(core.Survey), skews: []skew{{"https://a.test", time.Second}, {"https://b.test", ahead}}}
	}
	wantFinding(t, checkClock(at(-time.Minute)), statusOK, "this clock is 1m behind https://b.test's")
	wantFinding(t, checkClock(at(-time.Minute-1)), statusWarning, "1m behind")
	wantFinding(t, checkClock(at(5*time.Minute)), statusWarning, "5m ahead of")
	wantFinding(t, checkClock(at(5*time.Minute+1)), statusFault, "seem to end at the wrong time")
	wantFinding(t, checkClock(&checkup{survey: new(core.Survey)}), statusOK, "not compared")

	future := surveyed(time.Now().Add(3 * time.Hour)).Entries[:1]
	found := checkClock(&checkup{survey: &core.Survey{Entries: future}})
	wantFinding(t, found, statusWarning, "the clock was set back")
}
