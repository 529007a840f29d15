package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core/config"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
)

// initCommand adds a route to the configuration, and makes the file if there is none.
func initCommand() *cli.Command {
	return &cli.Command{
		Name: "init", Usage: "add a route; what no flag says is asked for at a terminal",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "match", Usage: "the URLs: `PATTERN`, such as git.example.com or *"},
			&cli.StringFlag{Name: "provider", Usage: "where tokens come from: `NAME`, such as static"},
			&cli.StringFlag{Name: "username", Usage: "the `ACCOUNT` that they belong to"},
			&cli.StringSliceFlag{Name: "option", Usage: "a setting of the provider: `NAME=VALUE`, a text or TOML"},
			&cli.BoolFlag{Name: "dry-run", Usage: "print the route, and write nothing"},
		},
		Action: addRoute,
	}
}

func addRoute(c *cli.Context) error {
	route, err := askRoute(c)
	if err != nil {
		return err
	}
	block, err := route.text()
	if err != nil {
		return err
	}
	if c.Bool("dry-run") {
		_, err := fmt.Fprint(c.App.Writer, block)
		return err
	}
	path := routes.Path(c.String("config"), os.Getenv)
	if path == "" {
		return errors.New("there is no place for a configuration: set SESAME_CONFIG or HOME")
	}
	if err := appendBlock(path, block); err != nil {
		return err
	}
	fmt.Fprintf(c.App.Writer, "added to %s:\n\n%s\nto see what it does, type: sesame explain %s\n", path, block, route.example())
	return nil
}

// appendBlock adds a block to the configuration if the whole is then good, in one step.
func appendBlock(path, block string) error {
	old, err := os.ReadFile(path)
	mode := os.FileMode(0o600)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	default:
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		mode = info.Mode().Perm()
		block = "\n" + block
		if len(old) > 0 && old[len(old)-1] != '\n' {
			block = "\n" + block
		}
	}
	text := append(old, block...)
	if _, err := config.Parse(path, text, catalog.Profiles()); err != nil {
		return fmt.Errorf("nothing was written, since the whole would be wrong:\n%w", err)
	}
	if path, err = resolved(path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, text, mode); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// resolved returns the file that a path leads to, so that a symbolic link stays one.
func resolved(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, os.ErrNotExist) {
		return path, nil
	}
	return target, err
}

// A newRoute is a route that is to be added.
type newRoute struct {
	match, provider, username string
	options                   map[string]any
}

// askRoute takes the flags, and asks for what they do not say if somebody is there to answer.
func askRoute(c *cli.Context) (newRoute, error) {
	r := newRoute{match: c.String("match"), provider: c.String("provider"), username: c.String("username")}
	var err error
	if r.options, err = parseOptions(c.StringSlice("option")); err != nil {
		return r, err
	}
	if r.match != "" && r.provider != "" {
		return r, nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return r, protocols.UsageError("usage: sesame config init --match PATTERN --provider NAME; without a terminal nobody can be asked")
	}
	return r, r.askRest()
}

// askRest asks for what is missing, at the terminal.
func (r *newRoute) askRest() (err error) {
	for _, question := range []struct {
		answer *string
		prompt string
		normal string
	}{
		{&r.match, "which URLs (git.example.com, *.example.com/team, * for every host): ", ""},
		{&r.provider, "where from (" + strings.Join(providerNames(), ", ") + "; empty keeps what tools hand in): ", "static"},
		{&r.username, "for which account (empty for any): ", ""},
	} {
		if *question.answer != "" {
			continue
		}
		if *question.answer, err = ask(question.prompt); err != nil {
			return err
		}
		*question.answer = cmp.Or(*question.answer, question.normal)
	}
	if len(r.options) > 0 {
		return nil
	}
	return r.askOptions()
}

// askOptions asks for the settings that a provider is of no use without.
func (r *newRoute) askOptions() error {
	needed := map[string][]string{
		"static": {"secret_file"}, "exec": {"command"}, "oauth2": {"grant", "issuer", "client_id"},
	}
	for _, name := range needed[r.provider] {
		value, err := ask(r.provider + ": " + name + " (empty for none): ")
		if err != nil {
			return err
		}
		switch {
		case value == "":
		case name == "command":
			r.options[name] = strings.Fields(value)
		default:
			r.options[name] = value
		}
	}
	return nil
}

func providerNames() (names []string) {
	for _, profile := range catalog.Profiles() {
		names = append(names, profile.Name)
	}
	slices.Sort(names)
	return names
}

// parseOptions reads NAME=VALUE. A value that is TOML, but for a bare text, counts as what it says: a
// list, a number, true.
func parseOptions(pairs []string) (map[string]any, error) {
	options := make(map[string]any)
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, protocols.UsageError("--option wants NAME=VALUE")
		}
		var parsed struct{ V any }
		if toml.Unmarshal([]byte("V = "+text), &parsed) != nil {
			parsed.V = text
		}
		options[name] = parsed.V
	}
	return options, nil
}

// text returns the route as TOML.
func (r newRoute) text() (string, error) {
	route := struct {
		Match    string         `toml:"match"`
		Provider string         `toml:"provider"`
		Username string         `toml:"username,omitempty"`
		Options  map[string]any `toml:"options,inline,omitempty"`
	}{r.match, r.provider, r.username, r.options}
	text, err := toml.Marshal(route)
	return "[[route]]\n" + string(text), err
}

// example returns a URL that the route is for.
func (r newRoute) example() string {
	pattern, err := routes.ParsePattern(r.match)
	if err != nil {
		return r.match
	}
	return pattern.Example().String()
}
