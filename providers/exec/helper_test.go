//go:build unix

package exec

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	osexec "os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is every command of these tests. Which one, its arguments say, so that its
// environment is the one that it was given.
func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != "as" {
		os.Exit(m.Run())
	}
	log.SetFlags(0)
	behaviours()[os.Args[2]](os.Args[3:])
	exit(0)
}

// exit is os.Exit without what the race detector and the counting of coverage do in it: the one
// waits a second, the other writes to stderr.
func exit(code int) { syscall.Exit(code) }

func behaviours() map[string]func(args []string) {
	return map[string]func([]string){
		"print":  func(args []string) { fmt.Print(args[0]) },
		"mint":   func(args []string) { fmt.Printf(args[0], rand.Text()) },
		"fail":   fail,
		"signal": func([]string) { _ = syscall.Kill(os.Getpid(), syscall.SIGTERM); sleep() },
		"stdin":  func([]string) { text, err := io.ReadAll(os.Stdin); fmt.Printf("%q/%v", text, err) },
		"record": record,
		"hang":   func(args []string) { holdAlive(args[0]); sleep() },
		"stubborn": func(args []string) {
			signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
			holdAlive(args[0])
			sleep()
		},
		"hang if":  hangIf,
		"flood":    flood,
		"noise":    noise,
		"leave":    func(args []string) { holdAlive(args[0]); startChild(args[0], args[1] == "escape"); fmt.Print("t1") },
		"stay":     func(args []string) { holdAlive(args[0]); startChild(args[0], false); sleep() },
		"child":    func(args []string) { holdAlive(args[0]); os.NewFile(3, "ready").Close(); sleep() },
		"describe": describe,
		"library":  serveLibrary,
	}
}

// sleep is longer than any test. (An empty select would be a deadlock, and end.)
func sleep() { time.Sleep(time.Hour) }

// fail takes its exit code, and what to print to stdout and stderr.
func fail(args []string) {
	code, err := strconv.Atoi(args[0])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(args[1])
	fmt.Fprint(os.Stderr, args[2])
	exit(code)
}

// A recording is what a helper was asked.
type recording struct {
	Args  []string
	Stdin string
}

// record writes what it is asked to a file, and prints an answer.
func record(args []string) {
	stdin, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	text, err := json.Marshal(recording{Args: args[2:], Stdin: string(stdin)})
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(args[0], text, 0o600); err != nil {
		log.Fatal(err)
	}
	fmt.Print(args[1])
}

// hangIf hangs where a file exists.
func hangIf(args []string) {
	if _, err := os.Stat(args[0]); err == nil {
		sleep()
	}
	fmt.Printf(args[1], rand.Text())
}

// flood prints n bytes, or for ever.
func flood(args []string) {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		log.Fatal(err)
	}
	block := strings.Repeat("x", 4<<10)
	for written := 0; n == 0 || written < n; written += len(block) {
		if n > 0 {
			block = block[:min(len(block), n-written)]
		}
		if _, err := os.Stdout.WriteString(block); err != nil {
			return
		}
	}
}

// noise writes far more to stderr than a pipe holds.
func noise([]string) {
	for range 5000 {
		log.Print(strings.Repeat("y", 1000))
	}
	fmt.Print("t1")
}

// A description is what a command sees of itself.
type description struct {
	Args, Env []string
	Directory string
	Leader    bool // of its process group
}

// describe prints it, as a token.
func describe([]string) {
	dir, err := os.Getwd()
	if err != nil {
		log.Fatal(err)
	}
	text, err := json.Marshal(description{os.Args, os.Environ(), dir, syscall.Getpgrp() == os.Getpid()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(base64.StdEncoding.EncodeToString(text))
}

// holdAlive writes one byte to the pipe that the test reads, and holds it open as
// long as the process lives. The test reads the end of the pipe when all have ended.
func holdAlive(fifo string) {
	fd, err := syscall.Open(fifo, syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		log.Fatal("the pipe of the test: ", err)
	}
	if _, err := syscall.Write(fd, []byte(".")); err != nil {
		log.Fatal(err)
	}
}

// startChild starts a child that keeps stdout and stderr, and waits until it is there.
func startChild(fifo string, session bool) {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	there, ready, err := os.Pipe()
	if err != nil {
		log.Fatal(err)
	}
	child := osexec.Command(self, "as", "child", fifo)
	child.Stdout, child.Stderr, child.ExtraFiles = os.Stdout, os.Stderr, []*os.File{ready}
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: session}
	if err := child.Start(); err != nil {
		log.Fatal(err)
	}
	ready.Close()
	if _, err := io.ReadAll(there); err != nil {
		log.Fatal(err)
	}
	log.Print("left child ", child.Process.Pid)
}
