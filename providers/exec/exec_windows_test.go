package exec

import (
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// roles are what the test program does as a command, by its first argument.
var roles = map[string]func(){
	"token": func() { fmt.Println("the-token") },
	"docker": func() {
		request, _ := io.ReadAll(os.Stdin)
		fmt.Printf(`{"ServerURL":%q,"Username":"ann","Secret":"secret of %s"}`, request, os.Args[2])
	},
	"environment": func() {
		fmt.Println(os.Getenv("SESAME_TEST_GIVEN") + "/" + os.Getenv("SESAME_TEST_KEPT") + "/" + os.Getenv("SESAME_EXEC"))
	},
	"fail": func() { fmt.Fprintln(os.Stderr, "no luck today"); os.Exit(7) },
	// Its child holds the pipes, and would for an hour.
	"leave": func() {
		child := osexec.Command(os.Args[0], "hang", os.Args[2])
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			fmt.Println(err)
		}
	},
	"hang": func() {
		file, err := os.Create(os.Args[2])
		if err == nil {
			defer file.Close()
		}
		time.Sleep(time.Hour)
	},
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		roles[os.Args[1]]()
		return
	}
	os.Exit(m.Run())
}

// self returns a copy of the test program in a folder that nobody else can write to, as wine and Windows both have one.
func self(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(os.Getenv("USERPROFILE"), "sesame-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	acltest.Give(t, dir, acltest.Own)
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "helper.exe")
	if err := os.WriteFile(path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	acltest.Give(t, path, acltest.Own)
	return path
}

func answerOf(t *testing.T, format string, command ...string) (*providers.Token, error) {
	t.Helper()
	u, err := providers.ParseURL("https://example.com")
	if err != nil {
		t.Fatal(err)
	}
	return Provider{}.Token(t.Context(), providers.Request{URL: u, Options: providers.Options{
		{Name: "command", Kind: providers.ListOption, Values: command},
		{Name: "format", Kind: providers.StringOption, Values: []string{format}},
		{Name: "timeout", Kind: providers.StringOption, Values: []string{"20s"}},
		{Name: "variables", Kind: providers.ListOption, Values: []string{"SESAME_TEST_GIVEN"}},
	}})
}

func TestCommandAnswersWithAToken(t *testing.T) {
	path := self(t)
	if token, err := answerOf(t, "token", path, "token"); err != nil || token.Value.Reveal() != "the-token" {
		t.Errorf("got %v, %v", token, err)
	}
	token, err := answerOf(t, "docker", path, "docker")
	if err != nil || token.Username != "ann" || token.Value.Reveal() != "secret of get" {
		t.Errorf("got %v, %v", token, err)
	}
	if _, err := answerOf(t, "token", path, "fail"); err == nil || !strings.Contains(err.Error(), "no luck today") {
		t.Errorf("a command that fails: %v", err)
	}
}

// A variable that the route does not name may be the key of another.
func TestCommandHasNoOtherVariables(t *testing.T) {
	t.Setenv("SESAME_TEST_GIVEN", "given")
	t.Setenv("SESAME_TEST_KEPT", "kept")
	token, err := answerOf(t, "token", self(t), "environment")
	if err != nil {
		t.Fatal(err)
	}
	if got := token.Value.Reveal(); got != "given//1" {
		t.Errorf("its variables are %q", got)
	}
}

// What a command leaves behind must not hold the pipes, nor go on with a token in its memory.
func TestWhatACommandLeavesBehindIsKilled(t *testing.T) {
	path := self(t)
	alive := filepath.Join(filepath.Dir(path), "alive")
	if _, err := answerOf(t, "token", path, "leave", alive); err == nil {
		t.Error("an empty answer is a token")
	}
	// While a process has the file open nobody else gets it for himself alone.
	name, err := windows.UTF16PtrFromString(alive)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, nil, windows.OPEN_ALWAYS, 0, 0)
	if err != nil {
		t.Fatalf("the child goes on: %v", err)
	}
	windows.CloseHandle(handle)
}

// Whoever can put a program in the command's place has it executed.
func TestCommandIsFoundWhereNobodyElseWrites(t *testing.T) {
	path := self(t)
	dir := filepath.Dir(path)
	script := filepath.Join(dir, "script.cmd")
	if err := os.WriteFile(script, []byte("@echo token"), 0o700); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	acltest.Give(t, open, acltest.Writable)
	if err := os.Link(path, filepath.Join(open, "helper.exe")); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, command, path string
		want                string // "" if it is found
	}{
		{"a path", path, "", ""},
		{"a name", "helper", `C:\none;relative;` + dir, ""},
		{"a name with its extension", "helper.EXE", dir, ""},
		{"not in PATH", "helper", `C:\none`, "not in PATH"},
		{"relative folders are a project's", "helper", ".", "not in PATH"},
		{"a relative path", `.\helper`, dir, "want an absolute path"},
		{"a drive's own folder", `C:helper`, dir, "want an absolute path"},
		{"a script", script, "", "no .exe file"},
		{"a script by its name", "script.cmd", dir, "not in PATH"},
		{"a folder", dir, "", "is a folder"},
		{"a folder that others write to", "helper", open, "is open to "},
		{"nothing there", filepath.Join(dir, "none.exe"), "", "cannot be looked at"},
	} {
		found, err := find(row.command, row.path, 0)
		if row.want == "" && (err != nil || !strings.EqualFold(found, path)) {
			t.Errorf("%s: got %q, %v", row.name, found, err)
		}
		if row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want) || !errors.Is(err, providers.ErrLoginRequired)) {
			t.Errorf("%s: got %q, %v, want an error with %q", row.name, found, err, row.want)
		}
	}
}
