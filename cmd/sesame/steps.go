package main

import (
	"fmt"
	"io"
	"os"

	"github.com/cli/browser"
	"golang.org/x/term"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

// steps tells a person what a login wants of them.
type steps struct {
	out      io.Writer
	open     func(url string) error
	progress *screen.Progress
}

// newSteps returns steps on stderr. A browser is opened only where a person sits: not from a pipe.
func newSteps(noBrowser bool, p *screen.Progress) steps {
	s := steps{out: os.Stderr, progress: p}
	if !noBrowser && term.IsTerminal(int(os.Stderr.Fd())) {
		browser.Stdout, browser.Stderr = io.Discard, io.Discard
		s.open = browser.OpenURL
	}
	return s
}

// show tells one step, and that the person is waited for from now on.
func (s steps) show(step providers.Step) {
	s.progress.Aside(func() { s.print(step) })
	if step.Open != "" {
		s.progress.Say("you to log in there")
	}
}

// print prints one step. A browser that cannot be opened is no error: the page is printed.
func (s steps) print(step providers.Step) {
	if step.Code != "" {
		fmt.Fprintln(s.out, "the code is "+core.Printable(step.Code))
	}
	if step.Open != "" {
		page := core.Printable(step.Open)
		if s.open != nil && s.open(step.Open) == nil {
			fmt.Fprintln(s.out, "your browser opens "+page)
		} else {
			fmt.Fprintln(s.out, "open this page in a browser: "+page)
		}
	}
	if step.Message != "" {
		fmt.Fprintln(s.out, core.Printable(step.Message))
	}
}
