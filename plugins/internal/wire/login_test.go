package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/sesame-auth/sesame/providers"
)

// logsIn is a LoginProvider that shows steps, and returns what it is told.
type logsIn struct {
	answers
	steps func(ctx context.Context, show func(providers.Step)) // may be nil
}

func (l *logsIn) Login(ctx context.Context, req providers.Request, show func(providers.Step)) (*providers.Token, error) {
	l.asked = req
	if l.steps != nil {
		l.steps(ctx, show)
	}
	return l.token, l.err
}

func (l *logsIn) Logout(_ context.Context, req providers.Request) error {
	l.asked = req
	return l.err
}

// A person who is shown half of a step, or steps in another order, types the wrong code on the wrong page.
func TestStepsAndTokenOfALoginPassTheBoundary(t *testing.T) {
	want := []providers.Step{
		{Open: "https://acme.example/device?a=b#c", Code: "ABCD-EFGH", Message: "open the page and type the code"},
		{Message: "waiting"}, {Open: "http://127.0.0.1:1/"}, {Code: "1"}, {},
	}
	for i := range 100 {
		want = append(want, providers.Step{Message: fmt.Sprint("step ", i)})
	}
	l := &logsIn{answers: answers{token: fullToken()}, steps: func(_ context.Context, show func(providers.Step)) {
		for _, step := range want {
			show(step)
		}
	}}
	client := connect(t, l)
	var got []providers.Step
	token, err := client.Login(t.Context(), fullRequest(), func(step providers.Step) { got = append(got, step) })
	if err != nil || !reflect.DeepEqual(token, fullToken()) {
		t.Errorf("the token is %#v, error %v; want %#v", token, err, fullToken())
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the steps are %v, want %v", got, want)
	}
	if !reflect.DeepEqual(l.asked, fullRequest()) {
		t.Errorf("the provider was asked %#v, want %#v", l.asked, fullRequest())
	}
	l.asked = providers.Request{}
	if err := client.Logout(t.Context(), fullRequest()); err != nil || !reflect.DeepEqual(l.asked, fullRequest()) {
		t.Errorf("Logout: error %v, asked %#v, want %#v", err, l.asked, fullRequest())
	}
}

func TestProviderWithoutALoginIsUnimplemented(t *testing.T) {
	for name, client := range map[string]*Client{
		"a provider that has none": connect(t, &answers{}),
		"a plugin of before":       connectOld(t),
	} {
		_, login := client.Login(t.Context(), providers.Request{}, nil)
		logout := client.Logout(t.Context(), providers.Request{})
		for method, err := range map[string]error{"Login": login, "Logout": logout} {
			if e, ok := errors.AsType[*CallError](err); !ok || e.Code != codes.Unimplemented {
				t.Errorf("%s: %s: error %v, want a CallError with the code Unimplemented", name, method, err)
			}
		}
	}
}

func TestErrorsOfALoginPassTheBoundary(t *testing.T) {
	want := providers.Error{Kind: providers.ErrLoginRequired, Message: "access denied", Repair: "acme register"}
	l := &logsIn{answers: answers{err: &want}, steps: func(_ context.Context, show func(providers.Step)) {
		show(providers.Step{Message: "waiting"})
	}}
	client := connect(t, l)
	steps := 0
	_, login := client.Login(t.Context(), providers.Request{}, func(providers.Step) { steps++ })
	logout := client.Logout(t.Context(), providers.Request{})
	for method, err := range map[string]error{"Login": login, "Logout": logout} {
		if e, ok := errors.AsType[*providers.Error](err); !ok || *e != want {
			t.Errorf("%s: error %#v, want %#v", method, err, want)
		}
	}
	if steps != 1 {
		t.Errorf("%d steps before the error, want 1", steps)
	}
}

// stepStream takes what is sent, from one sender at a time.
type stepStream struct {
	grpc.ServerStream
	ctx  context.Context
	sent []*LoginResponse
}

func (s *stepStream) Context() context.Context { return s.ctx }

func (s *stepStream) Send(message *LoginResponse) error {
	s.sent = append(s.sent, message)
	return nil
}

