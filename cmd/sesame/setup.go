package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/wiring"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/protocols"
)

// setupCommand has a tool ask sesame, or shows what that would change.
func setupCommand() *cli.Command {
	return &cli.Command{
		Name: "setup", ArgsUsage: "bazel|git|docker",
		Usage:       "have a tool ask sesame: show the change to its file, make it, undo it",
		Subcommands: []*cli.Command{setupBazel(), setupGit(), setupDocker()},
		Action: func(*cli.Context) error {
			return protocols.UsageError("usage: sesame setup bazel|git|docker [--write|--undo]; " +
				"to see the options, type: sesame setup git --help")
		},
	}
}

// setupTool is the command for one tool. Without --write it only shows.
func setupTool(name, usage, description string, tool func(*cli.Context) (wiring.Tool, error), flags ...cli.Flag) *cli.Command {
	return &cli.Command{
		Name: name, Usage: usage, Description: description,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "write", Usage: "make the change that is shown"},
			&cli.BoolFlag{Name: "undo", Usage: "take away what --write did, and nothing else: all of it, or for the hosts that are named"},
		}, flags...),
		OnUsageError: func(_ *cli.Context, err error, _ bool) error { return protocols.UsageError(err.Error()) },
		Action:       func(c *cli.Context) error { return setUp(c, tool) },
	}
}

// setUp does what the options say.
func setUp(c *cli.Context, tool func(*cli.Context) (wiring.Tool, error)) error {
	switch {
	case c.NArg() > 0:
		return protocols.UsageError(fmt.Sprintf("usage: sesame setup %s [OPTIONS]: %q is no option", c.Command.Name, c.Args().First()))
	case c.Bool("write") && c.Bool("undo"):
		return protocols.UsageError("--write makes the change and --undo takes it away: say one of them")
	}
	t, err := tool(c)
	if err != nil {
		return err
	}
	s := wiring.Setup{
		Tool: t, State: filestore.Dir(os.Getenv), Out: c.App.Writer,
		Note: func(message string) { tell(os.Stderr, "sesame: ", "note: "+core.Printable(message)) },
	}
	switch {
	case c.Bool("undo"):
		return s.Undo(c.Context)
	case c.Bool("write"):
		return s.Write(c.Context)
	}
	return s.Preview(c.Context)
}

func setupBazel() *cli.Command {
	return setupTool("bazel", "one line in ~/.bazelrc",
		"The line names the program, which Bazel finds in its PATH; where it is not in the PATH, its absolute path. "+
			"Bazel knows no other way, and no ~.",
		func(c *cli.Context) (wiring.Tool, error) {
			return wiring.Bazel{Programs: ownFolder(), File: c.String("file"), Hosts: c.StringSlice("host")}.Tool()
		},
		&cli.StringFlag{Name: "file", Usage: "change `FILE`, such as a workspace's .bazelrc"},
		&cli.StringSliceFlag{Name: "host", Usage: "for `PATTERN` only: a host, or *.HOST for it and all below it; may be repeated"})
}

func setupGit() *cli.Command {
	return setupTool("git", "a helper in git's configuration of this user",
		"git itself changes the file, on a copy. Helpers that are there already stay, and are asked too; "+
			"what git is given each of them stores, unless --only clears the list.",
		func(c *cli.Context) (wiring.Tool, error) {
			return wiring.Git{
				Programs: ownFolder(), Hosts: c.StringSlice("host"),
				Only: c.Bool("only"), Paths: c.Bool("paths"), PathRoutes: pathRoutes(c),
			}.Tool()
		},
		&cli.StringSliceFlag{Name: "host", Usage: "for `URL` only, such as https://git.example.com; may be repeated"},
		&cli.BoolFlag{Name: "only", Usage: "ask no other helper"},
		&cli.BoolFlag{Name: "paths", Usage: "have git tell the path of a repository, for routes that have one"})
}

func setupDocker() *cli.Command {
	return setupTool("docker", "credsStore, or credHelpers, in docker's config.json",
		"docker finds its helpers in the PATH only. Without --registry it asks sesame for every registry, "+
			"and has it keep what docker login stores.",
		func(c *cli.Context) (wiring.Tool, error) {
			return wiring.Docker{
				Programs: ownFolder(), Registries: c.StringSlice("registry"), Replace: c.Bool("replace"),
			}.Tool()
		},
		&cli.StringSliceFlag{Name: "registry", Usage: "for `HOST` only, such as registry.example.com:5000; may be repeated"},
		&cli.BoolFlag{Name: "replace", Usage: "take the place of another helper; --undo gives it back"})
}

// ownFolder returns the folder that this program is in.
func ownFolder() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Dir(path)
}

// pathRoutes returns the hosts that have a route with a path. A configuration that cannot be read is
// reported where it is used.
func pathRoutes(c *cli.Context) (hosts []string) {
	loaded, _, _ := loadConfig(c)
	for _, route := range loaded.Routes {
		if route.Pattern.Path != "" && !slices.Contains(hosts, route.Pattern.Host) {
			hosts = append(hosts, route.Pattern.Host)
		}
	}
	return hosts
}
