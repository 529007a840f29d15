package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/cmd/internal/shell"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
	pyx "github.com/sesame-auth/sesame/providers/pyx/profile"
)

// checkConfiguration reads the configuration as the tools' programs do.
func checkConfiguration(c *checkup) []finding {
	switch {
	case c.path == "":
		return []finding{doubtful("there is no configuration, since there is no home directory", "set "+configVariable+", or SESAME_CONFIG to an absolute path")}
	case c.loadErr != nil && errors.Is(c.loadErr, fs.ErrNotExist) && !c.named:
		return []finding{good("there is no " + c.path + ": providers serve what they serve by themselves")}
	case c.loadErr != nil && !filepath.IsAbs(c.path):
		return []finding{wrong(c.loadErr.Error(), "set SESAME_CONFIG to an absolute path, or give --config one")}
	case c.loadErr != nil:
		var found []finding
		for line := range strings.Lines(c.loadErr.Error()) {
			found = append(found, wrong(strings.TrimSpace(line), repairIn(line, "correct "+c.path+", and type: sesame config check")))
		}
		return found
	case c.openErr != nil:
		return []finding{wrong(c.openErr.Error(), "change that variable or option")}
	}
	found := []finding{good(c.path + " has " + count(len(c.loaded.Routes), "route") + " and " + count(len(c.loaded.Plugins), "plugin"))}
	for _, route := range c.loaded.Routes {
		if hasInlineSecret(route) {
			found = append(found, doubtful("the secret of "+route.Pattern.String()+" stands in the configuration itself, and in each copy of it",
				"put it into a file of its own, and name that with secret_file"))
		}
	}
	return found
}

func hasInlineSecret(route routes.Route) bool {
	return slices.ContainsFunc(route.Options, func(o providers.Option) bool { return o.Name == "secret" })
}

// repairIn returns the command that a message names at its end, or other.
func repairIn(message, other string) string {
	for _, mark := range []string{"to repair it, type: ", "type: ", "run: "} {
		if _, command, ok := strings.Cut(message, mark); ok {
			return strings.TrimSpace(command)
		}
	}
	return other
}

// checkFiles looks at who can read and write what is kept.
func checkFiles(c *checkup) (found []finding) {
	dir := c.store.Dir
	info, err := os.Stat(dir)
	switch {
	case c.storeErr != nil:
		found = append(found, wrong(c.storeErr.Error(), repairIn(c.storeErr.Error(), "set SESAME_STATE_DIR to a folder of your own")))
	case dir == "":
		found = append(found, wrong("there is no folder for tokens", "set "+stateVariables+" to an absolute path"))
	case err == nil && info.IsDir() && !canWriteIn(dir):
		found = append(found, wrong(dir+", the folder for tokens, cannot be written", allowAll(dir)))
	case errors.Is(err, fs.ErrNotExist) && !canWriteIn(above(dir)):
		found = append(found, wrong(dir+", the folder for tokens, cannot be made in "+above(dir), "set SESAME_STATE_DIR to a folder of your own"))
	}
	if set := c.getenv("SESAME_STATE_DIR"); set != "" && !filepath.IsAbs(set) {
		found = append(found, wrong("SESAME_STATE_DIR is no absolute path, and so counts as not set", "set it to one"))
	}
	for _, fault := range c.survey.Faults {
		found = append(found, wrong(fault.Err.Error(), shell.Remove(filepath.Join(dir, fault.Key+".token"))))
	}
	found = append(found, c.keptAside()...)
	found = append(found, c.checkLogins()...)
	found = append(found, checkLogFile("SESAME_LOG_FILE", c.getenv("SESAME_LOG_FILE"))...)
	switch {
	case found != nil:
	case errors.Is(err, fs.ErrNotExist):
		found = []finding{good(dir + " is not there; it is made for the first token")}
	default:
		found = []finding{good("only their owner can read what is in " + dir)}
	}
	return append(found, c.checkAuditLog()...)
}

// above returns the nearest folder above a path that is there.
func above(path string) string {
	for {
		parent := filepath.Dir(path)
		if _, err := os.Stat(parent); err == nil || parent == path {
			return parent
		}
		path = parent
	}
}

// checkAuditLog tells where the audit log is, and who can write to it.
func (c *checkup) checkAuditLog() []finding {
	name := "audit_log"
	if _, set := os.LookupEnv(audit.Variable); set {
		name = audit.Variable
	}
	path := audit.Path(c.loaded.AuditLog, os.LookupEnv)
	if path == "" {
		return nil
	}
	found := checkLogFile(name, path)
	if found == nil {
		found = []finding{good("the audit log is " + path)}
	}
	return found
}

// keptAside tells of damaged records that were replaced: a person may still make out a refresh token in one.
func (c *checkup) keptAside() (found []finding) {
	names, _ := filepath.Glob(filepath.Join(c.store.Dir, "*.damaged"))
	for _, name := range names {
		found = append(found, doubtful(name+" is a damaged record, kept aside since it may hold a refresh token", shell.Remove(name)))
	}
	return found
}

// checkLogins looks at the files of another program's logins.
func (c *checkup) checkLogins() (found []finding) {
	for _, path := range pyx.Profile().Sources(c.getenv) {
		found = append(found, checkLogin(path)...)
	}
	return found
}

// checkLogFile looks at the file that a variable or a key names, and at its folder.
func checkLogFile(name, path string) []finding {
	if path == "" {
		return nil
	}
	if !filepath.IsAbs(path) {
		return []finding{wrong(name+" is not an absolute path", "set it to one")}
	}
	dir := filepath.Dir(path)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !canWriteIn(dir) {
			return []finding{wrong(name+": "+dir+" is no folder that can be written", shell.MakeFolder(dir))}
		}
		return checkLogFolder(name, dir)
	case err != nil:
		return []finding{wrong(name+": "+err.Error(), "set it to another file")}
	case !info.Mode().IsRegular():
		return []finding{wrong(name+": "+path+" is not a regular file", "set it to another file")}
	}
	if found := checkLogAccess(name, path, info); found != nil {
		return found
	}
	return checkLogFolder(name, dir)
}
