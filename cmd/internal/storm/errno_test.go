//go:build linux && faults

package storm

import (
	"os"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// errnos are how a disk refuses.
var errnos = map[string]string{
	"ENOSPC": "no space left on device", "EIO": "input/output error",
	"EDQUOT": "disk quota exceeded", "EROFS": "read-only file system",
}

// brokenDisk returns a fault for each call that stores a record and each way in which it fails.
func brokenDisk(row func(call, errno, says string) fault) []fault {
	var faults []fault
	for _, call := range []string{"openat", "write", "fsync", "renameat,renameat2"} {
		for errno, says := range errnos {
			faults = append(faults, row(call, errno, says))
		}
	}
	return faults
}

// injection returns strace's arguments for a call that fails on the record's way to the disk.
func (h *house) injection(t *testing.T, call, errno string) []string {
	path, _ := h.tokenFile(t)
	return []string{"-P", path + ".new", "-e", "trace=" + call, "-e", "inject=" + call + ":error=" + errno}
}

// A provider whose refresh token is spent with the asking is not asked where the disk has failed before.
func TestFaultsOfADiskBeforeTheRefreshCostNoRefreshToken(t *testing.T) {
	t.Parallel()
	tryAll(t, brokenDisk(func(call, errno, says string) fault {
		var before string
		return fault{
			name: call + " " + errno + " before", left: expired,
			says: "could not be kept, so none is asked for",
			harm: unasked(func(t *testing.T, h *house) {
				before = h.stored(t)
				h.tracing(t, h.injection(t, call, errno)...)
			}),
			heal: asked(func(t *testing.T, h *house) {
				if h.stored(t) != before || !strings.Contains(h.traced(t), "INJECTED") {
					t.Errorf("%s: the stored token changed, or nothing failed:\n%s", says, h.traced(t))
				}
				h.tracing(t)
			}),
		}
	}), strict)
}

// stored returns the text of the stored record.
func (h *house) stored(t *testing.T) string {
	t.Helper()
	path, _ := h.tokenFile(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Once the refresh has happened its token is good, stored or not: the caller gets it with one warning.
func TestFaultsOfADiskAfterTheRefreshKeepTheNewToken(t *testing.T) {
	t.Parallel()
	tryAll(t, brokenDisk(func(call, errno, says string) fault {
		return fault{
			name: call + " " + errno + " after", left: expired, token: true,
			says: "the new token is not stored: ",
			harm: func(t *testing.T, h *house) {
				h.server.Fail(pyxtest.Fault{Before: func() { h.attach(t, h.injection(t, call, errno)) }})
			},
			heal: func(t *testing.T, h *house) {
				h.wantQuiet(t)
				record, err := h.record(t)
				if err != nil || record.Token == nil || record.Intent.IsZero() {
					t.Errorf("%s: record %+v: %v, want the one from before the request", says, record, err)
				}
			},
		}
	}), strict)
}
