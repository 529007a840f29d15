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
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/retryafter"
	"github.com/sesame-auth/sesame/providers/netcause"
)

// maxToken bounds a token, in bytes: the core takes none that is longer.
const maxToken = 64 << 10

// limits bound one request.
type limits struct {
	connect, headers, whole time.Duration
	body                    int64 // bytes of the answer
}

// An issuer is the API's token endpoints. No method sends a request twice: what it spends
// may be spent although there was no answer.
type issuer struct {
	origin string // scheme, host and port
	limits limits
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

func newIssuer(origin string) issuer {
	l := limits{connect: 5 * time.Second, headers: 10 * time.Second, whole: 15 * time.Second, body: 1 << 20}
	return issuer{origin: origin, limits: l, dial: (&net.Dialer{Timeout: l.connect}).DialContext}
}

// The endpoints.
const (
	refreshPath  = "/auth/cli/refresh"
	exchangePath = "/auth/cli/access-token"
	pagePath     = "/auth/cli/login/"  // and a session
	statusPath   = "/auth/cli/status/" // and a session
	logoutPath   = "/auth/cli/logout"
)

// A call is one request to an endpoint.
type call struct {
	method, path string
	session      string // follows the path, and is in no error: it is worth a login
	header       http.Header
	body         []byte
	statusOnly   bool // nothing is read of the answer
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
	_, answer, err := i.send(ctx, call{
		method: http.MethodPost, path: refreshPath, body: body, header: http.Header{"Content-Type": {"application/json"}},
	})
	return answer, err
}

// exchange obtains an access token for an API key. Its error is as that of refresh.
func (i issuer) exchange(ctx context.Context, key providers.Secret) (tokens, error) {
	_, answer, err := i.send(ctx, call{method: http.MethodPost, path: exchangePath, header: bearer(key.Reveal())})
	return answer, err
}

// poll asks for the tokens of the session, which are handed out once it is confirmed; the
// status is 404 until then. Its error is as that of refresh.
func (i issuer) poll(ctx context.Context, session string) (status int, answer tokens, err error) {
	status, answer, err = i.send(ctx, call{method: http.MethodGet, path: statusPath, session: session, header: http.Header{}})
	if err == nil && (answer.Refresh == "" || len(answer.Refresh) > maxToken) {
		err = unavailable(i.origin + statusPath + ": the answer has no refresh token that can be used")
	}
	return status, answer, err
}

// logout ends the login of an access token, which may have expired. That it had ended
// already is no error. Its error is as that of refresh.
func (i issuer) logout(ctx context.Context, access string) error {
	status, _, err := i.send(ctx, call{method: http.MethodGet, path: logoutPath, header: bearer(access), statusOnly: true})
	if status == http.StatusUnauthorized {
		return nil
	}
	return err
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// send makes one request. The status is the answer's; zero if there was none.
func (i issuer) send(ctx context.Context, c call) (status int, answer tokens, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, i.limits.whole, errors.New("no answer in "+i.limits.whole.String()))
	defer cancel()
	target := i.origin + c.path
	request, err := http.NewRequestWithContext(ctx, c.method, target+c.session, bytes.NewReader(c.body))
	if err != nil {
		return 0, tokens{}, unavailable(target + ": not a URL")
	}
	request.Header = c.header
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "sesame")
	response, err := i.client().Do(request)
	if err != nil {
		return 0, tokens{}, unavailable(target + ": " + netcause.Text(err))
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode/100 != 2:
		err = statusError(target, response, time.Now())
	case !c.statusOnly:
		answer, err = decode(target, response.Body, i.limits.body)
	}
	return response.StatusCode, answer, err
}

// client returns a client for one request, which goes where it was sent and nowhere else.
func (i issuer) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment, // none for this machine
			DialContext:            i.dial,
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
		e.RetryAfter = retryafter.Parse(response.Header.Get("Retry-After"), now)
	}
	return e
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}

// decode reads the tokens of an answer, no more than limit bytes. Its errors do not quote it.
func decode(target string, body io.Reader, limit int64) (tokens, error) {
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	var answer tokens
	switch {
	case err != nil:
		return tokens{}, unavailable(target + ": read the answer: " + netcause.Text(err))
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
