package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
	"github.com/sesame-auth/sesame/core"
)

// gitFront is the program that git is to call, by the name "sesame".
const gitFront = "git-credential-sesame"

// A gitHelper is one credential.helper or credential.URL.helper of git's configuration.
type gitHelper struct {
	origin string // "file:/home/me/.gitconfig"
	scope  string // a URL; "" is all
	value  string
}

// ours reports whether it means sesame, rightly or not.
func (h gitHelper) ours() bool {
	program, _, _ := strings.Cut(h.value, " ")
	snippet := strings.HasPrefix(h.value, "!") || strings.HasPrefix(h.value, "'") || strings.HasPrefix(h.value, `"`)
	return isOurs(program) || snippet && strings.Contains(h.value, "-credential-sesame")
}

// isOurs reports whether a program is one of sesame's, by its name.
func isOurs(program string) bool {
	base := programName(program)
	return base == "sesame" || strings.HasSuffix(base, "-credential-sesame")
}

// programName returns the name of a program without what it ends with on this system.
func programName(program string) string {
	return strings.TrimSuffix(filepath.Base(program), extension)
}

// checkGit looks at what git's configuration, as it is in the working directory, has it call.
func checkGit(c *checkup) (found []finding) {
	if _, err := exec.LookPath("git"); err != nil {
		return []finding{good("git is not installed")}
	}
	helpers, err := c.gitHelpers()
	if err != nil {
		return []finding{wrong("git does not tell its configuration: "+err.Error(), "correct the file that git names")}
	}
	var asks []string
	for i, h := range helpers {
		if !h.ours() {
			continue
		}
		if cleared := clearedBy(helpers[i+1:], h.scope); cleared != nil {
			found = append(found, wrong("git's list of helpers is cleared after sesame, by an empty helper in "+
				strings.TrimPrefix(cleared.origin, "file:"), "take that line out, or move it up: "+editGit(cleared.origin)))
			continue
		}
		f := c.checkGitProgram(h)
		if f == nil && h.scope != "" {
			f = c.checkServed("git", h.scope)
		}
		found = append(found, f...)
		scope := h.scope
		if scope == "" {
			scope = "every URL"
		}
		asks = append(asks, scope+" ("+strings.TrimPrefix(h.origin, "file:")+")")
	}
	if asks == nil && found != nil {
		return found
	}
	if asks == nil {
		return []finding{good("git's configuration does not name sesame; to change that, type: sesame setup git")}
	}
	found = append(found, checkGitNeighbours(helpers)...)
	found = append(found, c.checkGitPaths()...)
	return append(found, good("git is told to ask sesame for "+strings.Join(asks, ", ")))
}

// git runs git in the working directory. That a setting is not there is no error.
func (c *checkup) git(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(c.ctx, checkLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.WaitDelay = checkLimit
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return "", nil
	}
	if text := strings.TrimSpace(complaint.String()); err != nil && text != "" {
		err = errors.New(text)
	}
	return string(out), err
}

// gitHelpers returns the helpers in git's order.
func (c *checkup) gitHelpers() ([]gitHelper, error) {
	out, err := c.git("config", "--null", "--show-origin", "--get-regexp", `^credential\.(.*\.)?helper$`)
	if err != nil {
		return nil, err
	}
	return parseGitHelpers(out), nil
}

// parseGitHelpers reads "ORIGIN NUL KEY LF VALUE NUL" for each.
func parseGitHelpers(out string) (helpers []gitHelper) {
	parts := strings.Split(out, "\x00")
	for i := 0; i+1 < len(parts); i += 2 {
		key, value, _ := strings.Cut(parts[i+1], "\n")
		scope := strings.TrimSuffix(strings.TrimPrefix(key, "credential."), "helper")
		helpers = append(helpers, gitHelper{origin: parts[i], scope: strings.TrimSuffix(scope, "."), value: value})
	}
	return helpers
}

