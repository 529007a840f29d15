//go:build linux

package keyring_test

import (
	"errors"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sesame-auth/sesame/providers"
)

// A window that opens in the middle of a build, for each request of it, is one that a person
// learns to type a password into.
func TestNoPersonIsAskedToUnlockAKeyring(t *testing.T) {
	for name, operation := range operations(t) {
		t.Run(name, func(t *testing.T) {
			s := newSession(t)
			k := secretService{prompt, make(chan string, 8)}
			s.serve(t, k)
			checkRefused(t, name, operation(open(t, s.variables()...)), "the keyring is locked", "")
			select {
			case done := <-k.prompted:
				if done != "dismissed" {
					t.Errorf("the question is %s", done)
				}
			case <-time.After(time.Minute):
				t.Error("the question is left behind")
			}
		})
	}
}

// One without a password is locked and unlocked by its program alone.
func TestKeyringThatNeedsNoPasswordIsUnlocked(t *testing.T) {
	s := newSession(t)
	s.serve(t, secretService{"/", nil})
	_, err := open(t, s.variables()...).Token(t.Context(), request(t, registry, ""))
	if !errors.Is(err, providers.ErrNotFound) {
		t.Errorf("error %v, want %v", err, providers.ErrNotFound)
	}
}

// Where the desktop is not GNOME, the keyring is the default one, whatever its name.
func TestDefaultCollectionMayHaveAnyName(t *testing.T) {
	s := newSession(t)
	s.startKeyring(t, "", s.served)
	var other dbus.ObjectPath
	label := map[string]dbus.Variant{"org.freedesktop.Secret.Collection.Label": dbus.MakeVariant("Other")}
	err := s.conn.Object(busName, service).Call(withMaster+"CreateWithMasterPassword", 0, label, s.master(t)).Store(&other)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.conn.Object(busName, service).Call("org.freedesktop.Secret.Service.SetAlias", 0, "default", other).Err; err != nil {
		t.Fatal(err)
	}
	p := open(t, s.variables()...)
	if err := errors.Join(operations(t)["Keep"](p), operations(t)["Token"](p)); err != nil {
		t.Error(err)
	}
	if err := s.conn.Object(busName, service).Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{other}).Err; err != nil {
		t.Fatal(err)
	}
	for name, operation := range operations(t) {
		checkRefused(t, name, operation(p), "the keyring is locked", "secret-tool lookup service sesame username index")
	}
}
