package main

import (
	"os"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
)

// waitFor tells a person at a terminal what a command waits for, "a token for git.example.com" say, until the
// deadline, which may be zero: on stderr, and only if that takes longer than a second. A pipe is told nothing; neither is
// a terminal that has a log on it, which tells more.
func waitFor(what string, deadline time.Time) *screen.Progress {
	s := screen.New(os.Stderr, os.Getenv)
	if os.Getenv("SESAME_LOG") != "" && os.Getenv("SESAME_LOG_FILE") == "" {
		s.Person = false
	}
	return s.Wait(what, deadline)
}
