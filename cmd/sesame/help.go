package main

import (
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
)

// obvious is what an option has that is on or off.
var obvious = regexp.MustCompile(`\s\(default:\sfalse\)$`)

// heading is a line above some that are indented.
var heading = regexp.MustCompile(`^[A-Z ]+:$`)

// hanging is what stands before the words of a line of help: its indent, and the option or the command that they are about.
var hanging = regexp.MustCompile(`^ *(?:\S+(?: \S+)* {2,}|sesame(?: [a-z]+)* - )?`)

// printHelp prints the help of the library in lines that fit the screen, and without what goes without saying.
func printHelp(out io.Writer, template string, data any) {
	var b strings.Builder
	cli.HelpPrinterCustom(&b, template, data, nil)
	s := screen.New(out, os.Getenv)
	for line := range strings.Lines(b.String()) {
		line = obvious.ReplaceAllString(strings.TrimRight(line, " \n"), "")
		first, color := hanging.FindString(line), screen.Plain
		if heading.MatchString(line) {
			first, color = line, screen.Title
		}
		_ = s.Paragraph(first, color, len(first), line[len(first):]) // nobody is left to tell of an error
	}
}
