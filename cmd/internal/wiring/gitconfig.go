package wiring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A gitConfig is a text in the syntax of git's configuration, which git itself changes.
type gitConfig struct {
	text string
}

// add adds a value to a key, and the edit to the plan.
func (c *gitConfig) add(ctx context.Context, p *plan, key, value string) error {
	before, err := c.count(ctx, key, value)
	if err == nil {
		_, err = c.git(ctx, "--add", key, value)
	}
	if err != nil {
		return err
	}
	// git adds behind a last line that goes on, and so into its value.
	if after, err := c.count(ctx, key, value); err != nil || after != before+1 {
		return errors.New("git's configuration ends within a line: give its last line an end, and take away a backslash there")
	}
	p.edits = append(p.edits, edit{setting: key, value: value, text: c.text})
	return nil
}

// remove removes a value from a key.
func (c *gitConfig) remove(ctx context.Context, key, value string) error {
	// Older gits know no --fixed-value.
	_, err := c.git(ctx, "--unset", key, "^"+regexp.QuoteMeta(value)+"$")
	return err
}

// count returns how often a key has a value, in this very file.
func (c *gitConfig) count(ctx context.Context, key, value string) (n int, err error) {
	out, err := c.git(ctx, "-z", "--get-all", key)
	for _, v := range splitNul(out) {
		if v == value {
			n++
		}
	}
	return n, err
}

// git runs git on a copy, whose text is the new one then.
func (c *gitConfig) git(ctx context.Context, args ...string) (string, error) {
	folder, err := os.MkdirTemp("", "sesame-setup-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, "config")
	if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
		return "", err
	}
	out, err := runGit(ctx, name, args...)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(name)
	c.text = string(text)
	return out, err
}

// values returns the values of a key in a file, and in those that it includes.
func values(ctx context.Context, f file, key string) ([]string, error) {
	if f.missing {
		return nil, nil
	}
	out, err := runGit(ctx, f.real, "--includes", "-z", "--get-all", key)
	return splitNul(out), err
}

// isTrue reports whether the last value of a key is true.
func isTrue(ctx context.Context, f file, key string) (bool, error) {
	if f.missing {
		return false, nil
	}
	out, err := runGit(ctx, f.real, "--includes", "--bool", "--get", key)
	return strings.TrimSpace(out) == "true", err
}

// runGit runs "git config" on a file. A key that is not there is no error.
func runGit(ctx context.Context, name string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "git", append([]string{"config", "--file", name}, args...)...)
	// Neither a repository that a person happens to be in counts, nor what is set for one command.
	command.Dir = "/"
	command.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "GIT_") && !strings.HasPrefix(variable, "GIT_EXEC_PATH=")
	})
	var out, complaint bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaint
	err := command.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && complaint.Len() == 0 {
		return "", nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("git is not on PATH: install it, or correct PATH")
	}
	if complaint := strings.TrimSpace(complaint.String()); err != nil && complaint != "" {
		return "", errors.New("git config: " + complaint) // git names the file and the line
	}
	if err != nil {
		return "", fmt.Errorf("git config: %w", err)
	}
	return out.String(), nil
}

// splitNul splits what git ends with NUL each.
func splitNul(out string) []string {
	if out == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
}
