package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core/config"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
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
	path := configPath(c)
	if path == "" {
		return errNoPlace
	}
	route, asked, err := routeOf(c)
	if err != nil {
		return err
	}
	f, err := openConfig(path)
	if err == nil && asked != nil {
		err = asked.route(f, &route)
	}
	if err != nil {
		return err
	}
	block, err := route.text()
	if err != nil {
		return err
	}
	shown, err := route.shown().text()
	if err != nil {
		return err
	}
	if c.Bool("dry-run") {
		_, err := fmt.Fprint(c.App.Writer, shown)
		return err
	}
	if asked != nil {
		if yes, err := asked.confirm(path, shown); err != nil || !yes {
			return err
		}
	}
	if err := f.add(block); err != nil {
		return err
	}
	if asked != nil {
		shown = "" // it was already
	}
	return route.report(c.App.Writer, path, shown)
}

// routeOf returns what the flags say, and the dialog for the rest; nil where they say enough.
func routeOf(c *cli.Context) (route newRoute, asked *dialog, err error) {
	route = newRoute{match: c.String("match"), provider: c.String("provider"), username: c.String("username")}
	if route.options, err = parseOptions(c.StringSlice("option")); err != nil {
		return route, nil, err
	}
	switch {
	case route.match != "" && route.provider != "":
		return route, nil, nil
	case !term.IsTerminal(int(os.Stdin.Fd())):
		return route, nil, protocols.UsageError("usage: sesame config init --match PATTERN --provider NAME; without a terminal nobody can be asked")
	}
	return route, newDialog(os.Stdin, os.Stderr), nil
}

// report shows what was written, if it was not shown before, and what to type next.
func (r newRoute) report(out io.Writer, path, block string) error {
	loaded, err := config.Load(path, catalog.Profiles())
	if err != nil {
		return err
	}
	tell(out, "", fmt.Sprintf("added to %s, which is good (%s, %s)", path, count(len(loaded.Routes), "route"),
		count(len(loaded.Plugins), "plugin")))
	if block != "" {
		fmt.Fprintf(out, "\n%s\n", block)
	}
	if r.wantsLogin(loaded) {
		tell(out, "", "to log in, or to keep a secret, type: sesame login "+r.example())
	} else if command := wants(loaded.Routes[len(loaded.Routes)-1]); command != "" {
		tell(out, "", "to give it its token, type: "+command)
	}
	tell(out, "", "to have git ask sesame (or bazel, or docker), type: sesame setup git --write")
	tell(out, "", "to see what it does, type: sesame explain "+r.example())
	return nil
}

// wantsLogin reports whether there is no token before a person has done something.
func (r newRoute) wantsLogin(loaded routes.Config) bool {
	switch r.provider {
	case "static":
		return r.options["secret_file"] == nil && r.options["secret"] == nil
	case "oauth2":
		return r.options["grant"] == "device" || r.options["grant"] == "browser"
	case "pyx":
		return true
	}
	return slices.ContainsFunc(loaded.Plugins, func(p routes.Plugin) bool { return p.Name == r.provider && p.Keeps })
}

// wants returns the command without which a route has no token; "" if it has one, or if only a call of its plugin could tell.
func wants(route routes.Route) string {
	for _, profile := range catalog.Profiles() {
		if profile.Name != route.Provider || profile.New == nil || route.Pattern.Wildcard {
			continue
		}
		_, err := profile.New().Token(context.Background(), providers.Request{
			URL: route.Pattern.Example(), Username: route.Username, Options: route.Options,
		})
		if e, ok := errors.AsType[*providers.Error](err); ok {
			return e.Repair
		}
	}
	return ""
}

// A newRoute is a route that is to be added.
type newRoute struct {
	match, provider, username string
	options                   map[string]any
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

// shown returns the route as it may be on a screen.
func (r newRoute) shown() newRoute {
	if _, ok := r.options["secret"]; ok {
		r.options = maps.Clone(r.options)
		r.options["secret"] = "[secret]"
	}
	return r
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
	block := "[[route]]\n"
	if err != nil || !hasLongLine(string(text)) {
		return block + string(text), err
	}
	route.Options = nil // one by one
	if text, err = toml.Marshal(route); err != nil {
		return "", err
	}
	block += string(text)
	text, err = toml.Marshal(map[string]any{"route": map[string]any{"options": r.options}})
	return block + "\n" + strings.TrimPrefix(string(text), "[route]\n"), err
}

// hasLongLine reports whether a line is too long for most screens.
func hasLongLine(text string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return len(line) > screen.DefaultWidth })
}

// example returns a URL that the route is for.
func (r newRoute) example() string {
	pattern, err := routes.ParsePattern(r.match)
	if err != nil {
		return r.match
	}
	return pattern.Example().String()
}
