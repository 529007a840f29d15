package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

const (
	// loginLimit bounds a login. A provider's own limit is shorter.
	loginLimit = 15 * time.Minute
	// maxSecret bounds a secret on stdin, in bytes.
	maxSecret = 64 << 10
)

// usernameFlag names an account.
func usernameFlag() cli.Flag {
	return &cli.StringFlag{Name: "username", Aliases: []string{"u"}, Usage: "the `ACCOUNT`"}
}

// loginCommand has a person log in: by the provider's own way, or by handing in a secret to keep.
func loginCommand() *cli.Command {
	return &cli.Command{
		Name: "login", ArgsUsage: "URL",
		Usage: "log in to the provider of a URL, or keep a secret for it (from the terminal or stdin)",
		Flags: []cli.Flag{
			usernameFlag(),
			&cli.BoolFlag{Name: "no-browser", Usage: "print the page to open, and open nothing"},
		},
		Action: func(c *cli.Context) error { return withQuery(c, login) },
	}
}

// logoutCommand undoes it.
func logoutCommand() *cli.Command {
	return &cli.Command{
		Name: "logout", ArgsUsage: "URL",
		Usage:  "log out of the provider of a URL, or drop what is kept for it",
		Flags:  []cli.Flag{usernameFlag()},
		Action: func(c *cli.Context) error { return withQuery(c, logout) },
	}
}

// withQuery calls run for the route of the one argument of a command, a URL.
func withQuery(c *cli.Context, run func(context.Context, *cli.Context, *core.Dispatcher, *core.Query) error) error {
	u, account, err := urlArgument(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Context, loginLimit)
	defer cancel()
	d, err := front.Dispatcher(ctx, settings(c))
	if err != nil {
		return err
	}
	q := new(core.Query)
	if err := d.Finder.Find(q, u, cmp.Or(c.String("username"), account)); err != nil {
		return withRepair(err)
	}
	return run(ctx, c, d, q)
}

func login(ctx context.Context, c *cli.Context, d *core.Dispatcher, q *core.Query) error {
	switch {
	case q.Keeping != providers.KeepsNothing:
		token, err := readToken(q, c.IsSet("username"))
		if err != nil {
			return err
		}
		p := waitFor("the place where it is kept", time.Time{}) // a keyring may ask to be opened
		err = d.Keep(ctx, q.URL, "", token)
		p.Done()
		if err != nil {
			return err
		}
		tell(os.Stderr, "", fmt.Sprintf("kept for %s; to drop it, type: sesame logout %s", q.URL, q.URL))
		return nil
	case q.InProcess():
		return notByLogin(q)
	}
	p := waitFor("the server that "+q.URL.String()+" takes tokens from", time.Time{})
	defer p.Done()
	return withSession(ctx, d, q, func(s core.Session) error {
		err := s.Login(ctx, q, newSteps(c.Bool("no-browser"), p).show)
		p.Done()
		if err != nil {
			return err
		}
		tell(os.Stderr, "", fmt.Sprintf("logged in; to see the token's state, type: sesame explain %s", q.URL))
		return nil
	})
}

func logout(ctx context.Context, _ *cli.Context, d *core.Dispatcher, q *core.Query) error {
	switch {
	case q.Keeping != providers.KeepsNothing:
		return d.Forget(ctx, q.URL, q.Username, providers.Secret{})
	case q.InProcess():
		return notByLogin(q)
	}
	p := waitFor("the server, which ends the login", time.Time{})
	defer p.Done()
	return withSession(ctx, d, q, func(s core.Session) error { return s.Logout(ctx, q) })
}

// notByLogin is the error for a provider that only reads what somebody put there.
func notByLogin(q *core.Query) error {
	return fmt.Errorf("provider %s of %s has no login: its token comes from where the route says; to see that, type: sesame explain %s",
		q.Profile.Name, q.URL, q.URL)
}

// withSession opens the provider's plugin for a login.
func withSession(ctx context.Context, d *core.Dispatcher, q *core.Query, run func(core.Session) error) error {
	provider, err := openPlugin(ctx, q, d.Finder.Routes)
	if err != nil {
		return withNext(err, q.URL)
	}
	defer provider.Close()
	store := &filestore.Store{Dir: filestore.Dir(os.Getenv)}
	err = run(core.Session{Store: store, Provider: provider, Getenv: os.Getenv})
	if errors.Is(err, host.ErrNoLogin) {
		return notByLogin(q)
	}
	return withNext(err, q.URL)
}

// readToken reads what to keep: from the terminal without echo, or from stdin. An account makes it a password.
func readToken(q *core.Query, named bool) (*providers.Token, error) {
	username, secret := q.Username, ""
	var err error
	if term.IsTerminal(int(os.Stdin.Fd())) {
		tell(os.Stderr, "", "to keep for "+q.URL.String()+":")
		if !named && username == "" {
			if username, err = newDialog(os.Stdin, os.Stderr).line("username (empty for a bare token): "); err != nil {
				return nil, err
			}
		}
		secret, err = askSecret("secret (it is not shown): ")
	} else {
		secret, err = readSecret(os.Stdin)
	}
	if err != nil {
		return nil, err
	}
	if secret == "" {
		return nil, protocols.UsageError("the secret is empty; hand it in on stdin, or type it at the terminal")
	}
	token := &providers.Token{Username: username, Value: providers.NewSecret(secret), Scheme: providers.Bearer}
	if username != "" {
		token.Scheme = providers.Basic
	}
	return token, nil
}

// askSecret reads a line without echo.
func askSecret(prompt string) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	secret, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	return string(secret), err
}

// readSecret reads all of in, without the line end that echo leaves.
func readSecret(in io.Reader) (string, error) {
	text, err := protocols.ReadAll(in, maxSecret)
	if err != nil {
		return "", fmt.Errorf("read the secret from stdin: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
