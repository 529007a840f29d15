package winjob

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// roles are what the test program does when it is started by a test, by WINJOB_TEST_ROLE.
var roles = map[string]func(){
	"echo": func() {
		fmt.Println(strings.Join(os.Args[1:], "|"))
		fmt.Println(os.Getenv("WINJOB_TEST_VALUE"), os.Getenv("WINJOB_TEST_OTHER"))
		_, _ = io.Copy(os.Stdout, os.Stdin)
		fmt.Fprintln(os.Stderr, "to stderr")
		os.Exit(3)
	},
	// A child that nobody waits for holds the pipes of its parent.
	"parent": func() {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "WINJOB_TEST_ROLE=hang")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(child.Process.Pid)
		hang()
	},
	"hang": hang,
	// A host that is killed has no time to kill anything.
	"host": func() {
		cmd := command("parent")
		cmd.Stdout = os.Stdout
		if _, err := Start(cmd); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		hang()
	},
}

func hang() { time.Sleep(time.Hour) }

func TestMain(m *testing.M) {
	if role := roles[os.Getenv("WINJOB_TEST_ROLE")]; role != nil {
		role()
		return
	}
	os.Exit(m.Run())
}

func command(role string, args ...string) *exec.Cmd {
	return &exec.Cmd{
		Path: os.Args[0], Args: append([]string{os.Args[0]}, args...),
		Env: []string{"WINJOB_TEST_ROLE=" + role, "WINJOB_TEST_VALUE=ä € 𝄞", "SystemRoot=" + os.Getenv("SystemRoot")},
	}
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

func TestProgramGetsItsArgumentsVariablesAndStreamsAlone(t *testing.T) {
	t.Setenv("WINJOB_TEST_OTHER", "the host's own")
	args := []string{"plain", "a b", `say "x"`, `end\`, `end \`, "", `\"`}
	cmd := command("echo", args...)
	in, inWrite := pipe(t)
	outRead, out := pipe(t)
	errRead, complaint := pipe(t)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, complaint
	job, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer job.Close()
	for _, file := range []*os.File{in, out, complaint} {
		file.Close()
	}
	if _, err := inWrite.WriteString("the request"); err != nil {
		t.Fatal(err)
	}
	inWrite.Close()
	text, err := io.ReadAll(outRead) // which ends only if nobody inherited the other end
	want := strings.Join(args, "|") + "\nä € 𝄞 \nthe request"
	if err != nil || string(text) != want {
		t.Errorf("it wrote %q (%v), want %q", text, err, want)
	}
	if text, err := io.ReadAll(errRead); err != nil || string(text) != "to stderr\n" {
		t.Errorf("it wrote %q to stderr (%v)", text, err)
	}
	job.AwaitEnd()
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("it ended with %v", err)
	}
}

// A process that is left behind may hold a token, and the pipes of the one that waits for their end.
func TestAllThatTheProgramStartedEndsWithTheJob(t *testing.T) {
	read, write := pipe(t)
	parent := command("parent")
	parent.Stdout = write
	job, err := Start(parent)
	if err != nil {
		t.Fatal(err)
	}
	write.Close()
	wantGone(t, read, job.Close)
}

func TestAllThatTheProgramStartedEndsWithItsHost(t *testing.T) {
	read, write := pipe(t)
	host := command("host")
	host.Stdout = write
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	wantGone(t, read, func() { _ = host.Process.Kill(); _ = host.Wait() })
}

// wantGone reads the number of a process, and wants it gone after end, and nobody to hold the pipe.
func wantGone(t *testing.T, r io.Reader, end func()) {
	t.Helper()
	lines := bufio.NewReader(r)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("it says %q", line)
	}
	child, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(child)
	end()
	if event, err := windows.WaitForSingleObject(child, windows.INFINITE); event != windows.WAIT_OBJECT_0 {
		t.Errorf("the child goes on: %v, %v", event, err)
	}
	if _, err := io.ReadAll(lines); err != nil {
		t.Error(err)
	}
}

func TestStartSaysWhatItCannotDo(t *testing.T) {
	cmd := command("echo")
	cmd.Path += ".none"
	if _, err := Start(cmd); !errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		t.Errorf("a program that is not there: %v", err)
	}
	cmd = command("echo")
	cmd.Env = append(cmd.Env, "A=b\x00C=d")
	if _, err := Start(cmd); err == nil {
		t.Error("a variable with a zero byte was taken")
	}
	cmd = command("echo")
	cmd.Stdout = io.Discard
	if _, err := Start(cmd); err == nil {
		t.Error("a stream that is no file was taken")
	}
	if env, err := block(nil); err != nil || !slices.Equal(env, []uint16{0, 0}) {
		t.Errorf("an empty environment is %v, %v", env, err)
	}
}
