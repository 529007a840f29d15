package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bazelFront is the program that Bazel is to call.
const bazelFront = "bazel-credential-sesame" + extension

// A bazelHelper is one --credential_helper of a .bazelrc.
type bazelHelper struct {
	file    string
	scope   string // a host, or "*." and a host; "" is every host
	program string
}

// checkBazel looks at what the files that Bazel reads here have it call.
func checkBazel(c *checkup) (found []finding) {
	rc := c.readBazelrc()
	ours := slices.DeleteFunc(slices.Clone(rc.helpers), func(h bazelHelper) bool { return !isOurs(h.program) })
	for _, fault := range rc.faults {
		found = append(found, doubtful(fault, "correct the file"))
	}
	if len(ours) == 0 {
		return append(found, good("no .bazelrc that counts here names sesame; to change that, type: sesame setup bazel"))
	}
	for _, h := range ours {
		f := c.checkBazelProgram(h, rc.workspace)
		if f == nil && h.scope != "" {
			f = c.checkServed("bazel", "https://"+strings.Replace(h.scope, "*.", "any.", 1))
		}
		found = append(found, f...)
	}
	found = append(found, overridden(rc.helpers)...)
	if rc.timeout > 0 && rc.timeout < 10*time.Second {
		found = append(found, doubtful("--credential_helper_timeout is "+brief(rc.timeout)+": a front may take 8 seconds for a refresh",
			"leave it at Bazel's ten seconds"))
	}
	var asks []string
	for _, h := range ours {
		scope := h.scope
		if scope == "" {
			scope = "every host"
		}
		asks = append(asks, scope+" ("+h.file+")")
	}
	return append(found, good("Bazel is told to ask sesame for "+strings.Join(asks, ", ")))
}

// overridden tells where Bazel calls another program for every host, though sesame is named for that: of
// several the last counts.
func overridden(helpers []bazelHelper) []finding {
	var ours, last bazelHelper
	for _, h := range helpers {
		if h.scope != "" {
			continue
		}
		if last = h; isOurs(h.program) {
			ours = h
		}
	}
	if ours.program == "" || isOurs(last.program) {
		return nil
	}
	return []finding{doubtful("Bazel calls "+last.program+" for every host ("+last.file+"), and not "+
		ours.program+" ("+ours.file+"): the last one counts", "remove one of the two lines")}
}

// checkBazelProgram looks at the program that a helper names: on PATH, or by an absolute path.
func (c *checkup) checkBazelProgram(h bazelHelper, workspace string) []finding {
	const use = "use the name " + bazelFront
	program := filepath.FromSlash(strings.Replace(h.program, "%workspace%", workspace, 1))
	switch base := programName(program); {
	case strings.ContainsAny(h.program, separators) && !filepath.IsAbs(program):
		return []finding{wrong(h.file+": Bazel takes an absolute path, or a name without a slash, and not "+h.program, use)}
	case base == "sesame" || base == "docker-credential-sesame" || base == "git-credential-sesame":
		return []finding{wrong(h.file+": Bazel is told to call "+base+", which does not speak its protocol", use)}
	case !filepath.IsAbs(program) && !strings.HasSuffix(program, extension):
		return []finding{doubtful(h.file+": Bazel looks for a file with the very name "+program+", and the program is "+program+extension, use)}
	case !filepath.IsAbs(program):
		return c.checkCalled("Bazel", base)
	case !isExecutable(program):
		return []finding{wrong(h.file+": Bazel is told to call "+program+", which cannot be started", use)}
	}
	return nil
}

// A bazelrc is what the files say together.
type bazelrc struct {
	workspace string // "" where the working directory is in none
	helpers   []bazelHelper
	timeout   time.Duration // zero if it is not said
	faults    []string
	read      []string // the files
}

// readBazelrc reads the files that Bazel reads in the working directory, in its order
// (https://bazel.build/run/bazelrc): the system's, the workspace's and the person's.
func (c *checkup) readBazelrc() *bazelrc {
	rc := &bazelrc{workspace: workspaceOf(c.cwd)}
	files := []string{systemBazelrc(c.getenv)}
	if rc.workspace != "" {
		files = append(files, filepath.Join(rc.workspace, ".bazelrc"))
	}
	if home := c.getenv(homeVariable); home != "" {
		files = append(files, filepath.Join(home, ".bazelrc"))
	}
	for _, file := range files {
		rc.file(file, true)
	}
	return rc
}

// workspaceOf returns the folder, this one or above it, that is a workspace.
func workspaceOf(dir string) string {
	for ; filepath.IsAbs(dir); dir = filepath.Dir(dir) {
		for _, name := range []string{"MODULE.bazel", "REPO.bazel", "WORKSPACE.bazel", "WORKSPACE"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return dir
			}
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return ""
}

// maxBazelrc is how many files are read.
const maxBazelrc = 64

// file reads one file and those that it imports.
func (rc *bazelrc) file(path string, optional bool) {
	if slices.Contains(rc.read, path) || len(rc.read) == maxBazelrc {
		return
	}
	rc.read = append(rc.read, path)
	text, err := os.ReadFile(path)
	if err != nil {
		if !optional || !errors.Is(err, fs.ErrNotExist) {
			rc.faults = append(rc.faults, "a .bazelrc cannot be read: "+err.Error())
		}
		return
	}
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", "")) {
		rc.line(path, bazelWords(line))
	}
}

// line reads the words of a line: a command, perhaps with a configuration's name, and its options.
func (rc *bazelrc) line(path string, words []string) {
	if len(words) == 2 && (words[0] == "import" || words[0] == "try-import") {
		rc.file(filepath.FromSlash(strings.Replace(words[1], "%workspace%", rc.workspace, 1)), words[0] == "try-import")
		return
	}
	for i, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok && i+1 < len(words) {
			value = words[i+1]
		}
		switch name {
		case "--credential_helper", "--experimental_credential_helper":
			scope, program, scoped := strings.Cut(value, "=")
			if !scoped {
				scope, program = "", value
			}
			rc.helpers = append(rc.helpers, bazelHelper{file: path, scope: scope, program: program})
		case "--credential_helper_timeout", "--experimental_credential_helper_timeout":
			if rc.timeout, _ = time.ParseDuration(value); rc.timeout == 0 {
				seconds, _ := strconv.Atoi(value)
				rc.timeout = time.Duration(seconds) * time.Second
			}
		}
	}
}

// bazelWords splits a line as Bazel does: by blanks, with quotes of both kinds, backslashes, and "#" for the rest.
func bazelWords(line string) (words []string) {
	var word strings.Builder
	var quote rune
	begun, escaped := false, false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			begun, escaped = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			begun, quote = true, r
		case quote == 0 && r == '#':
			end()
			return words
		case quote == 0 && strings.ContainsRune(" \t\r\n", r):
			end()
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	end()
	return words
}
