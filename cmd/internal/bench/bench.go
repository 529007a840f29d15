//go:build linux

// Package bench measures what a call of a front costs, beside an empty Go program, a C program that does
// the same work, and git's own helpers. It prints Markdown; docs/performance.md has a run of it.
//
//	go run ./cmd/internal/bench/main.go [-rounds N] [-quick] [-check] [-huge]
package bench

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// sizes say how much is measured.
type sizes struct {
	rounds  int   // runs of every program
	crowds  int   // runs of every crowd
	callers []int // how many are started at once
	many    int   // routes where there are many of them
	tokens  int   // stored tokens where there are many of them
	growth  []int // routes and tokens
	huge    int   // callers at once at the end; 0 for none
}

// Main reads the flags, measures, and ends the program. The program is main.go, which the build of
// all programs leaves out: nobody wants it installed.
func Main() {
	full := sizes{
		rounds: 200, crowds: 5, callers: []int{10, 100, 1000}, many: 1000, tokens: 100_000, growth: []int{10, 1000, 100_000},
	}
	quick := sizes{rounds: 5, crowds: 1, callers: []int{5, 20}, many: 100, tokens: 100, growth: []int{10, 100}}
	rounds := flag.Int("rounds", 0, "run every program `N` times (default 200; 5 with -quick)")
	useQuick := flag.Bool("quick", false, "small numbers, to see whether it works")
	check := flag.Bool("check", false, "exit 1 if a promise is broken; wants a quiet machine")
	huge := flag.Bool("huge", false, "10 000 callers at once too")
	flag.Parse()
	size := full
	if *useQuick {
		size = quick
	}
	if *rounds > 0 {
		size.rounds = *rounds
	}
	if *huge {
		size.huge = 10_000
	}
	broken, err := run(size, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if *check && broken > 0 {
		os.Exit(1)
	}
}

// A lab is where everything is built, and what is printed.
type lab struct {
	sizes
	out      io.Writer
	dir      string // everything is in it
	bin      string // sesame's programs
	empty    cost.Program
	issuer   *pyxtest.Server
	promises []promise
}

// run does everything, and returns how many promises are broken.
func run(size sizes, out io.Writer) (broken int, err error) {
	bin, remove, err := programs.Build()
	if err != nil {
		return 0, err
	}
	defer remove()
	dir, err := os.MkdirTemp("", "sesame-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	l := &lab{sizes: size, out: out, dir: dir, bin: filepath.Join(dir, "bin"), issuer: pyxtest.New(pyxtest.Config{Latency: latency})}
	defer l.issuer.Close()
	if err := l.install(bin); err != nil {
		return 0, err
	}
	l.printf("%s\n\n", machine())
	for _, section := range []func() error{l.calls, l.crowdsAtOnce, l.grow, l.hugeCrowd} {
		if err := section(); err != nil {
			return 0, err
		}
	}
	l.printf("Load average at the end: %s\n\n", load())
	return l.printPromises(), nil
}

// install copies the programs that were built.
func (l *lab) install(built string) error {
	if err := os.Mkdir(l.bin, 0o700); err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(built, "*sesame*"))
	for _, path := range paths {
		err = errors.Join(err, cost.Install(path, filepath.Join(l.bin, filepath.Base(path))))
	}
	return err
}

func (l *lab) printf(format string, args ...any) { fmt.Fprintf(l.out, format, args...) }

// house makes a house with so many routes and stored tokens.
func (l *lab) house(name string, routes, tokens int) (*cost.House, error) {
	home := filepath.Join(l.dir, name)
	if err := os.Mkdir(home, 0o700); err != nil {
		return nil, err
	}
	h, err := cost.NewHouse(l.bin, home, routes, l.issuer)
	if err != nil {
		return nil, err
	}
	scene, err := h.Scene("bazel", cost.BuiltIn)
	if err != nil {
		return nil, err
	}
	return h, errors.Join(scene.WarmUp(), h.Crowd(tokens))
}

// variantOf returns a front in a scene that has answered well.
func variantOf(h *cost.House, name, protocol, request string, limit float64) (variant, error) {
	scene, err := h.Scene(protocol, request)
	if err != nil {
		return variant{}, err
	}
	return variant{name: name, program: scene.Program, limit: limit}, scene.WarmUp()
}
