package front

import (
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
)

const (
	separator   = '\\' // of a path's parts
	extension   = ".exe"
	errNotFound = windows.ERROR_FILE_NOT_FOUND
)

func isAbs(path string) bool { return filepath.IsAbs(path) }

// self returns the path of this program's executable; "" if it is not known.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// Harden does nothing: a process cannot keep others of its user out of its memory here. A Go program that crashes is
// reported to nobody, unless GOTRACEBACK says so.
func Harden() {}

// startOf returns when this process was started, which for a forced refresh is the moment of
// asking: of 300 that are started at once the last may run long after the first has
// its answer. It returns fallback where the system does not say.
func startOf(fallback time.Time) time.Time {
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &kernel, &user); err != nil {
		return fallback
	}
	if begin := time.Unix(0, created.Nanoseconds()); begin.Before(fallback) {
		return begin
	}
	return fallback
}
