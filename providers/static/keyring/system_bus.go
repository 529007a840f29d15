//go:build unix && !darwin

package keyring

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
	secrets "github.com/zalando/go-keyring/secret_service"

	"github.com/sesame-auth/sesame/providers"
)

// The names of the Secret Service (draft 0.2, sections 3, 9 and 14).
const (
	busName         = "org.freedesktop.secrets"
	servicePath     = "/org/freedesktop/secrets"
	unlockMethod    = "org.freedesktop.Secret.Service.Unlock"
	dismissMethod   = "org.freedesktop.Secret.Prompt.Dismiss"
	lockedProperty  = "org.freedesktop.Secret.Collection.Locked"
	noPrompt        = dbus.ObjectPath("/")
	addressVariable = "DBUS_SESSION_BUS_ADDRESS"
	runtimeVariable = "XDG_RUNTIME_DIR"
)

// unlockCommand has the keyring ask for its password, in order to show the names of the hosts.
const unlockCommand = "secret-tool lookup service " + service + " username " + index

// removeCommand returns the command that removes an item.
func removeCommand(name string) string {
	return "secret-tool clear service " + service + " username '" + name + "'"
}

// ready fails where the library would start a bus, or ask a person for a password.
func ready() error {
	if err := useSessionBus(); err != nil {
		return err
	}
	conn, err := secrets.NewSecretService()
	if err != nil {
		return err
	}
	collection := conn.GetLoginCollection() // the one that the library uses
	locked, err := collection.GetProperty(lockedProperty)
	if err != nil || locked.Value() == false {
		return err
	}
	return unlock(conn, collection)
}

// useSessionBus sees to it that the library has the address of a bus that runs. Without
// one it would start a bus and a keyring for every call, and leave them.
func useSessionBus() error {
	address := os.Getenv(addressVariable)
	if address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return nil
	}
	// The address that systemd and the D-Bus library itself fall back to.
	path := filepath.Join(os.Getenv(runtimeVariable), "bus")
	info, err := os.Stat(path)
	if !filepath.IsAbs(path) || err != nil || info.Mode().Type() != fs.ModeSocket {
		return unavailable("there is no session bus to reach the keyring by: "+addressVariable+" is not set, and "+
			"there is no socket $"+runtimeVariable+"/bus; log in to a session, or begin one with dbus-run-session"+instead, "")
	}
	return os.Setenv(addressVariable, "unix:path="+dbus.EscapeBusAddressValue(path))
}

// unlock unlocks a collection that needs no password. The library would ask for one, and
// wait for ever: a tool that runs in a build has nobody to answer.
func unlock(conn *secrets.SecretService, collection dbus.BusObject) error {
	var unlocked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	err := conn.Object(busName, servicePath).
		Call(unlockMethod, 0, []dbus.ObjectPath{collection.Path()}).Store(&unlocked, &prompt)
	if err != nil || prompt == noPrompt {
		return err
	}
	conn.Object(busName, prompt).Call(dismissMethod, dbus.FlagNoReplyExpected)
	return unavailable("the keyring is locked: unlock it, in the program that manages passwords or by a new login"+
		instead, unlockCommandFor(conn, collection))
}

// unlockCommandFor returns unlockCommand where it would do something: where there is an index.
func unlockCommandFor(conn *secrets.SecretService, collection dbus.BusObject) string {
	found, err := conn.SearchItems(collection, map[string]string{"service": service, "username": index})
	if err != nil || len(found) == 0 {
		return ""
	}
	return unlockCommand
}

// explainedHere says what an error of D-Bus means. It repeats its name alone.
func explainedHere(err error) *providers.Error {
	e, ok := errors.AsType[dbus.Error](err)
	if !ok {
		return nil
	}
	switch e.Name {
	case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
		return unavailable("there is no keyring: no program on the session bus has the name "+busName+
			": start one, such as gnome-keyring"+instead, "")
	case "org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownObject",
		"org.freedesktop.Secret.Error.NoSuchObject":
		return unavailable("the keyring is empty: it has no default collection: create one in the program that "+
			"manages passwords, or by a new login"+instead, "")
	}
	return unavailable("the keyring answered "+line(e.Name), "")
}
