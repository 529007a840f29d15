package wiring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers/quote"
)

// A Git is a person's git configuration that is to name sesame as credential helper.
type Git struct {
	// Programs is the folder that sesame's programs are in.
	Programs string
	// Hosts are the URLs to ask sesame for: scheme://host[:port][/path]; a label of the host may be
	// "*". Without a scheme it is https. None is every URL.
	Hosts []string
	// Only has git ask nobody but sesame: the list of helpers before it is cleared.
	Only bool
	// Paths has git tell the path of a repository too.
	Paths bool
	// PathRoutes are the hosts that have a route with a path, which needs Paths.
	PathRoutes []string
}

// gitURL is a URL that a setting of git's can be for. An account in it would be one more place to
// name it, beside the route.
var gitURL = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://([\pL\pN*.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?(/[^\s?#\\"]*)?$`)

// Tool returns the tool. Its error is a [protocols.UsageError] where a URL is none.
func (g Git) Tool() (Tool, error) {
	g.Hosts = slices.Clone(g.Hosts)
	t := Tool{command: []string{"git"}, mask: maskLines, editor: &g}
	for i, host := range g.Hosts {
		if !strings.Contains(host, "://") {
			host = "https://" + host
		}
		if !gitURL.MatchString(host) {
			// The text is not repeated: people paste URLs with a password in them.
			return t, protocols.UsageError("--host: want a URL such as https://git.example.com, without an account")
		}
		g.Hosts[i] = strings.TrimRight(host, "/")
		t.command = append(t.command, "--host", g.Hosts[i])
	}
	if g.Only {
		t.options = append(t.options, "--only")
	}
	if g.Paths {
		t.options = append(t.options, "--paths")
	}
	path, err := globalConfig()
	// git takes the file NAME by making NAME.lock, and so do we.
	t.place = place{path: path, mode: 0o644, lock: ".lock"}
	return t, err
}

// globalConfig returns the file that "git config --global" writes (git-config(1), FILES).
func globalConfig() (string, error) {
	if path, set := os.LookupEnv("GIT_CONFIG_GLOBAL"); set && path == "" {
		return "", errors.New("git's configuration: GIT_CONFIG_GLOBAL is empty, so git reads none of this user: unset it, or name a file")
	} else if set {
		return filepath.Abs(path)
	}
	home := gitHome()
	if home == "" {
		return "", errors.New("git's configuration: HOME is not set")
	}
	own := filepath.Join(home, ".gitconfig")
	folder := os.Getenv("XDG_CONFIG_HOME")
	if folder == "" {
		folder = filepath.Join(home, ".config")
	}
	other := filepath.Join(folder, "git", "config")
	_, errOwn := os.Stat(own)
	_, errOther := os.Stat(other)
	if errors.Is(errOwn, fs.ErrNotExist) && errOther == nil {
		return other, nil
	}
	return own, nil
}

// key returns the name of a setting, for one URL or for all.
func (g *Git) key(host, name string) string {
	if host == "" {
		return "credential." + name
	}
	return "credential." + host + "." + name
}

// chosen: a setting is named by its key.
func (g *Git) chosen(setting string) bool {
	return len(g.Hosts) == 0 || slices.ContainsFunc(g.Hosts, func(host string) bool {
		return setting == g.key(host, "helper") || setting == g.key(host, "useHttpPath")
	})
}

func (g *Git) plan(ctx context.Context, f file) (plan, error) {
	helper, err := g.helper()
	if err != nil {
		return plan{}, err
	}
	hosts := g.Hosts
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	p, c := plan{}, gitConfig{text: f.text}
	for _, host := range hosts {
		key := g.key(host, "helper")
		there, err := g.isAsked(ctx, f, key)
		if err != nil {
			return plan{}, err
		}
		if !there && g.Only {
			if err := c.add(ctx, &p, key, ""); err != nil {
				return plan{}, err
			}
		}
		if !there {
			if err := c.add(ctx, &p, key, helper); err != nil {
				return plan{}, err
			}
		}
		if err := g.planPath(ctx, f, host, &c, &p); err != nil {
			return plan{}, err
		}
	}
	return p, nil
}

