package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// peopleDeadline is how long a command for people waits for a token.
const peopleDeadline = 30 * time.Second

// tokenCommand prints a bare token.
func tokenCommand() *cli.Command {
	return &cli.Command{
		Name: "token", Usage: "print the token for a URL, and nothing else", ArgsUsage: "URL",
		Action: func(c *cli.Context) error {
			return withTokens(c, func(ctx context.Context, tokens protocols.Tokens, a asked, p *screen.Progress) error {
				answer, err := tokens.Token(ctx, a.url, a.account)
				p.Done() // stdout may be the same terminal
				if err != nil {
					return withNext(err, a.url)
				}
				_, err = fmt.Fprintln(c.App.Writer, answer.Token.Value.Reveal())
				return err
			})
		},
	}
}

// forgetCommand forgets the stored token, as a tool's refusal does.
func forgetCommand() *cli.Command {
	return &cli.Command{
		Name: "forget", Usage: "never hand out the present token for a URL again", ArgsUsage: "URL",
		Action: func(c *cli.Context) error {
			return withTokens(c, func(ctx context.Context, tokens protocols.Tokens, a asked, _ *screen.Progress) error {
				return tokens.Forget(ctx, a.url, a.account, providers.Secret{})
			})
		},
	}
}

// versionCommand prints the version.
func versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "print the version",
		Action: printVersion,
	}
}

func printVersion(c *cli.Context) error {
	_, err := fmt.Fprintf(c.App.Writer, "sesame %s %s %s/%s\n", core.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// showHelp shows what --help does, for those who type "sesame help" or "sesame help COMMAND".
func showHelp(c *cli.Context, command string) error {
	if c.App.Command(command) != nil {
		return cli.ShowCommandHelp(c, command)
	}
	return cli.ShowAppHelp(c)
}

// withTokens calls run for the one argument of a command that is told in the audit log, a URL. A person who waits is
// told so.
func withTokens(c *cli.Context, run func(context.Context, protocols.Tokens, asked, *screen.Progress) error) error {
	u, account, err := urlArgument(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Context, peopleDeadline)
	defer cancel()
	deadline, _ := ctx.Deadline()
	p := waitFor("the token for "+u.String(), deadline)
	defer p.Done()
	s := settings(c)
	warn := s.Warn
	s.Warn = func(message string) { p.Aside(func() { warn(message) }) }
	return front.Ask(ctx, s, c.Command.Name, func(ctx context.Context, tokens protocols.Tokens) error {
		return run(ctx, tokens, asked{u, account}, p)
	})
}

// What a person asks for: a URL, and the account in it, which may be "".
type asked struct {
	url     providers.URL
	account string
}

// urlArgument reads the URL, and the account in it; a bare host is taken for https.
func urlArgument(c *cli.Context) (u providers.URL, account string, err error) {
	text := c.Args().First()
	if c.NArg() != 1 {
		return u, "", protocols.UsageError("usage: sesame " + c.Command.Name + " URL: " + errURL.Error())
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	if u, err = providers.ParseURL(text); err != nil {
		return u, "", protocols.UsageError("usage: sesame " + c.Command.Name + " URL: the argument is " + err.Error())
	}
	if u.Host == "" {
		return u, "", protocols.UsageError("no route can name the host in this URL: " + errURL.Error())
	}
	account = accountIn(text)
	if account != core.Printable(account) {
		return u, "", protocols.UsageError("usage: sesame " + c.Command.Name + " URL: the account in it has a control character")
	}
	return u, account, nil
}

// accountIn returns the account in a URL; "" if there is none. A password is nobody's to repeat.
func accountIn(text string) string {
	_, rest, _ := strings.Cut(text, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return ""
	}
	name, _, _ := strings.Cut(rest[:at], ":")
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

// withRepair adds the next command to type to an error that has one.
func withRepair(err error) error {
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Repair != "" {
		if strings.HasPrefix(e.Repair, "sesame explain ") {
			return fmt.Errorf("%w; to look into it, type: %s", err, e.Repair)
		}
		return fmt.Errorf("%w; to repair it, type: %s", err, e.Repair)
	}
	return err
}

// withNext adds the next command to type; where nobody knows a repair, the one that tells more.
func withNext(err error, u providers.URL) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Repair != "" || strings.Contains(e.Message, "type: ") {
		return withRepair(err)
	}
	return fmt.Errorf("%w; to look into it, type: sesame explain %s", err, u)
}

// pluginName is the name that an executable suggests, without what a name in the configuration cannot have: index for
// index.mjs, since a dot would make it two names.
func pluginName(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), "sesame-provider-"), ".")
	name = strings.Map(func(r rune) rune {
		if r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return '-'
		}
		return r
	}, strings.ToLower(name))
	return cmp.Or(strings.TrimLeft(name, "-0123456789"), "plugin")
}
