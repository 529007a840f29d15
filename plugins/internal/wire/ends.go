package wire

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/status"

	"github.com/sesame-auth/sesame/providers"
)

// A Client is the host's end: a provider that asks the plugin's over a connection.
type Client struct {
	conn    *grpc.ClientConn
	service ProviderServiceClient
}

var _ providers.Provider = (*Client)(nil)

// Connect waits until the connection stands, or ctx ends.
func (c *Client) Connect(ctx context.Context) error {
	for {
		c.conn.Connect()
		state := c.conn.GetState()
		switch state {
		case connectivity.Ready:
			return nil
		case connectivity.TransientFailure, connectivity.Shutdown:
			return errors.New("the plugin accepts no connection")
		}
		if !c.conn.WaitForStateChange(ctx, state) {
			return ctx.Err()
		}
	}
}

// Token asks the plugin's provider. An error is the provider's own, a
// *[providers.Error], or a *[CallError].
func (c *Client) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	message, err := requestMessage(req)
	if err != nil {
		return nil, notSent(err)
	}
	response, err := c.service.Token(ctx, message)
	if err != nil {
		return nil, statusError(err)
	}
	return received(response.GetToken())
}

// notSent returns the error of a call whose arguments no message can hold.
func notSent(err error) error {
	return &CallError{Code: codes.InvalidArgument, Message: err.Error()}
}

// received returns the token of an answer.
func received(message *Token) (*providers.Token, error) {
	if message == nil {
		return nil, &CallError{Code: codes.Internal, Message: "the answer holds no token"}
	}
	token, err := tokenOf(message)
	if err != nil {
		return nil, &CallError{Code: codes.Internal, Message: fmt.Sprintf("the answer: %v", err)}
	}
	return token, nil
}

// server is the plugin's end.
type server struct {
	UnimplementedProviderServiceServer
	provider providers.Provider
}

// Token asks the provider and turns its answer into a message, its error into a status.
func (s server) Token(ctx context.Context, message *TokenRequest) (*TokenResponse, error) {
	req, err := asked(message)
	if err != nil {
		return nil, err
	}
	answer, err := answerMessage(s.provider.Token(ctx, req))
	if err != nil {
		return nil, err
	}
	return &TokenResponse{Token: answer}, nil
}

// asked returns the request of a call, or the status that refuses it.
func asked(message *TokenRequest) (providers.Request, error) {
	req, err := requestOf(message)
	if err != nil {
		return providers.Request{}, status.Errorf(codes.InvalidArgument, "the request: %v", err)
	}
	return req, nil
}

// answerMessage returns what a provider returned as a message or a status.
func answerMessage(token *providers.Token, err error) (*Token, error) {
	if err != nil {
		return nil, ErrorStatus(err)
	}
	if token == nil {
		return nil, ErrorStatus(errors.New("the provider returned neither a token nor an error"))
	}
	answer, err := tokenMessage(token)
	if err != nil {
		return nil, ErrorStatus(fmt.Errorf("the provider's token: %w", err))
	}
	return answer, nil
}
