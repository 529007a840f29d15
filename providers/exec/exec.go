// Package exec is the provider of tokens that another program gets: a command that prints
// one, or a credential helper of git, docker or Bazel.
//
// What needs no process is in package profile.
package exec

import (
	"context"
	"errors"
	"io/fs"
	"os"
	osexec "os/exec"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// Provider runs the command of the route, once for each token. There is no shell. The
// command has the root directory as its working directory, on Windows the system's, its variables are
// [providers.CommonVariables], the ones that the route names, and [providers.NestedVariable], and it is
// killed with its process group when it has ended, when ctx ends, or when its time is up. Its zero
// value is ready for use.
type Provider struct{}

var _ providers.Provider = Provider{}

// Token runs the command and reads its answer. The command is told the scheme, host and port
// of req.URL and req.Username, if its format can say that. The error is
// [providers.ErrNotFound] where the command has nothing, [providers.ErrLoginRequired] where
// it cannot be run as the route says, and [providers.ErrUnavailable] where it fails.
//
// What the command prints to stdout is in no error; the last line of its stderr is.
func (Provider) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	s, err := readOptions(req.Options)
	if err != nil {
		return nil, refused("options of the provider exec: "+err.Error(), "")
	}
	if req.URL.Host == "" || clean(req.Username) != req.Username || strings.Contains(req.Username, ":") {
		return nil, notFound("neither a URL without a host has a token, nor an account with a colon or a control character")
	}
	path, err := find(s.Command[0], os.Getenv("PATH"), os.Geteuid())
	if err != nil {
		return nil, err
	}
	a := newAsk(req, s)
	r, err := s.run(ctx, path, a)
	var token *providers.Token
	if err == nil {
		token, err = s.read(a, r)
	}
	if err != nil {
		return nil, s.explain(req, r, err)
	}
	return token, nil
}

// run runs the command and returns what it did.
func (s settings) run(ctx context.Context, path string, a ask) (reply, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Timeout, errors.New("no answer in "+s.Timeout.String()))
	defer cancel()
	cmd := &osexec.Cmd{Path: path, Args: slices.Clone(s.Command), Dir: rootDir, Env: environment(s.Variables)}
	request := ""
	if s.format.request != nil {
		cmd.Args = append(cmd.Args, "get")
		request = s.format.request(a)
	}
	r, err := run(ctx, cmd, request)
	return r, cannotStart(err)
}

// read returns the token in a reply.
func (s settings) read(a ask, r reply) (*providers.Token, error) {
	got, err := s.format.answer(a, r)
	if err != nil {
		return nil, err
	}
	return s.token(a, got, r.started, time.Now())
}

// environment returns the variables of the command, of those that are set.
func environment(names []string) []string {
	var env []string
	for _, name := range slices.Concat(providers.CommonVariables(), names) {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, providers.NestedVariable+"=1") // of two of one name, the last counts
}

// cannotStart tells what a person must mend from what may pass, such as too many processes.
func cannotStart(err error) error {
	e, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return err
	}
	if canBeMended(e.Err) {
		return refused("it cannot be executed: "+e.Err.Error(), "")
	}
	return errors.New("it cannot be executed now: " + e.Err.Error())
}

// explain returns the error for what went wrong with the command. Its arguments
// are not shown: one may be a secret.
func (s settings) explain(req providers.Request, r reply, cause error) error {
	e := &providers.Error{Kind: providers.ErrUnavailable}
	if _, ok := errors.AsType[nothing](cause); ok {
		e.Kind = providers.ErrNotFound
	}
	if errors.Is(cause, providers.ErrLoginRequired) {
		e.Kind = providers.ErrLoginRequired
	}
	e.Message = "command " + clean(s.Command[0]) + ": " + cause.Error()
	if e.Kind == providers.ErrNotFound {
		return e
	}
	if line := lastLine(r.stderr); line != "" {
		e.Message += "; its stderr ends with: " + clean(hide(line, s.secrets(req), r.stdout, req.URL.String()))
	}
	return e
}

// secrets are the secrets that the command was given.
func (s settings) secrets(req providers.Request) (secrets []string) {
	for _, name := range s.Variables {
		if value := strings.TrimSpace(os.Getenv(name)); isSecret(value) {
			secrets = append(secrets, value)
		}
	}
	if p := req.Previous; p != nil {
		secrets = append(secrets, p.Value.Reveal(), p.State.Reveal())
	}
	return secrets
}

func notFound(message string) error {
	return &providers.Error{Kind: providers.ErrNotFound, Message: message}
}

// refused is the error where only a person can help; repair is the command that does,
// or "".
func refused(message, repair string) error {
	return &providers.Error{Kind: providers.ErrLoginRequired, Message: message, Repair: repair}
}
