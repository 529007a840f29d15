//go:build unix && !darwin

package keyring

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/sesame-auth/sesame/providers"
)

// shortDir returns a directory whose path leaves room for the name of a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "t")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// The library takes a missing address as an order to start a bus and a keyring: in a build
// that is thousands of them, and none is ever stopped.
func TestNoBusIsStarted(t *testing.T) {
	dir := shortDir(t)
	marker := filepath.Join(dir, "launched")
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte("#!/bin/sh\n: >"+marker+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bus"), nil, 0o600); err != nil { // no socket
		t.Fatal(err)
	}
	for _, row := range []struct{ name, address, runtime string }{
		{"nothing is set", "", ""},
		{"an order to start one", "autolaunch:", ""},
		{"the same with a scope", "autolaunch:scope=*user", ""},
		{"a folder without a bus", "", filepath.Join(dir, "none")},
		{"a bus that is no socket", "", dir},
		{"a relative folder", "", "."},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Chdir(dir)
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			t.Setenv(addressVariable, row.address)
			t.Setenv(runtimeVariable, row.runtime)
			for _, operation := range operations(t) {
				checkMessage(t, operation(t.Context(), Provider{}), providers.ErrUnavailable, "there is no session bus")
			}
			if _, err := os.Stat(marker); !os.IsNotExist(err) {
				t.Errorf("a bus was started: %v", err)
			}
		})
	}
}

// systemd gives every session a bus at a known place; a build that was started with few
// variables reaches the keyring all the same.
func TestBusOfTheSessionIsFound(t *testing.T) {
	dir := filepath.Join(shortDir(t), "a b,c")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	t.Setenv(runtimeVariable, dir)
	for _, row := range []struct{ name, address, want string }{
		{"unset", "", "unix:path=" + dbus.EscapeBusAddressValue(dir+"/bus")},
		{"an order to start one", "autolaunch:", "unix:path=" + dbus.EscapeBusAddressValue(dir+"/bus")},
		{"another", "unix:path=/tmp/other", "unix:path=/tmp/other"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Setenv(addressVariable, row.address)
			if err := useSessionBus(); err != nil {
				t.Fatal(err)
			}
			if got := os.Getenv(addressVariable); got != row.want {
				t.Errorf("%s is %q, want %q", addressVariable, got, row.want)
			}
		})
	}
}

// A name of D-Bus means nothing to a person, and the text beside it is another program's.
func TestErrorsOfTheBusAreExplained(t *testing.T) {
	for _, row := range []struct{ name, mention string }{
		{"org.freedesktop.DBus.Error.ServiceUnknown", "start one"},
		{"org.freedesktop.DBus.Error.NameHasNoOwner", "start one"},
		{"org.freedesktop.DBus.Error.UnknownMethod", "no default collection"},
		{"org.freedesktop.DBus.Error.UnknownObject", "no default collection"},
		{"org.freedesktop.Secret.Error.NoSuchObject", "no default collection"},
		{"org.freedesktop.DBus.Error.NoReply", "answered org.freedesktop.DBus.Error.NoReply"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ring := filled(t)
			ring.before = func(string) error { return dbus.Error{Name: row.name, Body: []any{"s3cr3t\n"}} }
			for _, operation := range operations(t) {
				checkMessage(t, operation(t.Context(), Provider{ring: ring}), providers.ErrUnavailable, row.mention)
			}
		})
	}
}
