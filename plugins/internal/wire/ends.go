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
		return nil, &CallError{Code: codes.InvalidArgument, Message: err.Error()}
	}
	response, err := c.service.Token(ctx, message)
	if err != nil {
		return nil, statusError(err)
	}
	if response.GetToken() == nil {
		return nil, &CallError{Code: codes.Internal, Message: "the answer holds no token"}
	}
	token, err := tokenOf(response.GetToken())
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
	req, err := requestOf(message)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "the request: %v", err)
	}
	token, err := s.provider.Token(ctx, req)
	if err != nil {
		return nil, errorStatus(err)
	}
	if token == nil {
		return nil, errorStatus(errors.New("the provider returned neither a token nor an error"))
	}
	answer, err := tokenMessage(token)
	if err != nil {
		return nil, errorStatus(fmt.Errorf("the provider's token: %w", err))
	}
	return &TokenResponse{Token: answer}, nil
}
