package main

import (
	"io"
	"os"

	"github.com/hashicorp/go-hclog"
)

// A logger writes what happens for people who look for a fault. It is silent unless
// SESAME_LOG names a level.
type logger struct {
	hclog.Logger
}

// newLog returns the log that SESAME_LOG and SESAME_LOG_FILE ask for.
func newLog() logger {
	level := hclog.LevelFromString(os.Getenv("SESAME_LOG"))
	path := os.Getenv("SESAME_LOG_FILE")
	if level == hclog.NoLevel && path != "" {
		level = hclog.Info
	}
	if level == hclog.NoLevel {
		level = hclog.Off
	}
	return logger{hclog.New(&hclog.LoggerOptions{
		Name: "sesame", Level: level, Output: logOutput(level, path),
	})}
}

// logOutput opens the log file, owner-only, or returns stderr.
func logOutput(level hclog.Level, path string) io.Writer {
	if level == hclog.Off || path == "" {
		return os.Stderr
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return os.Stderr
	}
	return file
}

// event logs what the dispatcher tells, at the level that suits it.
func (l logger) event(message string, pairs ...string) {
	args := make([]any, len(pairs))
	for i, pair := range pairs {
		args[i] = pair
	}
	l.Debug(message, args...)
}