// checkGitProgram looks at the program that git starts for a helper. It takes a value for a path by its first
// character alone.
func (c *checkup) checkGitProgram(h gitHelper) []finding {
	use := "write the name sesame there: " + editGit(h.origin)
	program, _, _ := strings.Cut(h.value, " ")
	where := strings.TrimPrefix(h.origin, "file:") + ": "
	isPath := filepath.IsAbs(h.value) || h.value[0] == '/'
	switch base := programName(program); {
	case h.value[0] == '!':
		return nil // a shell's command can be anything
	case h.value[0] == '"' || h.value[0] == '\'' || h.value[0] == '~' || h.value[0] == '.':
		return []finding{wrong(where+"git takes "+h.value+" for a name, and not for a path", use)}
	case !isPath && program == "sesame":
		return c.checkGitName()
	case !isPath:
		return []finding{wrong(where+"git is told to call git-credential-"+program+", which is no program of sesame's", use)}
	case base == "sesame" && slices.Contains(strings.Fields(h.value), "git") && isExecutable(program):
		return nil // it says how to speak
	case base != gitFront:
		return []finding{wrong(where+"git is told to call "+program+", which does not speak its protocol", use)}
	case !isExecutable(program):
		return []finding{wrong(where+"git is told to call "+program+", which cannot be started", use)}
	}
	return nil
}

// clearedBy returns the helper that empties git's list for the same URLs, an empty value, if sesame is not set again behind it.
func clearedBy(later []gitHelper, scope string) *gitHelper {
	for i, h := range later {
		if h.value == "" && (h.scope == scope || h.scope == "") && !slices.ContainsFunc(later[i+1:], gitHelper.ours) {
			return &later[i]
		}
	}
	return nil
}

// editGit is the command that opens the file of a setting, whichever it is.
func editGit(origin string) string {
	if path, ok := strings.CutPrefix(origin, "file:"); ok {
		return "git config --file " + shell.Word(path) + " --edit"
	}
	return "git config --edit"
}

// checkGitName looks for the front where git does: among its own programs, and on PATH.
func (c *checkup) checkGitName() []finding {
	if dir, err := c.git("--exec-path"); err == nil && isExecutable(filepath.Join(strings.TrimSpace(dir), gitFront+extension)) {
		return nil
	}
	return c.checkCalled("git", gitFront)
}

// gitStores are helpers that keep what they are told.
var gitStores = []string{"store", "cache", "osxkeychain", "libsecret", "gnome-keyring", "wincred", "manager", "manager-core", "netrc"}

// checkGitNeighbours warns of a helper beside sesame in the list for every URL that keeps tokens of its own: git has
// each helper store what one of them answered, and an old token then comes before sesame's.
func checkGitNeighbours(helpers []gitHelper) []finding {
	var list []gitHelper
	for _, h := range helpers {
		switch {
		case h.scope != "":
		case h.value == "":
			list = nil
		default:
			list = append(list, h)
		}
	}
	if !slices.ContainsFunc(list, gitHelper.ours) {
		return nil
	}
	for _, h := range list {
		name, _, _ := strings.Cut(h.value, " ")
		if name = strings.TrimPrefix(programName(name), "git-credential-"); slices.Contains(gitStores, name) && !h.ours() {
			return []finding{doubtful("git also has its helper "+name+" keep the tokens that sesame answers ("+
				strings.TrimPrefix(h.origin, "file:")+")", "have git ask sesame alone: sesame setup git --help")}
		}
	}
	return nil
}

// checkGitPaths tells of a route with a path for a host whose paths git does not tell, unless git must know it by
// another route.
func (c *checkup) checkGitPaths() (found []finding) {
	for _, route := range c.loaded.Routes {
		p := route.Pattern
		if p.Path == "" || p.Wildcard {
			continue
		}
		host := p.Example()
		host.Path = ""
		if c.d == nil || c.d.Finder.Find(new(core.Query), host, "") == nil {
			continue
		}
		out, err := c.git("config", "--type=bool", "--get-urlmatch", "credential.useHttpPath", p.String())
		if err == nil && strings.TrimSpace(out) != "true" {
			found = append(found, finding{
				Status: statusOK, What: "git tells no paths, so for git there is no route " + p.String(),
				Repair: "if git is to use it, type: git config --global credential." + host.String() + ".useHttpPath true",
			})
		}
	}
	return found
}
