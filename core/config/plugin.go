package config

import (
	"path/filepath"
	"strings"

	"github.com/sesame-auth/sesame/core/routes"
)

// plugin reads a [plugin.NAME]. Path and pin are both required: an executable that was
// exchanged must not run, and a plugin is never searched for.
func (f *file) plugin(t table) routes.Plugin {
	t.know(pluginKeys)
	p := routes.Plugin{Name: t.key}
	if _, builtin := f.profiles[t.key]; builtin {
		f.report(t.start(), "%s: a provider of that name is built in: choose another name", t.title)
	} else if !isPluginName(t.key) {
		f.report(t.start(), "plugin name %s: want lower-case letters, digits and hyphens, a letter first, 64 at most",
			quote(t.key))
	}
	t.need("path", `such as path = "/usr/local/libexec/sesame-provider-acme"`)
	path, ok := t.text("path")
	if ok && (!filepath.IsAbs(path) || filepath.Clean(path) != path) {
		t.report("path", `want an absolute path without "." or ".."`)
	}
	p.Path = path
	t.need("sha256", "the executable's pin; to print it, type: sesame plugins pin PATH")
	sum, ok := t.text("sha256")
	if p.SHA256 = strings.ToLower(sum); ok && !isSHA256(p.SHA256) {
		t.report("sha256", "want 64 hexadecimal digits; to print them, type: sesame plugins pin PATH")
	}
	p.Keeps = t.boolean("keeps")
	p.Variables = t.texts("variables")
	for _, name := range p.Variables {
		if !isVariable(name) {
			t.report("variables", "%s is not the name of an environment variable", quote(name))
		}
	}
	return p
}

// The characters that names are made of.
const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)

// maxPluginName is the length of a plugin's name, in bytes.
const maxPluginName = 64

// isPluginName reports whether name matches ^[a-z][a-z0-9-]*$ and is not too long: it becomes part of file
// names.
func isPluginName(name string) bool {
	return name != "" && len(name) <= maxPluginName && isOf(name[:1], letters) && isOf(name, letters+digits+"-")
}

// isVariable reports whether name is a POSIX environment variable's: [A-Za-z_][A-Za-z0-9_]*.
func isVariable(name string) bool {
	return name != "" && isOf(name[:1], letters+capital+"_") && isOf(name, letters+capital+digits+"_")
}

func isSHA256(sum string) bool { return len(sum) == 64 && isOf(sum, digits+"abcdef") }

// isOf reports whether text has no other characters than those of set.
func isOf(text, set string) bool { return strings.Trim(text, set) == "" }
