package wiring

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/protocols"
)

// The lines around those of ours, in .bazelrc.
const (
	bazelBegin = `# Written by "sesame setup bazel"; "sesame setup bazel --undo" takes it away.`
	bazelEnd   = `# End of "sesame setup bazel".`
)

// A Bazel is a .bazelrc that is to name sesame as credential helper.
type Bazel struct {
	// Programs is the folder that sesame's programs are in.
	Programs string
	// File is the .bazelrc; "" is the person's own, ~/.bazelrc.
	File string
	// Hosts are the scopes: a host name, or "*." and one, which stands for that host too and all below
	// it. None is every host.
	Hosts []string
}

// bazelScope is what Bazel takes for a scope: no scheme, no port, no path.
var bazelScope = regexp.MustCompile(`^(\*\.)?[\pL\pN-]+(\.[\pL\pN-]+)*$`)

// Tool returns the tool. Its error is a [protocols.UsageError] where a scope is none.
func (b Bazel) Tool() (Tool, error) {
	b.Hosts = slices.Clone(b.Hosts)
	t := Tool{command: []string{"bazel"}, mask: maskLines, editor: &b}
	path := b.File
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return t, fmt.Errorf("~/.bazelrc: %w; name the file: sesame setup bazel --file FILE", err)
		}
		path = filepath.Join(home, ".bazelrc")
	} else {
		t.command = append(t.command, "--file", b.File)
	}
	path, err := filepath.Abs(path)
	t.place = place{path: path, mode: 0o644}
	for i, host := range b.Hosts {
		if !bazelScope.MatchString(host) {
			return t, protocols.UsageError(fmt.Sprintf("--host %q: want cache.example.com or *.example.com, "+
				"without a port and a path: Bazel knows none there", host))
		}
		b.Hosts[i] = strings.ToLower(host)
		t.command = append(t.command, "--host", b.Hosts[i])
	}
	return t, err
}

// chosen: a setting is named by its scope, "" for every host.
func (b *Bazel) chosen(setting string) bool {
	return len(b.Hosts) == 0 || slices.Contains(b.Hosts, setting)
}

func (b *Bazel) plan(_ context.Context, f file) (plan, error) {
	helper, err := b.helper()
	if err != nil {
		return plan{}, err
	}
	scopes := b.Hosts
	if len(scopes) == 0 {
		scopes = []string{""}
	}
	var p plan
	text := f.text
	for _, scope := range scopes {
		there, err := isAsked(f, scope)
		if err != nil {
			return plan{}, err
		}
		if there {
			continue
		}
		line := "common --credential_helper=" + helper
		if scope != "" {
			line = "common --credential_helper=" + scope + "=" + helper
		}
		text = appendLine(text, line)
		p.edits = append(p.edits, edit{setting: scope, value: line, text: text})
	}
	if len(p.edits) > 0 && helper != bazelProgram {
		p.notes = append(p.notes, "the line names "+helper+", since bazel-credential-sesame is not in the PATH: "+
			"it is good for this machine only")
	}
	return p, nil
}

// bazelProgram is the program's name as Bazel looks for it in the PATH, where Bazel adds no extension.
const bazelProgram = "bazel-credential-sesame" + extension

// helper is how the line names the program: the name, which is good on every machine of this system that has
// it in the PATH, else its absolute path. A flag has no way to say anything else.
func (b *Bazel) helper() (string, error) {
	found, err := find(b.Programs, "bazel-credential-sesame")
	if err != nil {
		return "", err
	}
	if found.inPath {
		return bazelProgram, nil
	}
	if strings.ContainsAny(found.path, "=\n\r") {
		return "", fmt.Errorf("%s: Bazel cannot name a program with such a path; put its folder into the PATH", found.path)
	}
	return rcWord(filepath.ToSlash(found.path)), nil
}

// isAsked reports whether the file names sesame for a scope already. It fails where it names another
// helper for it: Bazel asks one only, and which one is for the person to decide.
func isAsked(f file, scope string) (there bool, err error) {
	for _, h := range rcHelpers(f.text) {
		// What stands under a --config counts only where that is asked for.
		if h.scope != scope || strings.Contains(h.command, ":") {
			continue
		}
		if filepath.Base(h.helper) != bazelProgram {
			hosts := "every host"
			if scope != "" {
				hosts = scope
			}
			return false, fmt.Errorf("%s:%d: another helper is asked for %s already, and Bazel asks only one: "+
				"remove that, or give sesame hosts of its own: sesame setup bazel --host PATTERN", f.path, h.line, hosts)
		}
		there = there || h.command == "common"
	}
	return there, nil
}

// appendLine adds a line to those of ours, at the end of the file if there are none yet.
func appendLine(text, line string) string {
	end := "\n"
	if strings.Contains(text, "\r\n") {
		end = "\r\n"
	}
	lines := strings.SplitAfter(text, "\n")
	if _, last, ok := marks(lines); ok {
		return strings.Join(slices.Insert(lines, last, line+end), "")
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += end
	}
	// A backslash at the end of the last line would make ours a part of it.
	if strings.HasSuffix(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r"), `\`) {
		text += end
	}
	return text + bazelBegin + end + line + end + bazelEnd + end
}

// marks returns the lines that stand around ours.
func marks(lines []string) (begin, end int, ok bool) {
	is := func(mark string) func(string) bool {
		return func(line string) bool { return strings.TrimSpace(line) == mark }
	}
	begin = slices.IndexFunc(lines, is(bazelBegin))
	if begin < 0 {
		return 0, 0, false
	}
	end = slices.IndexFunc(lines[begin:], is(bazelEnd))
	return begin, begin + end, end >= 0
}

// without removes the line, and the marks when nothing is left between them.
func (b *Bazel) without(_ context.Context, text string, s step) (rest, left string, err error) {
	lines := strings.SplitAfter(text, "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.TrimSpace(line) == s.Value })
	if at >= 0 {
		lines = slices.Delete(lines, at, at+1)
	}
	if begin, end, ok := marks(lines); ok && strings.TrimSpace(strings.Join(lines[begin+1:end], "")) == "" {
		lines = slices.Delete(lines, begin, end+1)
	}
	return strings.Join(lines, ""), "", nil
}

// marked returns the settings between the marks.
func (b *Bazel) marked(text string) (list []step) {
	lines := strings.SplitAfter(text, "\n")
	begin, end, ok := marks(lines)
	if !ok {
		return nil
	}
	for _, line := range lines[begin+1 : end] {
		for _, h := range rcHelpers(line) {
			list = append(list, step{Setting: h.scope, Value: strings.TrimSpace(line)})
		}
	}
	return list
}
