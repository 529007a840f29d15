//go:build linux && faults

package storm

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// smallHome opens a house whose home is a disk of 64 KiB.
func smallHome(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, pyxtest.Config{})
	home := h.root + "/home"
	if err := syscall.Mount("tmpfs", home, "tmpfs", 0, "size=64k,mode=700"); err != nil {
		t.Fatal("mount a small disk, for which these tests want root: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(home, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return h
}

// fill takes all of the home's disk.
func (h *house) fill(t *testing.T) {
	file, err := os.Create(h.root + "/home/filler")
	if err != nil {
		t.Error(err)
		return
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 512))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
}

func (h *house) empty(t *testing.T) {
	if err := os.Remove(h.root + "/home/filler"); err != nil {
		t.Error(err)
	}
}

// remount makes the home's disk read-only, or writable.
func (h *house) remount(t *testing.T, flag uintptr) {
	t.Helper()
	if err := syscall.Mount("", h.root+"/home", "", syscall.MS_REMOUNT|flag, "size=64k"); err != nil {
		t.Fatal(err)
	}
}

// A disk that is full, fills up meanwhile, or cannot be written keeps no caller from the token in hand;
// and no refresh token is spent for nothing.
func TestFaultsOfASmallDiskAreAnswered(t *testing.T) {
	t.Parallel()
	full := unasked(func(t *testing.T, h *house) { h.fill(t) })
	readOnly := unasked(func(t *testing.T, h *house) { h.remount(t, syscall.MS_RDONLY) })
	empty := asked(func(t *testing.T, h *house) { h.empty(t) })
	writable := asked(func(t *testing.T, h *house) { h.remount(t, 0) })
	const unkept = "could not be kept, so none is asked for"
	tryAll(t, []fault{
		{name: "full disk, fresh", harm: full, heal: empty, left: time.Hour, token: true},
		{name: "full disk, ending", harm: full, heal: empty, left: ending, token: true, says: unkept},
		{name: "full disk, expired", harm: full, heal: empty, left: expired, says: unkept},
		{name: "read-only home, fresh", harm: readOnly, heal: writable, left: time.Hour, token: true},
		{name: "read-only home, expiring", harm: readOnly, heal: writable, left: expiring, token: true},
		{name: "read-only home, ending", harm: readOnly, heal: writable, left: ending, token: true, says: "read-only file system"},
		{name: "read-only home, expired", harm: readOnly, heal: writable, left: expired, says: "read-only file system"},
		{
			// The room for the new token was taken before it was asked for.
			name: "disk fills up meanwhile", left: expired, token: true,
			harm: func(t *testing.T, h *house) { h.server.Fail(pyxtest.Fault{Before: func() { h.fill(t) }}) },
			heal: func(t *testing.T, h *house) { h.empty(t) },
		},
	}, smallHome)
}
