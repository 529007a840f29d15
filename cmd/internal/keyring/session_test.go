//go:build linux

package keyring_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

const (
	busName   = "org.freedesktop.secrets"
	service   = dbus.ObjectPath("/org/freedesktop/secrets")
	login     = service + "/collection/login"
	masterKey = "the keyring's own password"
)

// busConfig is a session bus that starts no program for a name.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=DIR/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// A session is a bus of its own, in a folder of its own.
type session struct {
	dir  string
	conn *dbus.Conn
}

// newSession starts a bus without a keyring.
func newSession(t *testing.T) *session {
	t.Helper()
	programs.Need(t, "dbus-daemon", "dbus-daemon")
	dir, err := os.MkdirTemp("/tmp", "sesame-keyring-") // short, for the socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &session{dir: dir}
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(busConfig, "DIR", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	// It prints its address once it can be reached.
	stdout := s.start(t, "", "dbus-daemon", "--nofork", "--config-file="+config, "--print-address")
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("dbus-daemon: %q, %v", line, err)
	}
	if s.conn, err = dbus.Connect("unix:path=" + dir + "/bus"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close() })
	return s
}

// variables are what a plugin is given of the session.
func (s *session) variables() []string {
	return []string{
		"HOME=" + s.dir, "PATH=" + os.Getenv("PATH"), "XDG_RUNTIME_DIR=" + s.dir,
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + s.dir + "/bus",
	}
}

// start starts a program of the session, which is killed at the end of the test.
func (s *session) start(t *testing.T, stdin, program string, args ...string) io.Reader {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = s.variables()
	cmd.Stdin = strings.NewReader(stdin)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return stdout
}

// withKeyring starts gnome-keyring, with an empty keyring that is unlocked.
func (s *session) withKeyring(t *testing.T) *session {
	t.Helper()
	s.startKeyring(t, masterKey, s.unlocked, "--unlock")
	return s
}

// startKeyring starts gnome-keyring, and waits until it is ready.
func (s *session) startKeyring(t *testing.T, stdin string, ready func() bool, args ...string) {
	t.Helper()
	programs.Need(t, "gnome-keyring-daemon", "gnome-keyring")
	s.start(t, stdin, "gnome-keyring-daemon", append(args, "--foreground", "--components=secrets")...)
	deadline := time.Now().Add(time.Minute)
	for !ready() {
		if time.Now().After(deadline) {
			t.Fatal("gnome-keyring-daemon does not come up")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// served reports whether a program has the keyring's name.
func (s *session) served() bool {
	var owned bool
	err := s.conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, busName).Store(&owned)
	return err == nil && owned
}

func (s *session) unlocked() bool {
	locked, err := s.conn.Object(busName, login).GetProperty("org.freedesktop.Secret.Collection.Locked")
	return err == nil && locked.Value() == false
}

// lock locks the keyring.
func (s *session) lock(t *testing.T) {
	t.Helper()
	err := s.conn.Object(busName, service).
		Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{login}).Err
	if err != nil || s.unlocked() {
		t.Fatalf("the keyring is not locked: %v", err)
	}
}

// unlock unlocks it.
func (s *session) unlock(t *testing.T) {
	t.Helper()
	err := s.conn.Object(busName, service).Call(withMaster+"UnlockWithMasterPassword", 0, login, s.master(t)).Err
	if err != nil || !s.unlocked() {
		t.Fatalf("the keyring is not unlocked: %v", err)
	}
}

// withMaster begins the names of gnome-keyring's own methods, the one way to use a password without
// a window.
const withMaster = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface."

// A masterSecret is a password as the Secret Service takes it (draft 0.2, section 4).
type masterSecret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

func (s *session) master(t *testing.T) masterSecret {
	t.Helper()
	var output dbus.Variant
	var path dbus.ObjectPath
	err := s.conn.Object(busName, service).
		Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&output, &path)
	if err != nil {
		t.Fatal(err)
	}
	return masterSecret{path, nil, []byte(masterKey), "text/plain"}
}
