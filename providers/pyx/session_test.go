package pyx

import (
	"context"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A question too many a second is a login that the issuer throttles; a person who is told
// nothing goes away.
func TestLoginIsPolledOnceASecondAndSaysHowLong(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.confirm = 24*time.Second + 500*time.Millisecond
		token, err := s.login(t.Context(), s.show)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.since(); got != 25*time.Second {
			t.Errorf("after %v, want it at the first question after the person has confirmed", got)
		}
		if got := s.server.Counts(); got.Polls != 26 || got.Logins != 1 || !s.server.Accepts(token.Value.Reveal()) {
			t.Errorf("%+v, want a question a second, and a token that is good", got)
		}
		want := []string{
			"0s: waiting for the login to be confirmed on that page, 300 s at most",
			"10s: still waiting for the login, 290 s left",
			"20s: still waiting for the login, 280 s left",
		}
		if !reflect.DeepEqual(s.said, want) {
			t.Errorf("said %q, want %q", s.said, want)
		}
	})
}

// A program that waits forever for somebody who has closed the page is killed, and says nothing.
func TestLoginEndsWhenTheTimeIsUp(t *testing.T) {
	tests := []struct {
		name  string
		limit time.Duration // the caller's
		want  time.Duration
		polls int
	}{
		{"ours", time.Hour, 300 * time.Second, 301},
		{"the caller's", 30*time.Second + 1, 30*time.Second + 1, 31},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				ctx, cancel := context.WithTimeout(t.Context(), test.limit)
				defer cancel()
				_, err := s.login(ctx, s.show)
				limit := strconv.Itoa(int(test.want.Seconds())) + " s"
				e := wantError(t, err, providers.ErrLoginRequired, "nobody confirmed the login to "+s.server.URL+" in "+limit)
				if e.Repair != "sesame login "+s.server.URL || strings.Contains(e.Message, "deadline") {
					t.Errorf("error %q, repair %q", e.Message, e.Repair)
				}
				// A question at the caller's own end may or may not get as far as the server.
				polls := s.server.Counts().Polls
				if late := polls - test.polls; s.since() != test.want || late < 0 || late > 1 {
					t.Errorf("after %v and %d questions, want %v and %d", s.since(), polls, test.want, test.polls)
				}
				if !strings.HasSuffix(s.said[0], ", "+limit+" at most") {
					t.Errorf("said %q", s.said[0])
				}
			})
		})
	}
}

// Who confirms in the last second has done so in time.
func TestLastQuestionIsAskedWhenTheTimeIsUp(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.confirm = loginTime - time.Millisecond
		if _, err := s.login(t.Context(), s.show); err != nil || s.since() != loginTime {
			t.Errorf("%v after %v", err, s.since())
		}
	})
}

// Ctrl-C is obeyed at once, in a pause as in a question.
func TestCancelEndsTheLogin(t *testing.T) {
	for name, hang := range map[string]bool{"in a pause": false, "in a question": true} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				if hang {
					s.server.FailAlways(pyxtest.Fault{StallHeaders: true})
				}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(5500*time.Millisecond, cancel)
				_, err := s.login(ctx, s.show)
				wantError(t, err, providers.ErrUnavailable, "the login to "+s.server.URL+" was given up: context canceled")
				if s.since() != 5500*time.Millisecond {
					t.Errorf("after %v", s.since())
				}
			})
		})
	}
}

