// Package front is what a tool starts: a protocol on top of the core. A front answers from the
// store, and has the whole program do what is rare: read a changed configuration, refresh
// a token.
//
// It links no more than it must, since a build starts it thousands of times: see package
// providers, and docs/performance.md.
package front

import (
	"context"
	"strings"
	"syscall"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/environ"
	_ "github.com/sesame-auth/sesame/cmd/internal/stack"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols"
)

// Main runs one request of the tool that starts a front, and exits. The deadline, from the
// start to the answer, ends before the tool's own.
func Main(name string, serve protocols.Serve, deadline time.Duration) {
	Harden()
	args := runtimeArgs()
	operation, ok := operationOf(args)
	if operation == "--version" && name != "docker" { // which has a form of its own
		_, _ = new(stdout).Write([]byte(name + "-credential-sesame " + core.Version + "\n"))
		exit(nil)
	}
	if getenv("SESAME_LOG") != "" || getenv("SESAME_LOG_FILE") != "" {
		become(name, args)
	}
	if !ok {
		exit(protocols.UsageError("usage: " + baseName(args) + " OPERATION < REQUEST"))
	}
	settings := Settings{Warn: warn, Protocol: name}
	exit(Serve(settings, serve, operation, deadline))
}

// theRequest is the one that this process answers, and all that it needs. It is not on the heap,
// since there each size of an allocation is two page faults.
var theRequest request

type request struct {
	deadline lazyDeadline
	in       stdin
	out      stdout
	tokens   tokens
}

// Serve runs one request on the standard streams. It is called once.
func Serve(s Settings, serve protocols.Serve, operation string, deadline time.Duration) error {
	r := &theRequest
	r.deadline.Context, r.deadline.length = context.Background(), deadline
	r.in.done = r.deadline.begin
	r.tokens.settings = s
	defer r.deadline.stop()
	err := serve(&r.deadline, operation, &r.in, &r.out, &r.tokens)
	r.audit(&r.deadline, operation, err)
	return err
}

// operationOf returns the one argument that a tool passes.
func operationOf(args []string) (operation string, ok bool) {
	switch len(args) {
	case 0, 1:
		return "", true
	case 2:
		return args[1], true
	}
	return "", false
}

func baseName(args []string) string {
	if len(args) == 0 {
		return "sesame"
	}
	return args[0][strings.LastIndexByte(args[0], separator)+1:]
}

// exit ends the program as the error says.
func exit(err error) {
	code, message := protocols.ExitCode(err)
	if message != "" {
		say(message)
	}
	syscall.Exit(code)
}

func warn(message string) { say("warning: " + message) }

// say tells a person. Whatever it is, it is one line.
func say(message string) {
	_, _ = stderr{}.Write([]byte("sesame: " + core.Printable(message) + "\n"))
}

func getenv(name string) string { return environ.Get(name) }
