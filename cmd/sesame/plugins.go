package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/protocols"
)

// pluginsCommand looks after the executables of third parties that the configuration names.
func pluginsCommand() *cli.Command {
	return &cli.Command{
		Name: "plugins", Usage: "list, verify and pin the plugins that the configuration names",
		Subcommands: []*cli.Command{
			{Name: "list", Usage: "list them", Action: listPlugins},
			{Name: "verify", Usage: "check owner, mode and digest of each", Action: verifyPlugins},
			{
				Name: "pin", ArgsUsage: "PATH", Action: pinPlugin,
				Usage: "print the table of the configuration that pins an executable as it is now",
			},
		},
		Action: func(c *cli.Context) error {
			return protocols.UsageError("usage: sesame plugins list|verify|pin PATH")
		},
	}
}

// configured returns the plugins of the configuration.
func configured(c *cli.Context) ([]routes.Plugin, error) {
	loaded, _, err := loadConfig(c)
	return loaded.Plugins, err
}

func listPlugins(c *cli.Context) error {
	plugins, err := configured(c)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.App.Writer, 0, 0, 2, ' ', 0)
	for _, plugin := range plugins {
		fmt.Fprintf(table, "%s\t%s\n", plugin.Name, plugin.Path)
	}
	return table.Flush()
}

// verifyPlugins reports on every plugin, and fails if one would not be started.
func verifyPlugins(c *cli.Context) error {
	plugins, err := configured(c)
	if err != nil {
		return err
	}
	var faults []error
	for _, plugin := range plugins {
		_, err := host.Check(host.Plugin{Name: plugin.Name, Path: plugin.Path, SHA256: plugin.SHA256})
		if err != nil {
			faults = append(faults, withRepair(err))
			continue
		}
		fmt.Fprintf(c.App.Writer, "%s  good  %s\n", plugin.Name, plugin.Path)
	}
	return errors.Join(faults...)
}

// pinPlugin prints what to write into the configuration.
func pinPlugin(c *cli.Context) error {
	if c.NArg() != 1 {
		return protocols.UsageError("usage: sesame plugins pin PATH")
	}
	path, err := filepath.Abs(c.Args().First())
	if err != nil {
		return err
	}
	name := pluginName(path)
	digest, err := host.Check(host.Plugin{Name: name, Path: path})
	if err != nil {
		return withRepair(err)
	}
	_, err = fmt.Fprintf(c.App.Writer, "[plugin.%s]\npath = %q\nsha256 = %q\n", name, path, digest)
	return err
}
