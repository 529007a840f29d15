package release

import (
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
)

// A release is one that is being built.
type release struct {
	root  string // of the source
	dir   string // where the result goes
	stage string // a folder for what goes into the result

	version string    // as archives have it: 0.1.0, or 0.1.0-snapshot.20260102T150405.1a2b3c4d5e6f
	commit  string    // in full
	when    time.Time // of the commit

	level int // of compression: gzip.BestCompression for what people download
}

// newRelease looks at the commit that is built. The folder dir is there.
func newRelease(dir string) (*release, error) {
	root, err := output("go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return nil, err
	}
	r := &release{root: strings.TrimSpace(root), level: gzip.BestCompression}
	if r.dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	out, err := r.output("git", "log", "-1", "--format=%H %ct")
	if err != nil {
		return nil, err
	}
	commit, stamp, _ := strings.Cut(strings.TrimSpace(out), " ")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("time of the commit: %w", err)
	}
	tags, err := r.output("git", "tag", "--points-at", "HEAD", "--list", "v*")
	if err != nil {
		return nil, err
	}
	changed, err := r.output("git", "status", "--porcelain")
	if err != nil {
		return nil, err
	}
	r.commit, r.when = commit, time.Unix(seconds, 0).UTC()
	if r.version, err = versionOf(core.Version, commit, r.when, strings.Fields(tags), changed != ""); err != nil {
		return nil, err
	}
	r.stage, err = os.MkdirTemp("", "sesame-release-")
	return r, err
}

// clean removes what is not the result.
func (r *release) clean() { os.RemoveAll(r.stage) }

// versionOf names what is built: by its version if the commit has the tag of that, else as a snapshot. Snapshots are ordered
// by their commits' times, and come before the version itself. A tree that has changed since the commit is no release.
func versionOf(version, commit string, when time.Time, tags []string, changed bool) (string, error) {
	for _, tag := range tags {
		switch {
		case tag != "v"+version:
			return "", fmt.Errorf("the commit has the tag %s, but the programs say %s: correct core.Version, or the tag", tag, version)
		case changed:
			return "", fmt.Errorf("the commit has the tag %s, but files have changed since: commit them, or take them back", tag)
		}
	}
	if len(tags) > 0 {
		return version, nil
	}
	if len(commit) < 12 {
		return "", errors.New("the commit has no name")
	}
	snapshot := version + "-snapshot." + when.Format("20060102T150405") + "." + commit[:12]
	if changed {
		snapshot += ".changed"
	}
	return snapshot, nil
}

// output runs a program at the root of the source and returns what it prints.
func (r *release) output(name string, args ...string) (string, error) {
	return outputIn(r.root, nil, name, args...)
}

func output(name string, args ...string) (string, error) { return outputIn("", nil, name, args...) }

// outputIn runs a program in a folder, with more variables than ours.
func outputIn(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return string(out), nil
}
