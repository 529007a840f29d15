package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/netcause"
	oauth2 "github.com/sesame-auth/sesame/providers/oauth2/profile"
	pyx "github.com/sesame-auth/sesame/providers/pyx/profile"
)

// A skew is how far this machine's clock is ahead of an issuer's.
type skew struct {
	origin string
	ahead  time.Duration
}

// checkIssuers looks whether the issuers that are configured answer. It sends nothing but a question for the
// root of each, without a token.
func checkIssuers(c *checkup) []finding {
	origins := c.origins()
	switch {
	case len(origins) == 0:
		return []finding{good("no route needs one that could be asked here")}
	case c.offline:
		return []finding{good("not asked, as --offline says")}
	}
	found := make([]finding, len(origins))
	var mu sync.Mutex
	var group sync.WaitGroup
	for i, origin := range origins {
		group.Go(func() {
			date, f := reach(c.ctx, origin)
			found[i] = f
			if !date.IsZero() {
				mu.Lock()
				defer mu.Unlock()
				c.skews = append(c.skews, skew{origin, time.Since(date)})
			}
		})
	}
	group.Wait()
	return found
}

// origins returns the scheme, host and port of each issuer that a route or a login names.
func (c *checkup) origins() (all []string) {
	add := func(text string) {
		if u, err := providers.ParseURL(text); err == nil && u.Host != "" {
			all = append(all, u.Scheme+"://"+u.Authority())
		}
	}
	for _, e := range c.survey.Entries {
		if e.Query.Profile.Name == pyx.Profile().Name {
			if s, err := pyx.Read(c.getenv); err == nil {
				add(s.Origin())
			}
		}
	}
	for _, route := range c.loaded.Routes {
		for _, endpoint := range endpoints(route) {
			add(endpoint)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// endpoints returns the URLs that a route to the provider oauth2 sends requests to.
func endpoints(route routes.Route) []string {
	var o oauth2.Options
	if route.Provider != oauth2.Profile().Name || route.Options.Decode(&o) != nil {
		return nil
	}
	e := o.Endpoints()
	return []string{o.Issuer, e.Token, e.Device}
}

// reach asks for the root of an origin, and returns the date that its answer has.
func reach(ctx context.Context, origin string) (time.Time, finding) {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, origin+"/", nil)
	if err != nil {
		return time.Time{}, wrong(err.Error(), "correct the URL in the configuration")
	}
	req.Header.Set("User-Agent", "sesame/"+core.Version)
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	client := http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	begin := time.Now()
	answer, err := client.Do(req)
	if err != nil {
		what, repair := explainReach(ctx, err)
		return time.Time{}, wrong(origin+" "+what, repair)
	}
	answer.Body.Close()
	took := time.Since(begin)
	date, _ := http.ParseTime(answer.Header.Get("Date"))
	if !date.IsZero() {
		date = date.Add(took / 2) // when it was written, or so
	}
	return date, good(origin + " answers, in " + roundly(took))
}

// explainReach says why there was no answer, and what to do about it.
func explainReach(ctx context.Context, err error) (what, repair string) {
	name, isDNS := errors.AsType[*net.DNSError](err)
	_, isUnknown := errors.AsType[x509.UnknownAuthorityError](err)
	bad, isVerification := errors.AsType[*tls.CertificateVerificationError](err)
	proxy := "look whether the network is there, and whether HTTPS_PROXY and NO_PROXY are right"
	switch {
	case ctx.Err() != nil:
		return "does not answer within " + brief(checkLimit), proxy
	case isDNS:
		return "has a name that cannot be resolved: " + name.Err, "correct the URL in the configuration; or " + proxy
	case isUnknown:
		return "has a certificate of an authority that this machine does not know",
			trustAuthority
	case isVerification:
		return "has a certificate that is not good: " + bad.Err.Error(), "look at its URL and at the clock"
	}
	return "does not answer: " + netcause.Text(err), proxy
}

// The clock may be a little off: dates have whole seconds, and tokens are refreshed before they end.
const (
	doubtfulSkew = time.Minute
	wrongSkew    = 5 * time.Minute
)

// checkClock compares the clock with those of the issuers that answered, and with the stored tokens.
func checkClock(c *checkup) (found []finding) {
	slices.SortFunc(c.skews, func(a, b skew) int { return strings.Compare(a.origin, b.origin) })
	for _, s := range c.skews {
		text, off := skewText(s), s.ahead.Abs()
		switch {
		case off > wrongSkew:
			found = append(found, wrong(text+": tokens seem to end at the wrong time", setClock))
		case off > doubtfulSkew:
			found = append(found, doubtful(text, setClock))
		}
	}
	now := time.Now()
	for _, e := range c.survey.Entries {
		if r := e.Record; r != nil && r.Obtained.After(now) {
			found = append(found, doubtful("the token of "+shownRoute(e)+" was obtained "+brief(r.Obtained.Sub(now))+
				" from now: the clock was set back", setClock))
		}
	}
	switch {
	case found != nil:
		return found
	case len(c.skews) == 0:
		return []finding{good("not compared: no issuer was asked, or none answered")}
	}
	most := slices.MaxFunc(c.skews, func(a, b skew) int { return cmp.Compare(a.ahead.Abs(), b.ahead.Abs()) })
	return []finding{good(skewText(most))}
}

func skewText(s skew) string {
	if s.ahead.Abs() < 3*time.Second { // a date has whole seconds
		return "this clock is in step with " + s.origin + "'s"
	}
	word := " ahead of "
	if s.ahead < 0 {
		word = " behind "
	}
	return "this clock is " + brief(s.ahead.Abs()) + word + s.origin + "'s"
}
