package host

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// The test binary is every plugin of these tests; which one, a variable says.
const behaviourVariable = "TEST_BEHAVIOUR"

func TestMain(m *testing.M) {
	if behaviour, isPlugin := behaviours[strings.TrimPrefix(os.Getenv(behaviourVariable), "the ")]; isPlugin {
		behaviour()
		return
	}
	os.Exit(m.Run())
}

var behaviours = map[string]func(){
	"good":      func() { sdk.Serve(fake{}) },
	"plain":     func() { fmt.Println("1|1|tcp|127.0.0.1:1|grpc"); sleep() },
	"elsewhere": func() { fmt.Println("1|1|tcp|192.0.2.1:1|grpc|Y2VydA"); sleep() },
	"socket":    func() { fmt.Println(`1|1|unix|C:\socket|grpc|Y2VydA`); sleep() },
	"exit":      func() { fmt.Fprintln(os.Stderr, "no licence found"); os.Exit(3) },
	"child": func() {
		if file, err := os.Create(os.Getenv("TEST_ALIVE")); err == nil {
			defer file.Close()
		}
		sleep()
	},
}

func sleep() { time.Sleep(time.Hour) }

// fake is a provider whose behaviour the path of the URL says.
type fake struct{}

func (fake) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	text := "value of " + req.URL.Host
	switch req.URL.Path {
	case "/environment":
		text = os.Getenv("ACME_KEY") + "/" + os.Getenv("TEST_OTHER")
	case "/crash":
		os.Exit(4)
	case "/child":
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), behaviourVariable+"=the child")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			return nil, err
		}
		for { // until it is there
			if _, err := os.Stat(os.Getenv("TEST_ALIVE")); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	return &providers.Token{Value: providers.NewSecret(text)}, nil
}

// newPlugin returns a plugin in a folder that nobody else can write to.
func newPlugin(t *testing.T, behaviour string) Plugin {
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
	path := filepath.Join(dir, "plugin.exe")
	if err := os.WriteFile(path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	acltest.Give(t, path, acltest.Own)
	return Plugin{Name: "acme", Path: path, Env: []string{
		behaviourVariable + "=the " + behaviour, "ACME_KEY=key", "TEST_ALIVE=" + filepath.Join(dir, "alive"),
		"SystemRoot=" + os.Getenv("SystemRoot"), "TEMP=" + os.Getenv("TEMP"),
	}}
}

func ask(t *testing.T, p *Provider, path string) (string, error) {
	t.Helper()
	token, err := p.Token(t.Context(), providers.Request{URL: providers.URL{Scheme: "https", Host: "acme.example", Path: path}})
	if err != nil {
		return "", err
	}
	return token.Value.Reveal(), nil
}

func TestPluginAnswersAndSeesNothingOfItsHost(t *testing.T) {
	t.Setenv("TEST_OTHER", "the host's own")
	p, err := Open(t.Context(), newPlugin(t, "good"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for path, want := range map[string]string{"/token": "value of acme.example", "/environment": "key/"} {
		if got, err := ask(t, p, path); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", path, got, err, want)
		}
	}
}

// (Under wine 10 this fails now and then: it may keep the connection of a process that has ended.)
func TestPluginThatCrashesIsAnError(t *testing.T) {
	p, err := Open(t.Context(), newPlugin(t, "good"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := ask(t, p, "/crash"); err == nil || !strings.Contains(err.Error(), "it ended instead of answering (exit status 4)") {
		t.Error(err)
	}
}

// Every user of the machine can connect to the plugin's port. Without the key of the host it must get nothing.
func TestPluginAnswersNobodyElse(t *testing.T) {
	p, err := Open(t.Context(), newPlugin(t, "good"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	address := p.client.ReattachConfig().Addr.String()
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err == nil {
		defer conn.Close()
		_, err = conn.Read(make([]byte, 1)) // with TLS 1.3 only now does the server say no
	}
	if err == nil || !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("a stranger's connection to %s: %v, want it refused", address, err)
	}
	if _, err := ask(t, p, "/token"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestPluginThatCannotBeTrustedIsRefused(t *testing.T) {
	for behaviour, want := range map[string]string{
		"plain":     "a connection that is not encrypted",
		"elsewhere": "listens on tcp 192.0.2.1:1: want a port of 127.0.0.1",
		"socket":    `listens on unix C:\socket: want a port of 127.0.0.1`,
		"exit":      "its stderr ends with: no licence found",
	} {
		p, err := Open(t.Context(), newPlugin(t, behaviour))
		if err == nil {
			p.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", behaviour, err, want)
		}
	}
	open := newPlugin(t, "good")
	acltest.Give(t, filepath.Dir(open.Path), acltest.Writable)
	_, err := Open(t.Context(), open)
	e, ok := errors.AsType[*providers.Error](err)
	if want := `icacls "` + filepath.Dir(open.Path) + `"`; !ok || !strings.HasPrefix(e.Repair, want) {
		t.Errorf("in a folder of everybody's: %#v, want the repair %s", err, want)
	}
}

// A child that outlives the plugin may hold its token and its pipes.
func TestCloseLeavesNoProcess(t *testing.T) {
	plugin := newPlugin(t, "good")
	p, err := Open(t.Context(), plugin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ask(t, p, "/child"); err != nil {
		t.Fatal(err)
	}
	p.Close()
	// While the child has the file open nobody else gets it for himself alone.
	name, _ := windows.UTF16PtrFromString(filepath.Join(filepath.Dir(plugin.Path), "alive"))
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatalf("the child goes on: %v", err)
	}
	windows.CloseHandle(handle)
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), fmt.Sprint(dirPrefix, os.Getpid(), "-*"))); len(left) > 0 {
		t.Errorf("left in the temporary directory: %v", left)
	}
}
