//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// bin is the folder of the programs under test.
var bin string

func TestMain(m *testing.M) { programs.Main(m, &bin) }

// The scripts are what a person types and reads, and what a tool sends and gets. They run
// the programs as they are installed, in a home directory that has nothing else in it.
func TestScripts(t *testing.T) { runScripts(t, scripts(t), "") }

// A front that logs is another program, and a log is what people send to others.
func TestScriptsWhereEverythingIsLogged(t *testing.T) {
	files := slices.DeleteFunc(scripts(t), func(file string) bool {
		name, _ := strings.CutSuffix(filepath.Base(file), ".txtar")
		return unlogged[name] != ""
	})
	runScripts(t, files, "trace")
}

// unlogged are the scripts that are not run with a log, and why.
var unlogged = map[string]string{
	"audit":            "it asks for a URL that holds the secret's text, and a log shows URLs",
	"explain_story":    "its fronts compile the configuration; one that logs does not",
	"log":              "it has logs of its own",
	"missing_programs": "its fronts are alone, and have no other program to become",
}

func scripts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	return files
}

// runScripts runs the scripts with a log of the given level; "" for none.
func runScripts(t *testing.T, files []string, level string) {
	t.Helper()
	deadline, _ := t.Deadline()
	testscript.RunT(&searched{T: t}, testscript.Params{
		Files:               files,
		Deadline:            deadline,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("PROGRAMS", bin)
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", home)
			if level != "" {
				env.Setenv("SESAME_LOG", level)
				env.Setenv("SESAME_LOG_FILE", home+"/log")
			}
			env.T().(*searched).begin(home)
			return os.Mkdir(home, 0o700)
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
