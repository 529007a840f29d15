// Command acme is a plugin that misbehaves as its route's option says.
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers"
)

func main() { sdk.Serve(acme{}) }

type acme struct{}

type options struct {
	Behaviour string `option:"behaviour"`
	Text      string `option:"text"`
}

func (acme) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	var o options
	if err := req.Options.Decode(&o); err != nil {
		return nil, err
	}
	key := os.Getenv("ACME_API_KEY")
	switch o.Behaviour {
	case "fail":
		return nil, &providers.Error{Kind: providers.ErrLoginRequired, Message: o.Text, Repair: o.Text}
	case "panic":
		panic(key)
	case "wait":
		<-ctx.Done()
		return nil, ctx.Err()
	case "chatter":
		chatter(key)
		if req.Previous != nil {
			chatter(req.Previous.State.Reveal())
		}
		return nil, fmt.Errorf("the issuer refused %s", key)
	}
	now := time.Now()
	return &providers.Token{
		Value: providers.NewSecret("value-" + key), State: providers.NewSecret("state-" + key),
		Scheme: providers.Bearer, Issued: now, Expires: now.Add(time.Hour),
	}, nil
}

// chatter prints a secret in every way in which careless programs do.
func chatter(secret string) {
	fmt.Fprintln(os.Stderr, "key", secret, url.QueryEscape(secret), url.PathEscape(secret))
	fmt.Fprintf(os.Stderr, "%s %s\n", base64.StdEncoding.EncodeToString([]byte(secret)),
		base64.RawURLEncoding.EncodeToString([]byte(secret)))
	fmt.Fprintf(os.Stderr, `{"@level":"error","@message":"refused","key":%q}`+"\n", secret)
}
