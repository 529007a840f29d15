package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
	path := configPath(c)
	if path == "" {
		return errNoPlace
	}
	loaded, there, err := loadConfig(c)
	if err != nil {
		return err
	}
	if !there {
		_, err = fmt.Fprintf(c.App.Writer, "there is no %s, which is fine; to make one, type: sesame config init\n", path)
		return err
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s is good: %s, %s\n", path,
		count(len(loaded.Routes), "route"), count(len(loaded.Plugins), "plugin"))
	return err
}

// errNoPlace is the error where nothing says where the configuration is.
var errNoPlace = errors.New("there is no place for a configuration: set SESAME_CONFIG or HOME")

// configPath returns where the configuration is; "" where there is no place for one.
func configPath(c *cli.Context) string { return configFor(c.String("config")) }

// configFor does so for what --config says, which may be relative: that of a variable may not.
func configFor(flag string) string {
	path := routes.Path(flag, os.Getenv)
	if absolute, err := filepath.Abs(path); err == nil && flag != "" {
		return absolute
	}
	return path
}

// loadConfig reads the configuration. That there is none where nobody named one is no error.
func loadConfig(c *cli.Context) (loaded routes.Config, there bool, err error) {
	path := configPath(c)
	loaded, err = config.Load(path, catalog.Profiles())
	if errors.Is(err, os.ErrNotExist) && !routes.Named(c.String("config"), os.Getenv) {
		return loaded, false, nil
	}
	return loaded, err == nil && path != "", err
}

// count returns "1 route", "2 routes".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
