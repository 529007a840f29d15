package oauth2

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/providers/netcause"
)

// limits bound one request.
type limits struct {
	connect, headers, whole time.Duration
	body                    int64 // bytes of the answer
}

var standard = limits{connect: 5 * time.Second, headers: 10 * time.Second, whole: 15 * time.Second, body: 1 << 20}

// network returns a transport for one request a connection: it sends none twice.
func network(l limits) http.RoundTripper {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment, // none for this machine
		DialContext:            (&net.Dialer{Timeout: l.connect}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    l.connect,
		ResponseHeaderTimeout:  l.headers,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true,
		DisableCompression:     true, // an answer is no larger than it looks
	}
}

// A courier carries one request, and brings back a whole answer or an error. It goes where it was
// sent and nowhere else: a redirect is an error, since a request holds secrets.
type courier struct {
	transport http.RoundTripper
	limits    limits
	date      time.Time // the answer's, zero if it has none
}

var errRedirect = errors.New("a redirect, which is not followed")

// RoundTrip implements [http.RoundTripper].
func (c *courier) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), c.limits.whole, errors.New("no answer in "+c.limits.whole.String()))
	defer cancel()
	r = r.Clone(ctx)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "sesame")
	response, err := c.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode/100 == 3 {
		return nil, fmt.Errorf("%s: %w", statusText(response.StatusCode), errRedirect)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, c.limits.body+1))
	switch {
	case err != nil:
		return nil, errors.New("read the answer: " + netcause.Text(err))
	case int64(len(text)) > c.limits.body:
		return nil, errors.New("the answer is over " + strconv.FormatInt(c.limits.body>>10, 10) + " KiB")
	}
	c.date, _ = http.ParseTime(response.Header.Get("Date"))
	response.Body = io.NopCloser(bytes.NewReader(text))
	return response, nil
}

func (c *client) courier() *courier { return &courier{transport: c.transport, limits: c.limits} }

func (c *courier) client() *http.Client { return &http.Client{Transport: c} }

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}
