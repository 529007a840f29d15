package routes

import "path/filepath"

func defaultPath(getenv func(string) string) string {
	if data := getenv("APPDATA"); filepath.IsAbs(data) {
		return filepath.Join(data, "sesame", "config.toml")
	}
	return ""
}
