package oauth2

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/sesame-auth/sesame/providers"
)

const (
	// defaultPause is between two questions where the server names none (RFC 8628, section 3.2).
	defaultPause = 5 * time.Second
	// slowDown is what the pause grows by when the server says so (section 3.5).
	slowDown = 5 * time.Second
	// maxPause bounds the pause: a person waits.
	maxPause = time.Minute
)

// loginByDevice has a person type a code on a page of the server's, on whichever device
// (RFC 8628).
func (c *client) loginByDevice(ctx context.Context, show func(providers.Step)) (answer, error) {
	s, err := c.server(ctx, tokenEndpoint, deviceEndpoint)
	if err != nil {
		return answer{}, err
	}
	params := url.Values{}
	c.describe(params)
	var d oauth2.DeviceAuthResponse
	if err := c.post(ctx, s.Device, params, &d); err != nil {
		return answer{}, err
	}
	if time.Until(d.Expiry) <= 0 {
		d.Expiry = time.Time{} // no code ends before it is given: it is as good as not said
	}
	step, ok := deviceStep(d)
	if !ok {
		return answer{}, unavailable(s.Device + ": the answer has no code and page for a person")
	}
	show(step)
	return c.poll(ctx, s.Token, d, show)
}

// deviceStep is what a person must do. The code is shown even if the page has it: that they are
// the same is how a person knows the page (section 3.3.1).
func deviceStep(d oauth2.DeviceAuthResponse) (step providers.Step, ok bool) {
	step = providers.Step{Open: openable(d.VerificationURIComplete), Code: d.UserCode, Message: "waiting for the login to be confirmed"}
	if step.Open == "" {
		step.Open = openable(d.VerificationURI)
	}
	if !d.Expiry.IsZero() {
		step.Message += "; the code is good for " + time.Until(d.Expiry).Round(time.Second).String()
	}
	typable := d.UserCode != "" && len(d.UserCode) <= 64 &&
		strings.TrimFunc(d.UserCode, func(r rune) bool { return r >= ' ' && r <= '~' }) == ""
	return step, typable && step.Open != "" && d.DeviceCode != ""
}

// poll asks for the token until the person has confirmed or refused, the code has ended, or ctx has
// (section 3.5).
func (c *client) poll(
	ctx context.Context, endpoint string, d oauth2.DeviceAuthResponse, show func(providers.Step),
) (answer, error) {
	pause := defaultPause
	if d.Interval > 0 {
		pause = time.Duration(min(d.Interval, int64(maxPause/time.Second))) * time.Second
	}
	params := url.Values{
		"grant_type":  {"urn:ietf:params:oauth:grant-type:device_code"},
		"device_code": {d.DeviceCode},
		"client_id":   {c.options.ClientID},
	}
	said := ""
	for wait := pause; ; {
		if inTime, err := sleep(ctx, wait, d.Expiry); err != nil {
			return answer{}, err
		} else if !inTime {
			return answer{}, c.over()
		}
		a, err := c.askAt(ctx, endpoint, params)
		r, isRefusal := errors.AsType[*refusal](err)
		switch {
		case err == nil:
			return a, nil
		case isRefusal && r.code == "authorization_pending":
			wait = pause
		case isRefusal && r.code == "slow_down":
			pause = min(pause+slowDown, maxPause)
			wait = pause
		case isRefusal:
			return answer{}, c.deviceRefusal(r)
		default:
			wait = patience(wait, err)
			if text := err.Error(); text != said && ctx.Err() == nil {
				said = text
				show(providers.Step{Message: text + ": asking again"})
			}
		}
	}
}

// patience is how long to wait after a question that got no answer: twice as long as before, or as
// long as the server says.
func patience(wait time.Duration, err error) time.Duration {
	wait = min(2*wait, maxPause)
	if e, ok := errors.AsType[*providers.Error](err); ok {
		wait = max(wait, e.RetryAfter)
	}
	return wait
}

// deviceRefusal is the end of the questions (section 3.5). The second word for a code that has
// ended is GitHub's.
func (c *client) deviceRefusal(r *refusal) error {
	switch r.code {
	case "access_denied":
		return loginRequired("the login was refused: "+r.Error(), c.login())
	case "expired_token", "token_expired":
		return c.over()
	}
	return r
}

func (c *client) over() error {
	return loginRequired("nobody confirmed the login for "+c.req.URL.String()+" before its code ended", c.login())
}

// sleep waits, but not beyond the end of the code, if that is known. It reports false if
// that has come.
func sleep(ctx context.Context, wait time.Duration, end time.Time) (inTime bool, err error) {
	if !end.IsZero() {
		wait = min(wait, time.Until(end))
	}
	select {
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-time.After(wait):
	}
	return end.IsZero() || time.Now().Before(end), nil
}
