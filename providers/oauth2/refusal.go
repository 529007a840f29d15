package oauth2

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/retryafter"
	"github.com/sesame-auth/sesame/providers/netcause"
)

// A refusal is the server's word that it will not (RFC 6749, section 5.2).
type refusal struct {
	endpoint string
	code     string
	text     string // what the server says of it, or ""
}

// Error names the endpoint and what the server says.
func (r *refusal) Error() string {
	if r.text == "" {
		return r.endpoint + ": " + r.code
	}
	return r.endpoint + ": " + r.code + ": " + r.text
}

// isGrant reports whether it is the refresh token that is refused, and not the client or the
// request. The second code is GitHub's.
func (r *refusal) isGrant() bool { return r.code == "invalid_grant" || r.code == "bad_refresh_token" }

// explain returns a refusal as what it is to a person: something in the configuration, or at the
// server, must be mended. Any other error stays.
func explain(err error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return loginRequired(r.Error(), "")
	}
	return err
}

// failure tells what went wrong with a request: a refusal, or an error of the kind ErrUnavailable.
// Nothing of an answer is repeated but what RFC 6749 says is for people.
func (c *client) failure(endpoint string, params url.Values, err error) error {
	endpoint, _, _ = strings.Cut(endpoint, "?")
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return c.refused(endpoint, params, e, time.Now())
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return unavailable(endpoint + ": " + netcause.Text(err))
	}
	if !errors.Is(err, errNotJSON) {
		err = errors.New("the answer is not that of a token endpoint") // the library's words may quote it
	}
	return unavailable(endpoint + ": " + err.Error())
}

// refused tells a refusal from a server that cannot just now. An answer that names no error is not
// the server's word: a proxy may have given it.
func (c *client) refused(endpoint string, params url.Values, e *oauth2.RetrieveError, now time.Time) error {
	status := e.Response.StatusCode
	code, text := c.clean(params, e.ErrorCode, 64), c.clean(params, e.ErrorDescription, 256)
	passing := isPassing(status) || code == "temporarily_unavailable" || code == "server_error"
	if code != "" && !passing {
		return &refusal{endpoint, code, text}
	}
	message := endpoint + ": " + statusText(status)
	for _, word := range []string{code, text} {
		if word != "" {
			message += ": " + word
		}
	}
	return busy(message, e.Response, now)
}

// isPassing reports whether a status says that another try may succeed.
func isPassing(status int) bool {
	return status/100 == 5 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// busy is the error of a server that cannot just now, with its own word on when it can.
func busy(message string, response *http.Response, now time.Time) error {
	e := &providers.Error{Kind: providers.ErrUnavailable, Message: message}
	if status := response.StatusCode; status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		e.RetryAfter = retryafter.Parse(response.Header.Get("Retry-After"), now)
	}
	return e
}

// clean returns a server's text for a person, without the secrets that were sent to it.
func (c *client) clean(params url.Values, text string, limit int) string {
	for _, name := range []string{"refresh_token", "subject_token", "code", "code_verifier", "device_code", "token"} {
		text = hide(text, params.Get(name))
	}
	return clean(hide(text, c.secret.Reveal()), limit)
}

// clean returns a text of the characters that RFC 6749 allows in an error (section 5.2), and not
// much longer than limit.
func clean(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit] + " ..."
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, text)
}

// hide leaves a secret of three characters or fewer alone: it would be found in any text.
func hide(text, secret string) string {
	if len(secret) <= 3 {
		return text
	}
	text = strings.ReplaceAll(text, secret, "[secret]")
	return strings.ReplaceAll(text, url.QueryEscape(secret), "[secret]")
}
