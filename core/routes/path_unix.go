//go:build unix

package routes

import "strings"

func defaultPath(getenv func(string) string) string {
	// A relative directory counts as unset, by the XDG Base Directory
	// specification ("must be absolute").
	if dir := getenv("XDG_CONFIG_HOME"); strings.HasPrefix(dir, "/") {
		return strings.TrimRight(dir, "/") + "/sesame/config.toml"
	}
	if home := getenv("HOME"); strings.HasPrefix(home, "/") {
		return strings.TrimRight(home, "/") + "/.config/sesame/config.toml"
	}
	return ""
}
