//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// The scripts are what a person types and reads, and what a tool sends and gets. They run
// the programs as they are installed, in a home directory that has nothing else in it.
func TestScripts(t *testing.T) {
	bin, remove, err := programs.Build()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PROGRAMS", bin)
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			return os.Mkdir(env.Getenv("HOME"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "nosecret": noSecret, "pyx": startPyx, "json": isJSON,
		},
	})
}

// startPyx is the command "pyx [LEFT]": it starts an issuer with a login of uv's, whose access
// token has LEFT to live, one hour if it is not said. The script finds the issuer's URL
// in PYX_API_URL. With "!" nobody has logged in.
func startPyx(ts *testscript.TestScript, neg bool, args []string) {
	server := pyxtest.New(pyxtest.Config{})
	ts.Defer(server.Close)
	ts.Setenv("PYX_API_URL", server.URL)
	ts.Setenv("PYX_CREDENTIALS_DIR", ts.MkAbs("uv"))
	if neg {
		return
	}
	left := time.Hour
	if len(args) > 0 {
		var err error
		left, err = time.ParseDuration(args[0])
		ts.Check(err)
	}
	_, err := server.LoginWithLeft(ts.MkAbs("uv"), left)
	ts.Check(err)
}

// isJSON is the command "json FILE...": each holds one JSON value and nothing else.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: json FILE...")
	}
	for _, name := range args {
		if content := ts.ReadFile(name); !json.Valid([]byte(content)) {
			ts.Fatalf("%s is not JSON:\n%s", name, content)
		}
	}
}

// noSecret is the command "nosecret TEXT FILE...": no file holds the text.
func noSecret(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: nosecret TEXT FILE...")
	}
	for _, name := range args[1:] {
		if content := ts.ReadFile(name); strings.Contains(content, args[0]) {
			ts.Fatalf("%s holds the secret:\n%s", name, content)
		}
	}
}

// exits is the command "exits CODE PROGRAM [ARGUMENT...]": it is exec for a program that must
// end with CODE.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT...]")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit %d, want %s\n%s%s", code, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}
