// Package leak looks for secrets where none may be: in what programs say, in the files that they
// leave, and in what everybody on the machine can see of a process. It is for the tests that start
// sesame's programs; what they look for is in docs/security.md.
package leak

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Scan collects what may leak in one test, and looks at it when the test is over. Its methods may be
// called by several goroutines at once.
type Scan struct {
	home string
	env  func() []string

	mu      sync.Mutex
	secrets []string
	own     []string          // folders whose files may hold secrets
	written map[string]string // files that the test wrote, with their content
	said    map[saying]bool
	seen    map[Sighting]bool
}

type saying struct{ where, text string }

// New returns a scan of a folder, which is searched with all below it. The function returns the
// environment with which the programs are started, as NAME=value; the values that are secrets are looked for.
func New(home string, env func() []string) *Scan {
	return &Scan{
		home: home, env: env,
		written: map[string]string{}, said: map[saying]bool{}, seen: map[Sighting]bool{},
	}
}

// Add names secrets to be looked for, of four bytes or more.
func (s *Scan) Add(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) < shortest {
			panic("leak: a secret of less than four bytes cannot be told from other text")
		}
		if !slices.Contains(s.secrets, secret) {
			s.secrets = append(s.secrets, secret)
		}
	}
}

// Own names a folder, or a file, that may hold secrets: a provider's own, or the programs.
func (s *Scan) Own(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own = append(s.own, path)
}

// Wrote tells of a file that the test wrote itself. It may hold what it was given, and no more.
func (s *Scan) Wrote(path, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written[path] = content
}

// Said tells of a text that people or logs are shown.
func (s *Scan) Said(where, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said[saying{where, text}] = true
}

// Ran tells how a program ended and what it said. The answer of one that was asked for a token,
// and succeeded, is not looked at.
func (s *Scan) Ran(args []string, code int, stdout, stderr string) {
	name := filepath.Base(args[0])
	s.Said(name+"'s stderr", stderr)
	if code != 0 || !answers(args) {
		s.Said(name+"'s stdout", stdout)
	}
}

// answers reports whether a command prints a token on purpose: get is a front's, token is sesame's, fill
// is git credential's. It may be one of a shell.
func answers(args []string) bool {
	return slices.ContainsFunc(strings.Fields(strings.Join(args[1:], " ")), func(word string) bool {
		return word == "get" || word == "token" || word == "fill"
	})
}

// Saw tells what was seen of the processes.
func (s *Scan) Saw(seen ...Sighting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sighting := range seen {
		s.seen[sighting] = true
	}
}

// Leaks returns a sentence for each secret that is where it may not be.
func (s *Scan) Leaks() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	search := &search{}
	for _, secret := range append(secretsOf(s.env()), s.secrets...) {
		search.hidden = append(search.hidden, hide(secret))
	}
	for said := range s.said {
		search.look(said.where, said.text)
	}
	s.lookAtFiles(search)
	for seen := range s.seen {
		s.lookAt(search, seen)
	}
	slices.Sort(search.leaks)
	return slices.Compact(search.leaks)
}

// secretsOf returns the values of the variables that hold a secret.
func secretsOf(env []string) (secrets []string) {
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		secret := strings.HasPrefix(name, "SESAME_TOKEN_") || strings.HasSuffix(name, "_TOKEN") || strings.HasSuffix(name, "_KEY")
		if secret && len(value) >= shortest {
			secrets = append(secrets, value)
		}
	}
	return secrets
}

// lookAtFiles looks at all regular files of the home.
func (s *Scan) lookAtFiles(search *search) {
	err := filepath.WalkDir(s.home, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case path != s.home && errors.Is(err, fs.ErrNotExist):
			return nil // its turn to be removed
		case err != nil:
			return err
		case slices.Contains(s.own, path) && entry.IsDir():
			return fs.SkipDir
		case !entry.Type().IsRegular() || slices.Contains(s.own, path) || stored(path):
			return nil
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if mine, ok := s.written[path]; !ok || mine != string(content) {
			search.look(path, string(content))
		}
		return err
	})
	if err != nil {
		search.leaks = append(search.leaks, fmt.Sprintf("what leaked is not known: %v", err))
	}
}

// stored reports whether a file is one in which sesame keeps tokens: a stored token, one that is being
// written, a damaged one; or the compiled configuration, which has what the configuration has.
func stored(path string) bool {
	name := strings.TrimSuffix(filepath.Base(path), ".new")
	return slices.Contains([]string{".token", ".damaged", ".table"}, filepath.Ext(name))
}

// A search looks for secrets in texts.
type search struct {
	hidden []hidden
	leaks  []string
}

func (s *search) look(where, text string) {
	if text == "" {
		return
	}
	readings := readings(text)
	for _, hidden := range s.hidden {
		if excerpt, found := hidden.within(readings); found {
			s.leaks = append(s.leaks, fmt.Sprintf("the secret %q is in %s: %q", hidden.secret, where, excerpt))
		}
	}
}
