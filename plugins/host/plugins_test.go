//go:build unix

package host

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers"
)

// The test binary is every plugin of these tests. Which one, a variable says; the value
// begins with a slash, so that the filter takes it for no secret.
const (
	behaviourVariable = "TEST_BEHAVIOUR"
	aliveVariable     = "TEST_ALIVE"
	// The race detector would keep each process for a second longer.
	quickExit = "GORACE=atexit_sleep_ms=0"
)

func TestMain(m *testing.M) {
	behaviour, isPlugin := behaviours()[os.Getenv(behaviourVariable)]
	if !isPlugin {
		os.Exit(m.Run())
	}
	holdAlive()
	behaviour()
}

func behaviours() map[string]func() {
	return map[string]func(){
		"/good":      func() { sdk.Serve(fake{}) },
		"/raw":       func() { serve(wire.Versions(fake{})) },
		"/silent":    sleep,
		"/child":     func() { os.NewFile(3, "ready").Close(); sleep() },
		"/mute":      mute,
		"/exit":      func() { log.Print("no licence found"); os.Exit(3) },
		"/print":     func() { fmt.Println("hello, world"); sdk.Serve(fake{}) },
		"/empty":     func() { fmt.Println(); sleep() },
		"/version9":  func() { serve(map[int]plugin.PluginSet{9: {wire.ServiceName: wire.Plugin{Provider: fake{}}}}) },
		"/tcp":       func() { fmt.Println("1|1|tcp|127.0.0.1:1|grpc"); sleep() },
		"/elsewhere": func() { fmt.Println("1|1|unix|/tmp/socket|grpc"); sleep() },
		"/netrpc":    func() { fmt.Printf("1|1|unix|%s/x|netrpc\n", os.Getenv(plugin.EnvUnixSocketDir)); sleep() },
		"/foreign": func() {
			foreign(func(s *grpc.Server) error { return wire.Plugin{Provider: fake{}}.GRPCServer(nil, s) })
		},
		"/before": func() { foreign(registerBefore) },
		"/plain":  func() { sdk.Serve(plain{fake{}}) },
		"/memory": func() { sdk.Serve(new(memory)) },
		"/linger": func() { serve(wire.Versions(fake{})); sleep() },
		"/leave":  func() { startChild("/child", false); os.Exit(0) },
		"/escape": func() { startChild("/child", true); os.Exit(0) },
		"/host":   hostOfRaw,
	}
}

// serve serves without what the sdk does to the process, to see what the host does.
func serve(versions map[int]plugin.PluginSet) {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: wire.Handshake(), VersionedPlugins: versions,
		GRPCServer: plugin.DefaultGRPCServer, Logger: hclog.NewNullLogger(),
	})
}

// foreign is what a plugin in another language is: a gRPC server with the one service,
// and a line on stdout.
func foreign(register func(*grpc.Server) error) {
	path := filepath.Join(os.Getenv("PLUGIN_UNIX_SOCKET_DIR"), "foreign.so")
	listener, err := net.Listen("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	if err := register(server); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("1|1|unix|%s|grpc\n", path)
	log.Fatal(server.Serve(listener))
}

// sleep is longer than any test. (An empty select would be a deadlock, and end.)
func sleep() { time.Sleep(time.Hour) }

// mute makes a handshake, takes connections, and says nothing on them.
func mute() {
	path := filepath.Join(os.Getenv(plugin.EnvUnixSocketDir), "plugin")
	listener, err := net.Listen("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	fmt.Printf("1|1|unix|%s|grpc\n", path)
	sleep()
}

// holdAlive writes one byte to the pipe that the test reads, and holds it open as
// long as the process lives. The test reads the end of the pipe when all have ended.
func holdAlive() {
	fd, err := syscall.Open(os.Getenv(aliveVariable), syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		log.Fatal("the pipe of the test: ", err)
	}
	if _, err := syscall.Write(fd, []byte(".")); err != nil {
		log.Fatal(err)
	}
}

// startChild starts a plugin's own child, which keeps its stdout and stderr, waits until
// it is there, and says its number.
func startChild(behaviour string, session bool) {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	there, ready, err := os.Pipe()
	if err != nil {
		log.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), behaviourVariable+"="+behaviour)
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

// hostOfRaw opens a plugin that does not watch its parent, says so, and never closes it.
func hostOfRaw() {
	p, err := Open(context.Background(), Plugin{
		Name: "raw", Path: os.Getenv("TEST_EXECUTABLE"),
		Env: []string{behaviourVariable + "=/raw", aliveVariable + "=" + os.Getenv(aliveVariable), quickExit},
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := p.Token(context.Background(), providers.Request{URL: providers.URL{Path: "/token"}}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	sleep()
}

// fake is a provider whose behaviour the path of the URL says.
type fake struct{}

func (fake) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	answer := func(text string) (*providers.Token, error) {
		return &providers.Token{Value: providers.NewSecret(text)}, nil
	}
	switch req.URL.Path {
	case "/token":
		return answer("value of " + req.URL.Host)
	case "/stdin":
		text, err := io.ReadAll(os.Stdin)
		return answer(fmt.Sprintf("%q %v", text, err))
	case "/environment":
		return answer(strings.Join(os.Environ(), "\n"))
	case "/directory":
		dir, err := os.Getwd()
		return answer(fmt.Sprint(dir, err))
	case "/descriptor":
		_, err := os.Stat("/dev/fd/" + req.Username)
		return answer(fmt.Sprint(errors.Is(err, os.ErrNotExist)))
	case "/group":
		return answer(fmt.Sprint(syscall.Getpgrp() == os.Getpid()))
	case "/child":
		startChild("/child", false)
		return answer("started")
	case "/flood":
		line := strings.Repeat("x", 1000)
		for range 5000 {
			log.Print(line)
		}
		_, _ = os.Stderr.WriteString(strings.Repeat("y", 5<<20))
		return answer("flooded")
	case "/stdout":
		_, _ = syscall.Write(1, []byte(strings.Repeat("z", 200<<10)))
		return answer("printed")
	case "/panic":
		panic("holds " + req.Previous.Value.Reveal())
	case "/hang":
		sleep()
	case "/stop":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		sleep()
	case "/large":
		return &providers.Token{State: providers.NewSecret(strings.Repeat("s", wire.MaxMessage))}, nil
	case "/error":
		return nil, &providers.Error{
			Kind: providers.ErrLoginRequired, Message: "it is \x1b[31mred\x1b[0m " + req.Previous.Value.Reveal(),
			Repair: "acme login", RetryAfter: 90 * time.Second,
		}
	case "/crash":
		crash(req)
	}
	return nil, &providers.Error{Kind: providers.ErrNotFound, Message: "nothing at " + req.URL.Path}
}

// crash prints every secret that it has in every way, and ends.
func crash(req providers.Request) {
	hclog.New(&hclog.LoggerOptions{JSONFormat: true, Output: os.Stderr}).
		Warn("sending", "token", req.Previous.Value.Reveal())
	value := req.Previous.Value.Reveal()
	log.Print("state ", req.Previous.State.Reveal())
	log.Print("base64 ", base64.StdEncoding.EncodeToString([]byte(value)))
	log.Print("environment ", os.Getenv("ACME_TOKEN"))
	log.Print("option ", req.Options[0].Values[0])
	log.Print("\x1b[2Jcleared")
	fmt.Fprintln(os.Stderr, "fatal: out of cheese")
	os.Exit(4)
}
