package wire

import (
	"context"
	"io"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sesame-auth/sesame/providers"
)

var _ providers.LoginProvider = (*Client)(nil)

// Login has the plugin's provider log a person in. It calls show from the caller's goroutine, in
// the order in which the steps were sent, with whatever the plugin sent. The error of a provider
// without a login is a *[CallError] with the code Unimplemented, here and in Logout.
func (c *Client) Login(ctx context.Context, req providers.Request, show func(providers.Step)) (*providers.Token, error) {
	message, err := requestMessage(req)
	if err != nil {
		return nil, notSent(err)
	}
	ctx, cancel := context.WithCancel(ctx) // ends the stream with whatever comes after the token
	defer cancel()
	stream, err := c.service.Login(ctx, &LoginRequest{Request: message})
	if err != nil {
		return nil, statusError(err)
	}
	for {
		response, err := stream.Recv()
		switch {
		case err == io.EOF:
			return nil, &CallError{Code: codes.Internal, Message: "the login ended without a token"}
		case err != nil:
			return nil, statusError(err)
		case response.GetToken() != nil:
			return received(response.GetToken())
		case response.GetStep() == nil:
			return nil, &CallError{Code: codes.Internal, Message: "the login sent neither a step nor a token"}
		}
		step := response.GetStep()
		show(providers.Step{Open: step.GetOpen(), Code: step.GetCode(), Message: step.GetMessage()})
	}
}

// Logout has the plugin's provider log out.
func (c *Client) Logout(ctx context.Context, req providers.Request) error {
	message, err := requestMessage(req)
	if err != nil {
		return notSent(err)
	}
	if _, err := c.service.Logout(ctx, &LogoutRequest{Request: message}); err != nil {
		return statusError(err)
	}
	return nil
}

// loginProvider returns the provider as one with a login, and the request, or the status that refuses
// the call.
func (s server) loginProvider(message *TokenRequest) (providers.LoginProvider, providers.Request, error) {
	p, ok := s.provider.(providers.LoginProvider)
	if !ok {
		return nil, providers.Request{}, status.Error(codes.Unimplemented, "the provider has no login")
	}
	req, err := asked(message)
	return p, req, err
}

// Login has the provider log a person in, and sends the steps and the token.
func (s server) Login(message *LoginRequest, stream grpc.ServerStreamingServer[LoginResponse]) error {
	p, req, err := s.loginProvider(message.GetRequest())
	if err != nil {
		return err
	}
	steps := &sender{stream: stream}
	defer steps.end()
	answer, err := answerMessage(p.Login(stream.Context(), req, steps.show))
	if err != nil {
		return err
	}
	steps.end() // the token is the last
	return stream.Send(&LoginResponse{Answer: &LoginResponse_Token{Token: answer}})
}

// Logout has the provider log out.
func (s server) Logout(ctx context.Context, message *LogoutRequest) (*LogoutResponse, error) {
	p, req, err := s.loginProvider(message.GetRequest())
	if err != nil {
		return nil, err
	}
	if err := p.Logout(ctx, req); err != nil {
		return nil, ErrorStatus(err)
	}
	return new(LogoutResponse), nil
}

// A sender sends the steps of one login. A provider may show them from any goroutine, even from one
// that it leaves behind; a stream has one sender, and none after its end.
type sender struct {
	mu     sync.Mutex
	stream grpc.ServerStreamingServer[LoginResponse]
	ended  bool
}

func (s *sender) show(step providers.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	message := &Step{
		Open:    strings.ToValidUTF8(step.Open, "?"),
		Code:    strings.ToValidUTF8(step.Code, "?"),
		Message: text(step.Message),
	}
	// Where it fails the call is over, and the provider's context has ended.
	_ = s.stream.Send(&LoginResponse{Answer: &LoginResponse_Step{Step: message}})
}

func (s *sender) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}
