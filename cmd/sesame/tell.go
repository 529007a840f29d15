package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
)

// tell writes a message behind the name of who says it, which may be "". There is nobody to tell of an error.
func tell(out io.Writer, who, message string) { _ = lay(screen.New(out, os.Getenv), who, message) }

// lay writes it where a person reads it in lines that fit the terminal; elsewhere as it is, for programs that look for a
// part of it.
func lay(s screen.Screen, who, message string) error {
	if !s.Person {
		_, err := fmt.Fprintln(s.Out, who+message)
		return err
	}
	for line := range strings.SplitSeq(message, "\n") {
		if err := s.Paragraph(who, screen.Plain, len(who), line); err != nil {
			return err
		}
		who = ""
	}
	return nil
}
