package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core/config"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
)

// configCommand looks after the configuration.
func configCommand() *cli.Command {
	return &cli.Command{
		Name: "config", Usage: "check the configuration, or add a route to it",
		Subcommands: []*cli.Command{
			{Name: "check", Usage: "read the configuration and say what is wrong with it", Action: checkConfig},
			initCommand(),
		},
		Action: func(*cli.Context) error {
			return protocols.UsageError("usage: sesame config check|init")
		},
	}
}

// checkConfig reads the configuration as every request does, and says what it found.
func checkConfig(c *cli.Context) error {
	path := routes.Path(c.String("config"), os.Getenv)
	loaded, err := config.Load(path, catalog.Profiles())
	if errors.Is(err, os.ErrNotExist) && !routes.Named(c.String("config"), os.Getenv) {
		fmt.Fprintf(c.App.Writer, "there is no %s, which is fine; to make one, type: sesame config init\n", path)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.App.Writer, "%s is good: %s, %s\n", path,
		count(len(loaded.Routes), "route"), count(len(loaded.Plugins), "plugin"))
	return nil
}

// count returns "1 route", "2 routes".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
