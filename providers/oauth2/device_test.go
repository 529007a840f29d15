package oauth2

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// steps records what a person is told.
type steps []providers.Step

func (s *steps) show(step providers.Step) { *s = append(*s, step) }

// deviceLogin runs a login, with somebody who does something as soon as the code is shown.
func deviceLogin(
	ctx context.Context, server *oauth2test.Server, person func(code string), more ...string,
) (token *providers.Token, told steps, err error) {
	token, err = Provider{transport: server}.Login(ctx, request(server, "device", more...), func(step providers.Step) {
		told.show(step)
		if step.Code != "" {
			go person(step.Code)
		}
	})
	return token, told, err
}

func TestDeviceLogin(t *testing.T) {
	tests := []struct {
		name     string
		config   oauth2test.Config
		after    time.Duration // when somebody confirms
		polls    int
		duration time.Duration
	}{
		{"at once", oauth2test.Config{}, 0, 1, 5 * time.Second},
		{"after a while", oauth2test.Config{}, 31 * time.Second, 7, 35 * time.Second},
		{"slow server", oauth2test.Config{Interval: 20 * time.Second}, 31 * time.Second, 2, 40 * time.Second},
		{"quick server", oauth2test.Config{Interval: time.Second}, 3500 * time.Millisecond, 4, 4 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.config.URL = "https://issuer.example"
				server, begun := oauth2test.New(test.config), time.Now()
				token, told, err := deviceLogin(t.Context(), server, func(code string) {
					time.Sleep(test.after)
					server.Confirm(code)
				})
				if err != nil {
					t.Fatal(err)
				}
				if got := server.Counts(); got.Polls != test.polls || got.Hasty != 0 || time.Since(begun) != test.duration {
					t.Errorf("%+v in %v, want %d polls in %v", got, time.Since(begun), test.polls, test.duration)
				}
				if len(told) != 1 || told[0].Open != "https://issuer.example/activate?user_code="+told[0].Code ||
					!strings.Contains(told[0].Message, "the code is good for 10m0s") {
					t.Errorf("told %+v", told)
				}
				next, err := Provider{transport: server}.Token(t.Context(), withPrevious(request(server, "device"), token))
				if err != nil || !server.Accepts(token.Value.Reveal()) || !server.Accepts(next.Value.Reveal()) {
					t.Errorf("the token opens nothing, or there is no second one: %v", err)
				}
			})
		})
	}
}

func withPrevious(req providers.Request, token *providers.Token) providers.Request {
	req.Previous = token
	return req
}

// The server's pace is a rule, not a wish: one that is ignored refuses the login.
func TestDeviceSlowsDownWhenTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, begun := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"}), time.Now()
		server.Fail("/token",
			oauth2test.Fault{Status: 400, Body: `{"error":"slow_down"}`}, oauth2test.Fault{Status: 400, Body: `{"error":"slow_down"}`},
			oauth2test.Fault{Status: 400, Body: `{"error":"authorization_pending"}`})
		_, _, err := deviceLogin(t.Context(), server, func(code string) { server.Confirm(code) })
		if took := time.Since(begun); err != nil || took != (5+10+15+15)*time.Second {
			t.Errorf("%v after %v, want a token after 5+10+15+15 s", err, took)
		}
	})
}

// A network that is away for a moment must not cost the person the login.
func TestDeviceLoginOutlivesAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, begun := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"}), time.Now()
		server.Fail("/token", oauth2test.Fault{Drop: true}, oauth2test.Fault{Drop: true}, oauth2test.Fault{Status: 503, RetryAfter: "90"})
		_, told, err := deviceLogin(t.Context(), server, func(code string) { server.Confirm(code) })
		if took := time.Since(begun); err != nil || took != (5+10+20+90)*time.Second {
			t.Errorf("%v after %v, want a token after 5+10+20+90 s", err, took)
		}
		if len(told) != 3 || !strings.Contains(told[1].Message, "asking again") || !strings.Contains(told[2].Message, "503") {
			t.Errorf("told %+v, want each failure once", told)
		}
	})
}

// A server that forgets its own limit would have the person's machine ask for ever.
func TestDeviceStopsWhenItsCodeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, begun := oauth2test.New(oauth2test.Config{URL: "https://issuer.example", CodeLifetime: 62 * time.Second}), time.Now()
		server.FailAlways("/token", oauth2test.Fault{Status: 400, Body: `{"error":"authorization_pending"}`})
		_, _, err := deviceLogin(t.Context(), server, func(string) {})
		wantError(t, err, providers.ErrLoginRequired, "nobody confirmed the login for https://files.example/a.whl before its code ended")
		if time.Since(begun) != 62*time.Second {
			t.Errorf("after %v, want 62 s", time.Since(begun))
		}
	})
}

// GitHub answers so for an app whose device flow is not enabled.
func TestDeviceEndpointThatRefuses(t *testing.T) {
	for _, status := range []int{200, 400} {
		synctest.Test(t, func(t *testing.T) {
			server := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"})
			server.Fail("/device", oauth2test.Fault{Status: status, Body: `{"error":"device_flow_disabled","error_description":"enable it"}`})
			_, _, err := deviceLogin(t.Context(), server, func(string) {})
			wantError(t, err, providers.ErrLoginRequired, "https://issuer.example/device: device_flow_disabled: enable it")
		})
	}
}

func TestDeviceLoginThatFails(t *testing.T) {
	short := oauth2test.Config{CodeLifetime: time.Minute}
	tests := []struct {
		name    string
		config  oauth2test.Config
		fault   oauth2test.Fault
		person  func(*oauth2test.Server, string)
		mention string
		repair  bool
	}{
		{"denied", oauth2test.Config{}, oauth2test.Fault{}, func(s *oauth2test.Server, code string) { s.Deny(code) },
			"the login was refused", true},
		{"nobody comes", short, oauth2test.Fault{}, func(*oauth2test.Server, string) {}, "before its code ended", true},
		{"the server says that the code has ended", oauth2test.Config{}, oauth2test.Fault{Status: 400, Body: `{"error":"expired_token"}`},
			func(*oauth2test.Server, string) {}, "before its code ended", true},
		{"GitHub says so", oauth2test.Config{}, oauth2test.Fault{Body: `{"error":"token_expired"}`},
			func(*oauth2test.Server, string) {}, "before its code ended", true},
		{"wrong client", oauth2test.Config{}, oauth2test.Fault{Status: 401, Body: `{"error":"invalid_client"}`},
			func(*oauth2test.Server, string) {}, "invalid_client", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.config.URL = "https://issuer.example"
				server := oauth2test.New(test.config)
				server.Fail("/token", test.fault)
				_, _, err := deviceLogin(t.Context(), server, func(code string) { test.person(server, code) })
				e := wantError(t, err, providers.ErrLoginRequired, test.mention)
				if (e.Repair == "sesame login https://files.example/a.whl") != test.repair {
					t.Errorf("repair %q", e.Repair)
				}
			})
		})
	}
}

// The time limit is the person's, and the core's.
func TestDeviceLoginEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, begun := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"}), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		_, _, err := deviceLogin(ctx, server, func(string) {})
		wantError(t, err, providers.ErrUnavailable, "the login for https://files.example/a.whl is given up: context deadline exceeded")
		if time.Since(begun) != 12*time.Second {
			t.Errorf("after %v", time.Since(begun))
		}
	})
}
