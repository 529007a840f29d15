//go:build linux

package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
)

// The promises for one call: its CPU time, as a multiple of an empty Go program's.
const (
	fewLimit  = 1.25 // with ten routes
	manyLimit = 1.35 // with a thousand routes and a hundred thousand stored tokens
)

// A variant is one program to be measured beside others.
type variant struct {
	name    string
	program cost.Program
	limit   float64 // the promise for its ratio of CPU time; 0 for none
}

// A row is what was measured: medians.
type row struct {
	variant
	cpu, wall time.Duration
	faults    int64
	peak      int64 // KiB; 0 if it could not be read
}

// calls measures one call after the other.
func (l *lab) calls() error {
	variants, stop, err := l.floors()
	if err != nil {
		return err
	}
	defer stop()
	few, err := l.house("few", 10, 0)
	if err != nil {
		return err
	}
	many, err := l.house("many", l.many, l.tokens)
	if err != nil {
		return err
	}
	for _, v := range []struct {
		house             *cost.House
		name              string
		protocol, request string
		limit             float64
	}{
		{few, "bazel, hit", "bazel", cost.BuiltIn, fewLimit},
		{few, "git, hit", "git", cost.BuiltIn, fewLimit},
		{few, "docker, hit", "docker", cost.BuiltIn, fewLimit},
		{few, "bazel, hit by a configured route", "bazel", cost.Routed, fewLimit},
		{few, "bazel, env", "bazel", cost.Env, fewLimit},
		{few, "bazel, static", "bazel", cost.Static, fewLimit},
		{many, "bazel, hit, many routes and tokens", "bazel", cost.BuiltIn, manyLimit},
		{many, "git, hit, many routes and tokens", "git", cost.BuiltIn, manyLimit},
		{many, "docker, hit, many routes and tokens", "docker", cost.BuiltIn, manyLimit},
	} {
		added, err := variantOf(v.house, v.name, v.protocol, v.request, v.limit)
		if err != nil {
			return err
		}
		variants = append(variants, added)
	}
	before := l.issuer.Counts()
	rows, err := measure(variants, l.rounds)
	if err != nil {
		return err
	}
	l.printf("## One call\n\nMedians of %d rounds, the programs in random order. Many: %d routes, %d stored tokens.\n\n",
		l.rounds, l.many, l.tokens)
	l.table(rows)
	l.printf("Requests that the issuer saw meanwhile: %d.\n\n", l.issuer.Counts().Requests-before.Requests)
	return nil
}

// floors returns what the fronts are compared with: the empty Go program first, and what this
// machine has of gcc and git.
func (l *lab) floors() (variants []variant, stop func(), err error) {
	stop = func() {}
	empty, err := cost.BuildEmpty(l.dir)
	if err != nil {
		return nil, stop, err
	}
	l.empty = cost.Program{Path: empty, Env: []string{"HOME=" + l.dir, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}}
	variants = append(variants, variant{name: "empty Go program", program: l.empty})
	if _, err := exec.LookPath("gcc"); err == nil {
		c, err := l.inC()
		if err != nil {
			return nil, stop, err
		}
		variants = append(variants, c)
	}
	if git, err := exec.LookPath("git"); err == nil {
		ofGit, stopGit, err := l.gitHelpers(git)
		if err != nil {
			return nil, stop, err
		}
		variants, stop = append(variants, ofGit...), stopGit
	}
	return variants, stop, nil
}

// inC returns the C program that does the same work, with a token of 1 KiB.
func (l *lab) inC() (variant, error) {
	path, err := cost.BuildC(l.dir)
	if err != nil {
		return variant{}, err
	}
	token, request := filepath.Join(l.dir, "token"), filepath.Join(l.dir, "request")
	if err := os.WriteFile(token, []byte(strings.Repeat("t", 1024)), 0o600); err != nil {
		return variant{}, err
	}
	if err := os.WriteFile(request, []byte(`{"uri":"https://example.com/"}`), 0o600); err != nil {
		return variant{}, err
	}
	program := cost.Program{Path: path, Args: []string{request, token}, Env: l.empty.Env, Input: request}
	_, err = program.Run()
	return variant{name: "C, the same work, unchecked", program: program}, err
}

// gitHelpers returns git's own helpers, with one token each.
func (l *lab) gitHelpers(git string) (variants []variant, stop func(), err error) {
	socket, file := filepath.Join(l.dir, "cache", "socket"), filepath.Join(l.dir, "store")
	request, entry := filepath.Join(l.dir, "git-request"), filepath.Join(l.dir, "git-entry")
	const asked = "protocol=https\nhost=example.com\n"
	if err := os.WriteFile(request, []byte(asked+"\n"), 0o600); err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(entry, []byte(asked+"username=u\npassword=p\n\n"), 0o600); err != nil {
		return nil, nil, err
	}
	helper := func(operation, input string, args ...string) cost.Program {
		return cost.Program{Path: git, Args: append(args, operation), Env: l.empty.Env, Input: input}
	}
	cache := []string{"credential-cache", "--socket", socket}
	store := []string{"credential-store", "--file", file}
	stop = func() { _, _ = helper("exit", "", cache...).Run() }
	for name, args := range map[string][]string{"git credential-cache, daemon running": cache, "git credential-store, one entry": store} {
		if _, err := helper("store", entry, args...).Run(); err != nil {
			return nil, nil, err
		}
		get := helper("get", request, args...)
		if _, err := get.Output(); err != nil {
			return nil, nil, err
		}
		variants = append(variants, variant{name: name, program: get})
	}
	slices.SortFunc(variants, func(a, b variant) int { return strings.Compare(a.name, b.name) })
	return variants, stop, nil
}
