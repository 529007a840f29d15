// Package screens is a person at a terminal, in a home folder where sesame is installed and used: for the tests of what
// that person sees, and for the picture in the README.
package screens

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/picture"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// shownHome stands in pictures for a house's home folder. That one's path is as long, so that lines break where they
// would there.
const shownHome = "/home/ann"

// A House is a person's home folder, and what the person's programs talk to.
type House struct {
	*Servers
	// Home is its path, Env the environment of whatever is started there.
	Home string
	Env  []string

	folder string // what the person does not see
}

// NewHouse makes a house with sesame's programs from a folder. Close must be called.
func NewHouse(programs string) (*House, error) {
	folder, err := os.MkdirTemp("", "sesame-house-")
	if err != nil {
		return nil, err
	}
	h := &House{folder: folder}
	if h.Home, err = newHome(); err == nil {
		h.Servers, err = newServers(folder)
	}
	if err == nil {
		err = h.links("bin", "sh", "tmux", "git", "cat", "chmod", "stty")
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	authority, proxy := filepath.Join(folder, "authority.pem"), h.Proxy
	if err := os.WriteFile(authority, h.Authority, 0o600); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.Env = []string{
		// No more than is needed: what else is installed here is nobody's business.
		"PATH=" + programs + ":" + filepath.Join(folder, "bin"),
		"HOME=" + h.Home, "TMPDIR=" + folder, "LC_ALL=C.UTF-8", "TERM=xterm", "TZ=UTC",
		"HTTPS_PROXY=" + proxy, "HTTP_PROXY=" + proxy, "SSL_CERT_FILE=" + authority, "GIT_SSL_CAINFO=" + authority,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
	}
	return h, nil
}

// newHome makes a folder with a path as long as the one that is shown.
func newHome() (string, error) {
	for range 100 {
		home := fmt.Sprintf("/tmp/%04d", rand.IntN(10000))
		if err := os.Mkdir(home, 0o700); err == nil || !errors.Is(err, os.ErrExist) {
			return home, err
		}
	}
	return "", errors.New("make a home folder: of a hundred names each is taken")
}

// links has a folder of our own lead to programs of the system.
func (h *House) links(name string, programs ...string) error {
	dir := filepath.Join(h.folder, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, program := range programs {
		path, err := exec.LookPath(program)
		if err == nil {
			err = os.Symlink(path, filepath.Join(dir, program))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close takes everything away.
func (h *House) Close() error {
	if h.Servers != nil {
		h.close()
	}
	if h.Home == "" {
		return os.RemoveAll(h.folder)
	}
	return errors.Join(os.RemoveAll(h.folder), os.RemoveAll(h.Home))
}

// Write writes a file in the home folder, for its owner alone.
func (h *House) Write(name, text string) error {
	path := filepath.Join(h.Home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// Device is the configuration of a route whose tokens are the issuer's, by a login on another device.
func (h *House) Device() string {
	return fmt.Sprintf(`[[route]]
match = "https://%s"
provider = "oauth2"
username = "ann"
options = { grant = "device", issuer = %q, client_id = %q }
`, gitHost, h.Issuer.Issuer, oauth2test.ClientID)
}

// Run runs a command of the shell without a terminal, and returns what it prints.
func (h *House) Run(ctx context.Context, script string) (string, error) {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", script)
	cmd.Dir, cmd.Env = h.Home, h.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", script, err, out)
	}
	return string(out), err
}

// Sit has the person sit down at a terminal and run a script of the shell, with further variables.
func (h *House) Sit(ctx context.Context, width, height int, script string, variables ...string) (*picture.Session, error) {
	t := picture.Terminal{Width: width, Height: height, Folder: h.Home, Env: append(append([]string(nil), h.Env...), variables...)}
	return t.Start(ctx, script)
}

// Shown returns a text of the screen with the home folder by the name that pictures have for it.
func (h *House) Shown(text string) string { return strings.ReplaceAll(text, h.Home, shownHome) }
