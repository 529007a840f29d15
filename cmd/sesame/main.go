// Command sesame is the whole program: the people's commands, the three protocols with
// options and a log, and the refresh that a front starts when a token is due.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/config"
	"github.com/sesame-auth/sesame/core/fileid"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
)

func main() {
	front.Harden()
	cli.HelpPrinter = printHelp
	app := newApp()
	err := app.RunContext(context.Background(), flagsFirst(app, os.Args))
	code, message := protocols.ExitCode(err)
	if message != "" {
		tell(os.Stderr, "sesame: ", printableLines(message))
	}
	os.Exit(code)
}

// printableLines keeps the line ends of our own messages and nothing else that moves a cursor.
func printableLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = core.Printable(line)
	}
	return strings.Join(lines, "\n")
}

// newApp returns the command line. Each command is in the file of its name.
func newApp() *cli.App {
	commands := []*cli.Command{
		protocolCommand("bazel"), protocolCommand("git"), protocolCommand("docker"),
		explainCommand(), loginCommand(), logoutCommand(), tokenCommand(), forgetCommand(), versionCommand(),
		statusCommand(), doctorCommand(), logCommand(),
		pluginsCommand(), setupCommand(), configCommand(), completionCommand(), manCommand(), refreshCommand(), compileCommand(),
	}
	explainFlags(commands)
	completeWords(commands)
	return &cli.App{
		Name:  "sesame",
		Usage: "one credential helper for Bazel, git and docker",
		UsageText: "sesame [--config FILE] [--refresh-tolerance DURATION] [--force-refresh] " +
			"COMMAND [ARGUMENTS]",
		HideVersion: true, HideHelpCommand: true, EnableBashCompletion: true, DisableSliceFlagSeparator: true,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Usage: "read the configuration from `FILE`"},
			&cli.StringFlag{
				Name:  "refresh-tolerance",
				Usage: "refresh a token with less than `DURATION` left, such as 30m (default: 5m)",
			},
			&cli.BoolFlag{Name: "force-refresh", Usage: "want a token obtained from now on"},
			&cli.BoolFlag{Name: "version", Usage: "print the version"},
		},
		Commands:       commands,
		OnUsageError:   flagError,
		ExitErrHandler: func(*cli.Context, error) {},
		Action: func(c *cli.Context) error {
			if c.Bool("version") {
				return printVersion(c)
			}
			name := c.Args().First()
			if name == "help" {
				return showHelp(c, c.Args().Get(1))
			}
			if name != "" {
				return protocols.UsageError("unknown command " + fmt.Sprintf("%q", name) +
					"; type: sesame --help")
			}
			_ = cli.ShowAppHelp(c)
			return protocols.Exit(2)
		},
	}
}

// explainFlags has commands, and those below them, say what is wrong with an option as the others do.
func explainFlags(commands []*cli.Command) {
	for _, command := range commands {
		command.OnUsageError, command.HideHelpCommand = flagError, true
		explainFlags(command.Subcommands)
	}
}

var invalidValue = regexp.MustCompile(`^invalid (?:boolean )?value (".*") for (?:flag )?-([^:]*):`)

// flagError says in a person's words what package flag says of an option: its errors have no types.
func flagError(c *cli.Context, err error, _ bool) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		text = "unknown option --" + name
	} else if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		text = "option --" + name + " wants a value"
	} else if m := invalidValue.FindStringSubmatch(text); m != nil {
		text = "option --" + m[2] + " cannot be " + m[1]
	}
	return protocols.UsageError(text + "; to see the options, type: " + strings.TrimSpace(c.Command.HelpName) + " --help")
}

// settings returns what the command line says.
func settings(c *cli.Context) front.Settings {
	log := newLog()
	return front.Settings{
		Config:    c.String("config"),
		Tolerance: c.String("refresh-tolerance"),
		Force:     c.Bool("force-refresh"),
		Table:     table,
		Log:       log.event,
		Warn: func(message string) {
			tell(os.Stderr, "sesame: ", "warning: "+core.Printable(message))
		},
	}
}

// table reads a configuration.
func table(path string) (routes.Table, error) {
	compiled, err := compileTable(path)
	if err != nil {
		return routes.Table{}, err
	}
	return routes.Open(compiled)
}

// compileTable reads a configuration and returns its compiled form.
func compileTable(path string) ([]byte, error) {
	identity, _ := fileid.Of(path)
	loaded, err := config.Load(path, catalog.Profiles())
	if err != nil {
		return nil, err
	}
	loaded.Source = front.Source(path, identity)
	return routes.Compile(loaded), nil
}

// clockTick is longer than the finest difference that a file's times can show. A file that
// was changed less than this ago could change again and look the same.
const clockTick = 20 * time.Millisecond

// compileCommand prints the compiled form of a configuration, for a front to keep.
func compileCommand() *cli.Command {
	return &cli.Command{
		Name: "compile", Hidden: true,
		Action: func(c *cli.Context) error {
			path := c.String("config")
			if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) < clockTick {
				time.Sleep(clockTick)
			}
			compiled, err := compileTable(path)
			if err != nil {
				return err
			}
			_, err = os.Stdout.Write(compiled)
			return err
		},
	}
}

// errURL is what a command for people says of an argument that is no URL.
var errURL = errors.New("want a URL such as https://git.example.com/team")
