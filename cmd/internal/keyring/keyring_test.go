//go:build linux

package keyring_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
	"github.com/sesame-auth/sesame/providers/static"
)

const registry = "https://registry.example.com"

// What a fake keyring accepts, a real one may not.
func TestProviderConformsWithARealKeyring(t *testing.T) {
	providerstest.Run(t, func(t *testing.T) providerstest.Case {
		s := newSession(t).withKeyring(t)
		p := open(t, s.variables()...)
		if err := p.Keep(t.Context(), request(t, registry, ""), password("ann", secret)); err != nil {
			t.Fatal(err)
		}
		return providerstest.Case{
			Provider: p,
			Request:  request(t, registry, ""),
			Unknown:  request(t, "https://other.example.com/", "").URL,
			Options:  static.Profile().NewOptions(),
			Single:   true,
			Keeps:    true,
			Secrets:  []string{secret},
		}
	})
}

// Each tool's request is a process of its own, and so is each plugin.
func TestWhatOneProcessKeepsAnotherServes(t *testing.T) {
	s := newSession(t).withKeyring(t)
	req := request(t, registry, "")
	req.Name = "registry"
	large := secret + strings.Repeat("x", 64<<10-len(secret))
	for _, token := range []*providers.Token{password("ann", large), password("bob", secret)} {
		if err := open(t, s.variables()...).Keep(t.Context(), req, token); err != nil {
			t.Fatal(err)
		}
	}
	token, err := open(t, s.variables()...).Token(t.Context(), request(t, registry+"/v2/", "ann"))
	if err != nil || token.Value.Reveal() != large {
		t.Errorf("Token: %v", err)
	}
	accounts, err := open(t, s.variables()...).Kept(t.Context(), req)
	want := []providers.Account{{Host: "registry", Username: "bob"}, {Host: "registry", Username: "ann"}}
	if err != nil || !slices.Equal(accounts, want) {
		t.Errorf("Kept = %v, %v, want %v", accounts, err, want)
	}
	if err := open(t, s.variables()...).Drop(t.Context(), req, providers.Secret{}); err != nil {
		t.Error(err)
	}
	if _, err := open(t, s.variables()...).Token(t.Context(), req); !errors.Is(err, providers.ErrNotFound) {
		t.Errorf("after Drop: %v", err)
	}
	checkNoFile(t, s.dir)
}

// A tool that is started with few variables still has the bus of its session.
func TestBusOfTheSessionIsFoundWithoutItsVariable(t *testing.T) {
	s := newSession(t).withKeyring(t)
	p := open(t, "HOME="+s.dir, "XDG_RUNTIME_DIR="+s.dir)
	if err := p.Keep(t.Context(), request(t, registry, ""), password("ann", secret)); err != nil {
		t.Error(err)
	}
}

// A build has nobody to type a password, and must not wait for one.
func TestLockedKeyringIsAnErrorAtOnce(t *testing.T) {
	s := newSession(t).withKeyring(t)
	s.lock(t)
	for name, operation := range operations(t) {
		checkRefused(t, name+" on an empty keyring", operation(open(t, s.variables()...)), "the keyring is locked", "")
	}
	s.unlock(t)
	p := open(t, s.variables()...)
	if err := operations(t)["Keep"](p); err != nil {
		t.Fatal(err)
	}
	s.lock(t)
	for name, operation := range operations(t) {
		// The very process that has used it, too.
		checkRefused(t, name, operation(p), "the keyring is locked", "secret-tool lookup service sesame username index")
	}
	s.unlock(t)
	if err := operations(t)["Token"](p); err != nil {
		t.Errorf("after it is unlocked: %v", err)
	}
	checkNoFile(t, s.dir)
}

// A machine without a desktop has a bus at most.
func TestAbsentKeyringIsAnErrorAtOnce(t *testing.T) {
	s := newSession(t)
	p := open(t, s.variables()...)
	for name, operation := range operations(t) {
		checkRefused(t, name, operation(p), "there is no keyring", "")
	}
	checkNoFile(t, s.dir)
}

// Nobody has logged in to a desktop on this machine yet.
func TestKeyringWithoutACollectionIsAnErrorAtOnce(t *testing.T) {
	s := newSession(t)
	s.startKeyring(t, "", s.served)
	p := open(t, s.variables()...)
	for name, operation := range operations(t) {
		checkRefused(t, name, operation(p), "it has no default collection", "")
	}
	checkNoFile(t, s.dir)
}

// Thousands of requests of a build would each start a bus, and leave it.
func TestNoBusIsStarted(t *testing.T) {
	dir := t.TempDir()
	launcher := "#!/bin/sh\n: >" + dir + "/launched\n"
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte(launcher), 0o700); err != nil {
		t.Fatal(err)
	}
	p := open(t, "HOME="+dir, "PATH="+dir+":"+os.Getenv("PATH"), "XDG_RUNTIME_DIR="+dir)
	for name, operation := range operations(t) {
		checkRefused(t, name, operation(p), "there is no session bus", "")
	}
	if _, err := os.Stat(dir + "/launched"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a bus was started: %v", err)
	}
	checkNoFile(t, dir)
}

// A keyring that shows a window, or hangs, would hang the build with it.
func TestKeyringThatNeverAnswersIsAnErrorInTime(t *testing.T) {
	s := newSession(t)
	s.serveNothing(t)
	for name, operation := range operations(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkRefused(t, name, operation(open(t, s.variables()...)), "the keyring did not answer within 5s",
				"secret-tool lookup service sesame username index")
			checkNoFile(t, s.dir)
		})
	}
}

// checkRefused sees that an error says what is wrong, and what to do.
func checkRefused(t *testing.T, name string, err error, mention, repair string) {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.ErrUnavailable || !strings.Contains(e.Message, mention) || e.Repair != repair {
		t.Errorf("%s: error %v, want %v, a mention of %q and the repair %q", name, err, providers.ErrUnavailable, mention, repair)
		return
	}
	if !strings.Contains(e.Message, `store = "file"`) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%s: error %q does not say what to do instead", name, e.Message)
	}
}
