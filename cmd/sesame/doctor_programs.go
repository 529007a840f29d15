package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/core"
)

// fronts are the programs that tools start.
var fronts = []string{"bazel-credential-sesame", "git-credential-sesame", "docker-credential-sesame"}

// checkInstallation looks at the programs beside this one.
func checkInstallation(c *checkup) (found []finding) {
	if c.folder == "" {
		return []finding{wrong("the folder of this program is not known", "see that /proc is mounted: sudo mount -t proc proc /proc")}
	}
	for _, name := range fronts {
		path := filepath.Join(c.folder, name+extension)
		switch version, err := versionOf(c.ctx, path); {
		case !isExecutable(path):
			found = append(found, doubtful(name+" is not in "+c.folder+", where sesame is",
				"install all programs of one release into "+c.folder))
		case err != nil:
			found = append(found, wrong(path+" cannot be started: "+err.Error(), "install all programs of one release into "+c.folder))
		case version != core.Version:
			found = append(found, mismatch(path, version, c.folder))
		}
	}
	if found == nil {
		found = append(found, good("sesame "+core.Version+" and what the tools start are in "+c.folder))
	}
	return found
}

// mismatch is the fault of a front that no program of this version works for.
func mismatch(path, version, folder string) finding {
	is := "is of version " + version
	if version == "" {
		is = "is of an older version, which does not tell its own"
	}
	return wrong(path+" "+is+", sesame of "+core.Version+": they do not work together",
		"install all programs of one release into "+folder)
}

// versionOf starts a front and returns the version that it tells; "" if it tells none.
func versionOf(ctx context.Context, path string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = checkLimit
	// Neither is this an answer to a tool, nor is a log wanted.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, audit.Variable+"=") || strings.HasPrefix(pair, "SESAME_LOG")
	})
	out, err := cmd.Output()
	if _, ended := err.(*exec.ExitError); err != nil && (!ended || ctx.Err() != nil) {
		return "", err
	}
	words := strings.Fields(string(out))
	if err != nil || len(words) < 2 {
		return "", nil
	}
	return core.Printable(words[len(words)-1]), nil
}

// checkPath looks for the fronts where the tools look.
func checkPath(c *checkup) (found []finding) {
	if c.folder == "" {
		return nil // nothing could be compared
	}
	for _, name := range fronts {
		found = append(found, c.checkOnPath(name)...)
	}
	if found == nil {
		return []finding{good("PATH leads to the programs in " + c.folder)}
	}
	return found
}

func (c *checkup) checkOnPath(name string) []finding {
	mine := filepath.Join(c.folder, name+extension)
	all := c.onPath(name)
	if len(all) == 0 {
		if !isExecutable(mine) {
			return nil // it is not installed, which another check says
		}
		return []finding{doubtful(name+" is not on PATH, where its tool looks for it",
			addToPath(c.folder))}
	}
	first := realPath(all[0])
	if first != realPath(mine) {
		return []finding{c.checkOther(name, all[0])}
	}
	for _, other := range all[1:] {
		if realPath(other) != first {
			return []finding{doubtful("PATH has "+name+" twice: "+all[0]+" is used, "+other+" is not", "remove "+other)}
		}
	}
	return nil
}

// checkOther looks at a front on PATH that is not of this installation.
func (c *checkup) checkOther(name, path string) finding {
	version, err := versionOf(c.ctx, path)
	switch {
	case err != nil:
		return wrong(path+", which is the first on PATH, cannot be started: "+err.Error(), "remove it, or install it anew")
	case version != core.Version:
		f := mismatch(path+", which is the first on PATH,", version, c.folder)
		f.Repair = "remove " + path + ", or put " + c.folder + " in front of it in PATH"
		return f
	case !isExecutable(filepath.Join(filepath.Dir(realPath(path)), "sesame"+extension)):
		return wrong(path+", which is the first on PATH, has no sesame beside it, and starts no other",
			replaceBy(filepath.Join(c.folder, name), path))
	}
	return doubtful("PATH leads to another installation: "+path+", this one is in "+c.folder, "remove one of the two")
}

// onPath returns the programs of that name in the folders of PATH, in their order. Relative folders are left
// out: what they mean depends on where one is.
func (c *checkup) onPath(name string) (all []string) {
	for _, dir := range filepath.SplitList(c.getenv("PATH")) {
		path := filepath.Join(dir, name+extension)
		if filepath.IsAbs(dir) && isExecutable(path) && !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}
