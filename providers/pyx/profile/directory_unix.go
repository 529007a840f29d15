//go:build unix

package profile

import (
	"errors"
	"runtime"
	"strings"
	"syscall"
)

func isAbs(path string) bool { return strings.HasPrefix(path, "/") }

func join(parts ...string) string {
	path := parts[0]
	for _, part := range parts[1:] {
		path = strings.TrimRight(path, "/") + "/" + part
	}
	return path
}

func exists(path string) bool {
	var st syscall.Stat_t
	return syscall.Stat(path, &st) == nil
}

// dataDir follows the XDG Base Directory Specification, on macOS too, as uv does;
// a relative XDG_DATA_HOME is ignored, as it demands.
func dataDir(getenv func(string) string) (string, error) {
	if data := getenv("XDG_DATA_HOME"); isAbs(data) {
		return data, nil
	}
	home := getenv("HOME")
	if !isAbs(home) {
		return "", errors.New("HOME: want an absolute path")
	}
	return join(home, ".local", "share"), nil
}

// stateDir is where uv keeps what is its own.
func stateDir(getenv func(string) string, data string) string {
	if home := getenv("HOME"); runtime.GOOS == "darwin" && isAbs(home) {
		if native := join(home, "Library", "Application Support", "uv"); exists(native) {
			return native
		}
	}
	return join(data, "uv")
}
