package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols"
)

// frontPages are the manual pages of the fronts; that of sesame itself is made from its commands.
//
//go:embed man/*.md
var frontPages embed.FS

// programsWithPage are the programs that have a manual page.
var programsWithPage = []string{"sesame", "bazel-credential-sesame", "docker-credential-sesame", "git-credential-sesame"}

// manCommand prints a manual page. "man git-credential-sesame", and so "git help credential-sesame",
// finds one that is installed as git-credential-sesame.1.
func manCommand() *cli.Command {
	return &cli.Command{
		Name: "man", ArgsUsage: "[PROGRAM]",
		Usage: "print the manual page of sesame, or of one of its fronts, for man -l -",
		Action: func(c *cli.Context) error {
			page, err := manPage(c.App, c.Args().First())
			if err == nil {
				_, err = fmt.Fprint(c.App.Writer, page)
			}
			return err
		},
	}
}

func manPage(app *cli.App, program string) (string, error) {
	if program == "" || program == "sesame" {
		page, err := app.ToManWithSection(1)
		// The title that is made has no version, and no place for a date.
		return strings.Replace(page, ".TH sesame 1\n", `.TH sesame 1 "" "sesame `+core.Version+"\" \"Commands\"\n", 1), err
	}
	text, err := frontPages.ReadFile("man/" + program + ".md")
	if err != nil {
		return "", protocols.UsageError("no such program; there are bazel-credential-sesame, " +
			"docker-credential-sesame, git-credential-sesame and sesame")
	}
	page := strings.ReplaceAll(string(text), "VERSION", core.Version)
	return string(md2man.Render([]byte(page))), nil
}