// A provider whose steps come from goroutines of its own, one of which it leaves behind, must not
// break the stream: gRPC allows one sender, and none after the end.
func TestStepsMayComeFromAnyGoroutine(t *testing.T) {
	goOn, left := make(chan bool), make(chan bool)
	l := &logsIn{answers: answers{token: fullToken()}, steps: func(_ context.Context, show func(providers.Step)) {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 50 {
					show(providers.Step{Message: "waiting"})
				}
			})
		}
		group.Wait()
		go func() {
			defer close(left)
			<-goOn
			show(providers.Step{Message: "too late"})
		}()
	}}
	stream := &stepStream{ctx: t.Context()}
	if err := (server{provider: l}).Login(&LoginRequest{}, stream); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	<-left
	if n := len(stream.sent); n != 401 || stream.sent[400].GetToken() == nil {
		t.Errorf("%d messages, the last of which is %v; want 400 steps and the token", n, stream.sent[n-1].GetStep())
	}
}

// The provider must learn that the person has given up.
func TestCancelledLoginReachesTheProvider(t *testing.T) {
	gone := make(chan bool)
	l := &logsIn{answers: answers{err: providers.ErrUnavailable}, steps: func(ctx context.Context, show func(providers.Step)) {
		show(providers.Step{Message: "waiting"})
		<-ctx.Done()
		close(gone)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := connect(t, l).Login(ctx, providers.Request{}, func(providers.Step) { cancel() })
	if e, ok := errors.AsType[*CallError](err); !ok || e.Code != codes.Canceled {
		t.Errorf("error %v, want a CallError with the code Canceled", err)
	}
	<-gone
}

// A step is text for people: what a message cannot hold is no reason to end their login.
func TestStepsThatAreNoUTF8AreShownAllTheSame(t *testing.T) {
	l := &logsIn{answers: answers{token: fullToken()}, steps: func(_ context.Context, show func(providers.Step)) {
		show(providers.Step{Open: "o\xff", Code: "c\xff", Message: "m\xff" + strings.Repeat("x", 2*MaxMessage)})
	}}
	var got providers.Step
	if _, err := connect(t, l).Login(t.Context(), providers.Request{}, func(step providers.Step) { got = step }); err != nil {
		t.Fatal(err)
	}
	if got.Open != "o?" || got.Code != "c?" || !strings.HasPrefix(got.Message, "m?xxx") || len(got.Message) != maxText {
		t.Errorf("the step is %.100v", got)
	}
}

// loginStream is what a plugin in another language may send.
type loginStream struct {
	ProviderServiceClient
	grpc.ServerStreamingClient[LoginResponse]
	messages []*LoginResponse
}

func (s *loginStream) Login(context.Context, *LoginRequest, ...grpc.CallOption) (grpc.ServerStreamingClient[LoginResponse], error) {
	return s, nil
}

func (s *loginStream) Recv() (*LoginResponse, error) {
	if len(s.messages) == 0 {
		return nil, io.EOF
	}
	message := s.messages[0]
	s.messages = s.messages[1:]
	return message, nil
}

func TestLoginsThatEndInNoTokenAreErrors(t *testing.T) {
	step := &LoginResponse{Answer: &LoginResponse_Step{Step: &Step{Message: "waiting"}}}
	none := &LoginResponse{Answer: &LoginResponse_Token{}}
	for _, row := range []struct {
		name     string
		messages []*LoginResponse
		want     string
	}{
		{"nothing", nil, "the login ended without a token"},
		{"a step alone", []*LoginResponse{step}, "the login ended without a token"},
		{"an empty message", []*LoginResponse{step, {}}, "the login sent neither a step nor a token"},
		{"an empty token", []*LoginResponse{none, step}, "the login sent neither a step nor a token"},
		{"an empty step", []*LoginResponse{{Answer: &LoginResponse_Step{}}}, "the login sent neither a step nor a token"},
	} {
		client := &Client{service: &loginStream{messages: row.messages}}
		_, err := client.Login(t.Context(), providers.Request{}, func(providers.Step) {})
		if e, ok := errors.AsType[*CallError](err); !ok || e.Message != row.want {
			t.Errorf("%s: error %v, want %q", row.name, err, row.want)
		}
	}
	token := &LoginResponse{Answer: &LoginResponse_Token{Token: &Token{Value: "value"}}}
	client := &Client{service: &loginStream{messages: []*LoginResponse{step, token, step, {}}}}
	steps := 0
	got, err := client.Login(t.Context(), providers.Request{}, func(providers.Step) { steps++ })
	if err != nil || got.Value.Reveal() != "value" || steps != 1 {
		t.Errorf("with more after the token: %v, error %v, %d steps", got, err, steps)
	}
}