// planPath has git tell the path, or a person that it does not.
func (g *Git) planPath(ctx context.Context, f file, host string, c *gitConfig, p *plan) error {
	key := g.key(host, "useHttpPath")
	if !g.Paths && !g.hasPathRoute(host) {
		return nil
	}
	told, err := isTrue(ctx, f, key)
	if err == nil && !told && host != "" && !g.Paths {
		told, err = isTrue(ctx, f, g.key("", "useHttpPath"))
	}
	if err != nil || told {
		return err
	}
	if g.Paths {
		return c.add(ctx, p, key, "true")
	}
	p.notes = append(p.notes, "there are routes with a path ("+strings.Join(g.PathRoutes, ", ")+
		"), and git does not tell the path unless it is told to: for that, add --paths")
	return nil
}

// hasPathRoute reports whether a URL that git asks for may have a route with a path.
func (g *Git) hasPathRoute(host string) bool {
	if host == "" {
		return len(g.PathRoutes) > 0
	}
	return slices.ContainsFunc(g.PathRoutes, func(route string) bool { return strings.Contains(host, route) })
}

// helper is how git's configuration names the program: what follows "git-credential-", or a path,
// which a shell reads (gitcredentials(7), CUSTOM HELPERS).
func (g *Git) helper() (string, error) {
	found, err := find(g.Programs, "git-credential-sesame")
	if err != nil {
		return "", err
	}
	if found.inPath {
		return "sesame", nil
	}
	// git knows an absolute path by its beginning, so one in quotes has to be a command. On every system it
	// brings a POSIX shell for that, to which a backslash is no part of a path.
	path := filepath.ToSlash(found.path)
	if word := quote.Posix(path); word != path {
		return "!" + word, nil
	}
	return path, nil
}

// isAsked reports whether git asks sesame already: and nobody else before it, if that is wanted.
func (g *Git) isAsked(ctx context.Context, f file, key string) (bool, error) {
	values, err := values(ctx, f, key)
	if err != nil {
		return false, err
	}
	// An empty value clears the list.
	cleared := slices.Index(values, "")
	for i := cleared; i >= 0; i = slices.Index(values, "") {
		values = values[i+1:]
	}
	at := slices.IndexFunc(values, isOurs)
	if g.Only {
		return at == 0 && cleared >= 0, nil
	}
	return at >= 0, nil
}

// isOurs reports whether a helper is sesame, by whatever name.
func isOurs(helper string) bool {
	path := filepath.ToSlash(strings.TrimSuffix(strings.TrimRight(helper, `'"`), extension))
	return helper == "sesame" || strings.HasSuffix(path, "/git-credential-sesame")
}

// without has git remove the value, if it is there exactly once. Where it is there more than once
// nobody knows which of them is ours.
func (g *Git) without(ctx context.Context, text string, s step) (rest, left string, err error) {
	c := gitConfig{text: text}
	count, err := c.count(ctx, s.Setting, s.Value)
	switch {
	case err != nil || count == 0:
		return text, "", err
	case count > 1:
		return text, fmt.Sprintf("%s = %q stands there %d times by now, so all of them are left; to look at them, "+
			"type: git config --global --edit", s.Setting, s.Value, count), nil
	}
	err = c.remove(ctx, s.Setting, s.Value)
	return withoutHeader(c.text, string(s.Inserted)), "", err
}

// withoutHeader removes the header of a section that was inserted with a value, if nothing is left
// below it. git leaves one that has a comment above it.
func withoutHeader(text, inserted string) string {
	lines := strings.SplitAfter(text, "\n")
	isHeader := func(line string) bool { return strings.HasPrefix(line, "[") }
	for header := range strings.Lines(inserted) {
		at := slices.Index(lines, header)
		if isHeader(header) && at >= 0 && (lines[at+1] == "" || isHeader(lines[at+1])) {
			lines = slices.Delete(lines, at, at+1)
		}
	}
	return strings.Join(lines, "")
}
