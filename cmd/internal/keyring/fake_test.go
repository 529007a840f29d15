//go:build linux

package keyring_test

import (
	"errors"
	"testing"

	"github.com/godbus/dbus/v5"
)

// A secretService is an empty keyring of ours that is locked.
type secretService struct {
	prompt   dbus.ObjectPath // what an unlock has a person asked by; "/" for nothing
	prompted chan string     // what is then done with it
}

const prompt = service + "/prompt/1"

// serve gives the session a keyring of ours.
func (s *session) serve(t *testing.T, k secretService) {
	t.Helper()
	conn, err := dbus.Connect("unix:path=" + s.dir + "/bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	const secrets = "org.freedesktop.Secret."
	for name, path := range map[string]dbus.ObjectPath{
		"org.freedesktop.DBus.Properties": service, secrets + "Service": service, secrets + "Prompt": prompt,
	} {
		err = errors.Join(err, conn.Export(k, path, name))
	}
	for _, name := range []string{"org.freedesktop.DBus.Properties", secrets + "Collection"} {
		err = errors.Join(err, conn.Export(k, login, name))
	}
	reply, nameErr := conn.RequestName(busName, 0)
	if err := errors.Join(err, nameErr); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
}

func (k secretService) Get(_, name string) (dbus.Variant, *dbus.Error) {
	if name == "Locked" {
		return dbus.MakeVariant(true), nil
	}
	return dbus.MakeVariant([]dbus.ObjectPath{login}), nil
}

func (k secretService) Unlock(paths []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if k.prompt == "/" {
		return paths, k.prompt, nil
	}
	return nil, k.prompt, nil
}

func (k secretService) SearchItems(map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	return nil, nil
}

func (k secretService) Prompt(string) *dbus.Error { k.prompted <- "shown"; return nil }
func (k secretService) Dismiss() *dbus.Error      { k.prompted <- "dismissed"; return nil }

// serveNothing gives the session a keyring that takes every call, and answers none.
func (s *session) serveNothing(t *testing.T) {
	t.Helper()
	release := make(silent)
	conn, err := dbus.Connect("unix:path="+s.dir+"/bus", dbus.WithHandler(release))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(release)
		conn.Close()
	})
	if reply, err := conn.RequestName(busName, 0); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
}

// A silent handler answers nothing before it is closed.
type silent chan struct{}

func (s silent) LookupObject(dbus.ObjectPath) (dbus.ServerObject, bool) {
	<-s
	return nil, false
}
