package pyx

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// maxToken bounds a token, in bytes: the core takes none that is longer.
const maxToken = 64 << 10

// limits bound one request.
type limits struct {
	connect, headers, whole time.Duration
	body                    int64 // bytes of the answer
}

// An issuer is the API's token endpoints. No request is ever sent twice: what it spends
// may be spent although there was no answer.
type issuer struct {
	origin string // scheme, host and port
	limits limits
}

func newIssuer(origin string) issuer {
	return issuer{origin, limits{connect: 5 * time.Second, headers: 10 * time.Second, whole: 15 * time.Second, body: 1 << 20}}
}

// A refusal is the issuer's word that what was sent to it is no good.
type refusal struct {
	url    string
	status int
}

// Error names the URL and the status.
func (r *refusal) Error() string { return r.url + ": " + statusText(r.status) }

// refresh spends a refresh token. Its error is a *refusal, or of the kind ErrUnavailable.
func (i issuer) refresh(ctx context.Context, token string) (tokens, error) {
	body, err := json.Marshal(struct {
		Refresh string `json:"refresh_token"`
	}{token})
	if err != nil {
		return tokens{}, unavailable("make the request for a refresh: " + err.Error())
	}
	return i.post(ctx, "/auth/cli/refresh", body, http.Header{"Content-Type": {"application/json"}})
}

// exchange obtains an access token for an API key. Its error is as that of refresh.
func (i issuer) exchange(ctx context.Context, key providers.Secret) (tokens, error) {
	return i.post(ctx, "/auth/cli/access-token", nil, http.Header{"Authorization": {"Bearer " + key.Reveal()}})
}

func (i issuer) post(ctx context.Context, path string, body []byte, header http.Header) (tokens, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, i.limits.whole, errors.New("no answer in "+i.limits.whole.String()))
	defer cancel()
	target := i.origin + path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return tokens{}, unavailable(target + ": not a URL")
	}
	request.Header = header
	header.Set("Accept", "application/json")
	header.Set("User-Agent", "sesame")
	response, err := i.client().Do(request)
	if err != nil {
		return tokens{}, unavailable(target + ": " + cause(err))
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return tokens{}, statusError(target, response, time.Now())
	}
	return decode(target, response.Body, i.limits.body)
}

// client returns a client for one request, which goes where it was sent and nowhere else.
func (i issuer) client() *http.Client {
	dialer := &net.Dialer{Timeout: i.limits.connect}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment, // none for this machine
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    i.limits.connect,
			ResponseHeaderTimeout:  i.limits.headers,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true,
			DisableCompression:     true, // an answer is no larger than it looks
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// cause drops the method and the URL that net/http puts before an error.
func cause(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return err.Error()
}

// statusError says what an answer other than tokens means. Nothing of its text is
// repeated: it may be anything.
func statusError(target string, response *http.Response, now time.Time) error {
	status := response.StatusCode
	switch {
	case status == http.StatusBadRequest, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &refusal{target, status}
	case status/100 == 3:
		return unavailable(target + ": " + statusText(status) + ": a redirect, which is not followed")
	}
	e := &providers.Error{Kind: providers.ErrUnavailable, Message: target + ": " + statusText(status)}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), now)
	}
	return e
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}

// retryAfter reads a Retry-After header (RFC 9110, section 10.2.3): seconds, or a date. It returns
// zero for anything else, for a time that has passed, and a day for more than that.
func retryAfter(text string, now time.Time) time.Duration {
	const most = 24 * time.Hour
	seconds, err := strconv.ParseUint(text, 10, 64)
	if err == nil {
		return time.Duration(min(seconds, uint64(most/time.Second))) * time.Second
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), most)
}

// decode reads the tokens of an answer, no more than limit bytes. Its errors do not quote it.
func decode(target string, body io.Reader, limit int64) (tokens, error) {
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	var answer tokens
	switch {
	case err != nil:
		return tokens{}, unavailable(target + ": read the answer: " + cause(err))
	case int64(len(text)) > limit:
		return tokens{}, unavailable(target + ": the answer is over " + strconv.FormatInt(limit>>10, 10) + " KiB")
	case json.Unmarshal(text, &answer) != nil:
		return tokens{}, unavailable(target + ": the answer is not the JSON of tokens")
	case !sendable(answer.Access):
		return tokens{}, unavailable(target + ": the answer has no access token that can be used")
	}
	return answer, nil
}

// sendable reports whether a header can carry the token (RFC 9110, section 5.5), without
// the white space that no token has.
func sendable(token string) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return token != "" && len(token) <= maxToken
}
