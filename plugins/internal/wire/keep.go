package wire

import (
	"context"
	"fmt"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sesame-auth/sesame/providers"
)

var _ providers.Keeper = (*Client)(nil)

// Keep hands a token to the plugin's provider. The error of one that keeps none is a
// *[CallError] with the code Unimplemented, here and in Drop and Kept.
func (c *Client) Keep(ctx context.Context, req providers.Request, t *providers.Token) error {
	message, err := requestMessage(req)
	if err != nil {
		return notSent(err)
	}
	token, err := tokenMessage(t)
	if err != nil {
		return notSent(fmt.Errorf("the token: %w", err))
	}
	if _, err := c.service.Keep(ctx, &KeepRequest{Request: message, Token: token}); err != nil {
		return statusError(err)
	}
	return nil
}

// Drop has the plugin's provider drop what it keeps.
func (c *Client) Drop(ctx context.Context, req providers.Request, value providers.Secret) error {
	message, err := requestMessage(req)
	if err != nil {
		return notSent(err)
	}
	if !utf8.ValidString(value.Reveal()) {
		return notSent(fmt.Errorf("the value: %w", errText))
	}
	if _, err := c.service.Drop(ctx, &DropRequest{Request: message, Value: value.Reveal()}); err != nil {
		return statusError(err)
	}
	return nil
}

// Kept asks the plugin's provider for the accounts.
func (c *Client) Kept(ctx context.Context, req providers.Request) ([]providers.Account, error) {
	message, err := requestMessage(req)
	if err != nil {
		return nil, notSent(err)
	}
	response, err := c.service.Kept(ctx, &KeptRequest{Request: message})
	if err != nil {
		return nil, statusError(err)
	}
	var accounts []providers.Account
	for _, account := range response.GetAccounts() {
		accounts = append(accounts, providers.Account{Host: account.GetHost(), Username: account.GetUsername()})
	}
	return accounts, nil
}

// keeper returns the provider as one that keeps tokens, and the request, or the status that refuses the call.
func (s server) keeper(message *TokenRequest) (providers.Keeper, providers.Request, error) {
	keeper, ok := s.provider.(providers.Keeper)
	if !ok {
		return nil, providers.Request{}, status.Error(codes.Unimplemented, "the provider keeps no tokens")
	}
	req, err := asked(message)
	return keeper, req, err
}

// Keep hands the token to the provider.
func (s server) Keep(ctx context.Context, message *KeepRequest) (*KeepResponse, error) {
	keeper, req, err := s.keeper(message.GetRequest())
	if err != nil {
		return nil, err
	}
	if message.GetToken() == nil {
		return nil, status.Error(codes.InvalidArgument, "the request holds no token")
	}
	token, err := tokenOf(message.GetToken())
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "the token: %v", err)
	}
	if err := keeper.Keep(ctx, req, token); err != nil {
		return nil, ErrorStatus(err)
	}
	return new(KeepResponse), nil
}

// Drop has the provider drop what it keeps.
func (s server) Drop(ctx context.Context, message *DropRequest) (*DropResponse, error) {
	keeper, req, err := s.keeper(message.GetRequest())
	if err != nil {
		return nil, err
	}
	if err := keeper.Drop(ctx, req, providers.NewSecret(message.GetValue())); err != nil {
		return nil, ErrorStatus(err)
	}
	return new(DropResponse), nil
}

// Kept asks the provider for the accounts.
func (s server) Kept(ctx context.Context, message *KeptRequest) (*KeptResponse, error) {
	keeper, req, err := s.keeper(message.GetRequest())
	if err != nil {
		return nil, err
	}
	accounts, err := keeper.Kept(ctx, req)
	if err != nil {
		return nil, ErrorStatus(err)
	}
	response := new(KeptResponse)
	for i, account := range accounts {
		if !utf8.ValidString(account.Host) || !utf8.ValidString(account.Username) {
			return nil, ErrorStatus(fmt.Errorf("the provider's account %d: %w", i, errText))
		}
		response.Accounts = append(response.Accounts, &Account{Host: account.Host, Username: account.Username})
	}
	return response, nil
}
