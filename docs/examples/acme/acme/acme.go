// Package acme is the provider of tokens that Acme's issuer gives for an API key.
package acme

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// Provider exchanges the API key in ACME_API_KEY for a token.
type Provider struct{}

// Options are the settings of a route to this provider.
type Options struct {
	// Issuer is the URL of the token endpoint: https, or http on this machine.
	Issuer string `option:"issuer"`
}

// Token obtains a token.
func (Provider) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	options := Options{Issuer: "https://issuer.acme.example/token"}
	if err := req.Options.Decode(&options); err != nil {
		return nil, failure(providers.ErrLoginRequired, err.Error())
	}
	if !strings.HasSuffix("."+req.URL.Host, ".acme.example") {
		return nil, failure(providers.ErrNotFound, req.URL.String()+" is not Acme's")
	}
	if req.Username != "" {
		return nil, failure(providers.ErrNotFound, "Acme has no accounts")
	}
	issuer, err := providers.ParseURL(options.Issuer)
	if err != nil || issuer.Scheme != "https" && !(issuer.Scheme == "http" && issuer.IsLoopback()) {
		return nil, failure(providers.ErrLoginRequired, "option issuer: want an https URL")
	}
	key := os.Getenv("ACME_API_KEY")
	if key == "" {
		return nil, failure(providers.ErrLoginRequired, "ACME_API_KEY is not set: Acme's console shows the key")
	}
	return mint(ctx, issuer.String(), key)
}

// client follows no redirect: the API key is for the issuer alone.
var client = http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// mint asks the issuer for a token.
func mint(ctx context.Context, issuer, key string) (*providers.Token, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, issuer, nil)
	if err != nil {
		return nil, failure(providers.ErrLoginRequired, "option issuer is no URL")
	}
	request.Header.Set("Authorization", "Bearer "+key)
	asked := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return nil, failure(providers.ErrUnavailable, issuer+" does not answer")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, refusal(issuer, response)
	}
	var answer struct {
		Token     string `json:"token"`
		ExpiresIn int    `json:"expires_in"` // seconds
	}
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer)
	if err != nil || answer.Token == "" || answer.ExpiresIn <= 0 {
		return nil, failure(providers.ErrUnavailable, issuer+" answers with no token")
	}
	return &providers.Token{
		Value:   providers.NewSecret(answer.Token),
		Scheme:  providers.Bearer,
		Issued:  asked,
		Expires: asked.Add(time.Duration(answer.ExpiresIn) * time.Second),
	}, nil
}

// refusal returns the error for an answer without a token.
func refusal(issuer string, response *http.Response) error {
	if response.StatusCode == http.StatusUnauthorized {
		return failure(providers.ErrLoginRequired, issuer+" refuses the key in ACME_API_KEY")
	}
	err := failure(providers.ErrUnavailable, issuer+" answers "+strconv.Itoa(response.StatusCode))
	if seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")); seconds > 0 {
		err.RetryAfter = time.Duration(seconds) * time.Second
	}
	return err
}

func failure(kind error, message string) *providers.Error {
	return &providers.Error{Kind: kind, Message: message}
}
