//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
	pyx "github.com/sesame-auth/sesame/providers/pyx/profile"
)

// checkConfiguration reads the configuration as the tools' programs do.
func checkConfiguration(c *checkup) []finding {
	switch {
	case c.path == "":
		return []finding{doubtful("there is no configuration, since there is no home directory", "set HOME, or SESAME_CONFIG to an absolute path")}
	case c.loadErr != nil && errors.Is(c.loadErr, fs.ErrNotExist) && !c.named:
		return []finding{good("there is no " + c.path + ": providers serve what they serve by themselves")}
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
		found = append(found, wrong("there is no folder for tokens", "set SESAME_STATE_DIR, XDG_STATE_HOME or HOME to an absolute path"))
	case err == nil && info.IsDir() && unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
		found = append(found, wrong(dir+", the folder for tokens, cannot be written", "chmod u+rwx "+dir))
	}
	for _, fault := range c.survey.Faults {
		found = append(found, wrong(fault.Err.Error(), "rm "+filepath.Join(dir, fault.Key+".token")))
	}
	found = append(found, c.keptAside()...)
	found = append(found, c.checkLogins()...)
	for _, name := range []string{audit.Variable, "SESAME_LOG_FILE"} {
		found = append(found, checkLogFile(name, c.getenv(name))...)
	}
	switch {
	case found != nil:
		return found
	case errors.Is(err, fs.ErrNotExist):
		return []finding{good(dir + " is not there; it is made for the first token")}
	}
	return []finding{good("only their owner can read what is in " + dir)}
}

// keptAside tells of damaged records that were replaced: a person may still make out a refresh token in one.
func (c *checkup) keptAside() (found []finding) {
	names, _ := filepath.Glob(filepath.Join(c.store.Dir, "*.damaged"))
	for _, name := range names {
		found = append(found, doubtful(name+" is a damaged record, kept aside since it may hold a refresh token", "rm "+name))
	}
	return found
}

// checkLogins looks at the files of another program's logins.
func (c *checkup) checkLogins() (found []finding) {
	for _, path := range pyx.Profile().Sources(c.getenv) {
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			found = append(found, doubtful(path+", the login of uv, is open to other users", "chmod 600 "+path))
		}
	}
	return found
}

// checkLogFile looks at the file that a variable names.
func checkLogFile(variable, path string) []finding {
	if path == "" {
		return nil
	}
	if !filepath.IsAbs(path) {
		return []finding{wrong(variable+" is not an absolute path", "set it to one")}
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if unix.Access(filepath.Dir(path), unix.W_OK|unix.X_OK) != nil {
			return []finding{wrong(variable+": "+filepath.Dir(path)+" is no folder that can be written", "mkdir -p "+filepath.Dir(path))}
		}
		return nil
	case err != nil:
		return []finding{wrong(variable+": "+err.Error(), "set it to another file")}
	case !info.Mode().IsRegular():
		return []finding{wrong(variable+": "+path+" is not a regular file", "set it to another file")}
	case info.Mode().Perm()&0o022 != 0:
		return []finding{wrong(variable+": other users can write to "+path, "chmod go-w "+path)}
	case unix.Access(path, unix.W_OK) != nil:
		return []finding{wrong(variable+": "+path+" cannot be written", "chmod u+w "+path)}
	case info.Mode().Perm()&0o044 != 0:
		return []finding{doubtful(variable+": other users can read "+path, "chmod go-r "+path)}
	}
	return nil
}
