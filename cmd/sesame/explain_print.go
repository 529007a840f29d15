package main

import (
	"fmt"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
)

// printStory writes the steps, and what a tool would get.
func (r *report) printStory(s screen.Screen) error {
	const indent = 28
	if err := s.Paragraph("one request, in eight steps", screen.Title, 0, ""); err != nil {
		return err
	}
	for _, step := range r.Steps {
		took := ""
		if step.took > 0 {
			took = roundly(step.took)
		}
		first := fmt.Sprintf("%2d %-14s%9s", step.Step, step.Name, took)
		if err := s.Paragraph(first, screen.Plain, indent, step.What); err != nil {
			return err
		}
	}
	return r.Answer.print(s)
}

// roundly returns a duration in three digits or so.
func roundly(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return d.String()
	case d < time.Millisecond:
		return d.Round(100 * time.Nanosecond).String()
	}
	return d.Round(100 * time.Microsecond).String()
}

// print writes the bytes that a tool would get.
func (r *rehearsal) print(s screen.Screen) error {
	if r == nil {
		return nil
	}
	if r.Unknown != "" {
		return s.Paragraph("what "+r.Protocol+" would get: ", screen.Title, 4, r.Unknown)
	}
	fmt.Fprintln(s.Out)
	_ = s.Paragraph(fmt.Sprintf("what %s would get, with exit code %d, for", r.Protocol, r.ExitCode), screen.Title, 0, "")
	fmt.Fprintln(s.Out, printableLines(r.Stdin))
	_ = s.Paragraph("on stdout", screen.Title, 0, "")
	_, err := fmt.Fprint(s.Out, ending(printableLines(r.Stdout)))
	if err == nil && r.Stderr != "" {
		_ = s.Paragraph("on stderr", screen.Title, 0, "")
		err = lay(s, "", printableLines(r.Stderr))
	}
	return err
}

// ending adds the line end that printableLines cuts.
func ending(text string) string {
	if text == "" {
		return "(nothing)\n"
	}
	return text + "\n"
}