// An issuer that is restarted while the person looks for the second factor must not cost them
// the login; one that is down must not cost them five minutes.
func TestLoginGoesOnAfterAFewFailures(t *testing.T) {
	down := pyxtest.Fault{Status: 503, Body: "secret-in-the-answer"}
	pending := pyxtest.Fault{Status: 404}
	tests := []struct {
		name   string
		faults []pyxtest.Fault
		want   time.Duration
		fails  string
	}{
		{"four in a row", []pyxtest.Fault{down, down, down, down}, 30 * time.Second, ""},
		{"five in a row", []pyxtest.Fault{down, down, down, down, down}, 30 * time.Second, "503 Service Unavailable"},
		{"four and four", []pyxtest.Fault{down, down, down, down, pending, down, down, down, down}, 61 * time.Second, ""},
		{"of every kind", []pyxtest.Fault{{Drop: true}, {Status: 408}, {Status: 429}, {Status: 599}}, 30 * time.Second, ""},
		{"a word on when", []pyxtest.Fault{{Status: 429, RetryAfter: "60"}}, 60 * time.Second, ""},
		{"a word on never", []pyxtest.Fault{{Status: 429, RetryAfter: "3600"}}, loginTime, ""},
		{"no answer", []pyxtest.Fault{{StallHeaders: true}}, 12 * time.Second, ""},
		{"down to the end", []pyxtest.Fault{{Status: 503, RetryAfter: "299"}, down, down}, loginTime, "in 300 s: " /* and why */},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				s.confirm = time.Millisecond
				s.server.Fail(test.faults...)
				_, err := s.login(t.Context(), s.show)
				if test.fails == "" && err != nil {
					t.Error(err)
				}
				if test.fails != "" {
					e, _ := err.(*providers.Error)
					if e == nil || !strings.Contains(e.Message, test.fails) || !strings.Contains(e.Message, "503") || e.Repair == "" {
						t.Errorf("error %v, want %q and a repair", err, test.fails)
					}
				}
				if s.since() != test.want {
					t.Errorf("after %v, want %v", s.since(), test.want)
				}
				if text := strings.Join(s.said, "\n"); strings.Contains(text, "secret") {
					t.Errorf("said %q, which quotes the answer", text)
				}
			})
		})
	}
}

// A person who waits while the issuer is down is told why.
func TestLoginSaysWhyItTakesSoLong(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		s.server.FailAlways(pyxtest.Fault{Status: 503})
		s.login(t.Context(), s.show)
		want := "still waiting for the login, 286 s left: " + s.server.URL + "/auth/cli/status/: 503 Service Unavailable"
		if len(s.said) < 2 || s.said[1] != "14s: "+want {
			t.Errorf("said %q, want %q", s.said, want)
		}
	})
}

// Any other answer is the last: the tokens may have been handed out to it.
func TestLoginEndsWithAnAnswerThatIsNone(t *testing.T) {
	const secret = "secret-in-the-answer"
	access := `{"access_token":"` + secret + `"`
	tests := []struct {
		name    string
		fault   pyxtest.Fault
		kind    error
		mention string
	}{
		{"400", pyxtest.Fault{Status: 400, Body: secret}, providers.ErrLoginRequired, "400 Bad Request"},
		{"401", pyxtest.Fault{Status: 401}, providers.ErrLoginRequired, "401"},
		{"403", pyxtest.Fault{Status: 403}, providers.ErrLoginRequired, "403"},
		{"410", pyxtest.Fault{Status: 410}, providers.ErrUnavailable, "410 Gone"},
		{"redirect", pyxtest.Fault{Status: 302, Location: "/auth/cli/status/x?" + secret}, providers.ErrUnavailable, "a redirect, which is not followed"},
		{"no JSON", pyxtest.Fault{Body: "<html>" + secret}, providers.ErrUnavailable, "not the JSON of tokens"},
		{"half of it", pyxtest.Fault{Body: access, StallBody: true}, providers.ErrUnavailable, "read the answer: no answer in 15s"},
		{"no refresh token", pyxtest.Fault{Body: access + "}"}, providers.ErrUnavailable, "no refresh token that can be used"},
		{"endless refresh token", pyxtest.Fault{Body: access + `,"refresh_token":"` + strings.Repeat("x", maxToken+1) + `"}`}, providers.ErrUnavailable, "no refresh token"},
		{"no access token", pyxtest.Fault{Body: `{"refresh_token":"` + secret + `"}`}, providers.ErrUnavailable, "no access token"},
		{"over a megabyte", pyxtest.Fault{Body: "{", Zeros: 2 << 20}, providers.ErrUnavailable, "the answer is over 1024 KiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				s.server.Fail(test.fault)
				_, err := s.login(t.Context(), s.show)
				e := wantError(t, err, test.kind, "the login failed: "+s.server.URL+"/auth/cli/status/: ", test.mention)
				if e.Repair != "sesame login "+s.server.URL || s.server.Counts().Requests != 1 {
					t.Errorf("repair %q after %d requests, want one", e.Repair, s.server.Counts().Requests)
				}
				if strings.Contains(e.Message, secret) || strings.Contains(e.Message, s.session()) {
					t.Errorf("the error %q holds a secret", e.Message)
				}
			})
		})
	}
}

// A session that can be guessed is a login for whoever guesses it.
func TestSessionIsARandomUUID(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 1000 {
		id := newSession()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("session %s, seen before: %v", id, seen[id])
		}
		seen[id] = true
	}
}
