package pyx

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// A login in the browser. Uv gives a person a minute, which is too short for a password
// manager and a second factor.
const (
	loginTime     = 5 * time.Minute
	pollPause     = time.Second
	progressPause = 10 * time.Second
	maxFailures   = 5                // questions in a row without a usable answer
	lockTime      = 30 * time.Second // for the lock, where nobody else limits it
)

// Login has a person log in to the API in a browser, and writes the tokens where uv looks for
// them. It waits five minutes at most for the person.
//
// A token or a key in the environment wins over a login. That is said in a step, and the token
// is then the one that [Provider.Token] returns: it belongs to another account.
//
// Where the tokens could not be written, the new refresh token is the State, as that of a refresh
// would be.
func (p Provider) Login(ctx context.Context, req providers.Request, show func(providers.Step)) (*providers.Token, error) {
	settings, err := readSettings(req)
	if err != nil {
		return nil, err
	}
	s, err := newSource(settings, req)
	if err != nil {
		return nil, err
	}
	set := strings.TrimSpace(settings.TokenVariable + " " + settings.KeyVariable)
	if set != "" {
		show(providers.Step{Message: "warning: the environment has a token or a key, which wins over a login; " +
			"to use the login, type: unset " + set})
	}
	token, err := s.login(ctx, show)
	if err != nil || set == "" {
		return token, err
	}
	req.Previous, req.GoodUntil = nil, time.Time{}
	token, err = p.Token(ctx, req)
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return nil, &providers.Error{Kind: e.Kind, Message: "the login is kept, but not used: " + e.Message, Repair: "unset " + set}
	}
	return token, err
}

// login makes sure of a place for the tokens before it bothers a person for them.
func (s source) login(ctx context.Context, show func(providers.Step)) (*providers.Token, error) {
	file := filepath.Join(s.directory, profile.TokensFile)
	if err := s.tryPlace(file); err != nil {
		return nil, unavailable("the tokens of a login could not be written: " + err.Error())
	}
	answer, err := s.await(ctx, show)
	if err != nil {
		return nil, err
	}
	token := newToken(answer.Access)
	if err := s.keepLogin(ctx, file, answer); err != nil {
		kept, _ := parseTokens(file)
		token.State = unwritten(kept, answer)
		show(providers.Step{Message: "warning: uv will not find this login, and it may last no longer than its first token: " + err.Error()})
	}
	return s.checkNew(token)
}

// tryPlace finds out whether the file could be written.
func (s source) tryPlace(file string) error {
	if err := os.MkdirAll(s.directory, 0o700); err != nil {
		return err
	}
	once, cancel := context.WithCancel(context.Background())
	cancel()
	unlock, err := lock(once, filepath.Join(s.directory, profile.TokensLock))
	if errors.Is(err, errBusy) {
		return nil // whoever has it is about to write the file
	}
	if err != nil {
		return err
	}
	defer unlock()
	next, err := reserve(file)
	if err == nil {
		next.abandon()
	}
	return err
}

// keepLogin puts the tokens in the place of those of any login before.
func (s source) keepLogin(ctx context.Context, file string, answer tokens) error {
	ctx, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	unlock, err := lock(ctx, filepath.Join(s.directory, profile.TokensLock))
	if err != nil {
		return err
	}
	defer unlock()
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	next, err := reserve(file)
	if err != nil {
		return err
	}
	return next.commit(text)
}

// await shows the page of a new session, and asks for its tokens until the person has
// confirmed it.
func (s source) await(ctx context.Context, show func(providers.Step)) (tokens, error) {
	began := time.Now()
	end := began.Add(loginTime)
	if sooner, ok := ctx.Deadline(); ok && sooner.Before(end) {
		end = sooner
	}
	session := newSession()
	show(providers.Step{
		Open:    s.issuer.origin + pagePath + session,
		Message: "waiting for the login to be confirmed on that page, " + seconds(end.Sub(began)) + " at most",
	})
	for shown, failures := began, 0; ; {
		status, answer, err := s.issuer.poll(ctx, session)
		if err == nil {
			return answer, nil
		}
		failures++
		if status == http.StatusNotFound {
			failures, err = 0, nil
		}
		now := time.Now()
		switch {
		case ctx.Err() != nil, !now.Before(end):
			return tokens{}, s.gaveUp(ctx, now.Sub(began), err)
		case failures == maxFailures, err != nil && !transient(status):
			return tokens{}, s.loginFailed(err)
		case now.Sub(shown) >= progressPause:
			shown = now
			show(providers.Step{Message: "still waiting for the login, " + seconds(end.Sub(now)) + " left" + because(err)})
		}
		pause(ctx, min(max(pollPause<<failures, wanted(err)), end.Sub(now)))
	}
}

// pause waits, no longer than until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// transient reports whether another question may be answered better; zero stands for no answer.
func transient(status int) bool {
	return status == 0 || status/100 == 5 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}

// wanted returns how long the issuer wants to be left alone.
func wanted(err error) time.Duration {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return e.RetryAfter
	}
	return 0
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10) + " s"
}

// loginFailed is the error of a session from which no tokens will come.
func (s source) loginFailed(err error) error {
	e := &providers.Error{Kind: providers.ErrUnavailable, Message: "the login failed: " + err.Error(), Repair: loginCommand(s.settings)}
	if _, refused := errors.AsType[*refusal](err); refused {
		e.Kind = providers.ErrLoginRequired
	}
	return e
}

// gaveUp is the error of a session that nobody has confirmed; err says why the issuer gave no
// usable answer to the last question, if it did not.
func (s source) gaveUp(ctx context.Context, waited time.Duration, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return unavailable("the login to " + s.settings.Origin() + " was given up: " + context.Cause(ctx).Error())
	}
	if ctx.Err() != nil {
		err = nil // it has ended the question, and is no answer
	}
	return loginRequired("nobody confirmed the login to "+s.settings.Origin()+" in "+seconds(waited)+because(err), loginCommand(s.settings))
}

// newSession returns a random UUID (RFC 9562, section 5.4). It is worth a login to whoever knows
// it before its tokens are handed out.
func newSession() string {
	var id [16]byte
	rand.Read(id[:]) // it never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	text := hex.EncodeToString(id[:])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}
