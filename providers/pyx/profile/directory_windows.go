package profile

import (
	"errors"
	"os"
	"path/filepath"
)

func isAbs(path string) bool { return filepath.IsAbs(path) }

func join(parts ...string) string { return filepath.Join(parts...) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// dataDir is the user's roaming application data.
func dataDir(getenv func(string) string) (string, error) {
	data := getenv("APPDATA")
	if !isAbs(data) {
		return "", errors.New("APPDATA: want an absolute path")
	}
	return data, nil
}

// stateDir is where uv keeps what is its own.
func stateDir(_ func(string) string, data string) string {
	if older := join(data, "uv", "data"); exists(older) {
		return older
	}
	return join(data, "uv")
}
