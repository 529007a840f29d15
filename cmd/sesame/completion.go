package main

import (
	_ "embed"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/protocols"
)

//go:embed completion/sesame.bash
var bashCompletion string

//go:embed completion/sesame.zsh
var zshCompletion string

// fishWords has fish complete what may follow a command; what commands and options there are, package cli tells it.
//
//go:embed completion/words.fish
var fishWords string

// shells are those that can be taught.
var shells = []string{"bash", "zsh", "fish"}

// completionCommand prints what a shell must know to complete our command line.
func completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", ArgsUsage: "bash|zsh|fish",
		Usage: "print the completion for a shell",
		Action: func(c *cli.Context) error {
			var script string
			var err error
			switch c.Args().First() {
			case "bash":
				script = bashCompletion
			case "zsh":
				script = zshCompletion
			case "fish":
				script, err = c.App.ToFishCompletion()
				script += fishWords
			default:
				return protocols.UsageError("usage: sesame completion bash|zsh|fish")
			}
			if err == nil {
				_, err = fmt.Fprint(c.App.Writer, script)
			}
			return err
		},
	}
}
