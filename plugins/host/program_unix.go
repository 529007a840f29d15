//go:build unix

package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// byDescriptor says whether /proc has the files that a process has open, and executes them.
const byDescriptor = runtime.GOOS == "linux"

func openExecutable(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
}

// pin sees to it that what is executed has the digest.
func (p *program) pin(want, dir string) error {
	if byDescriptor {
		return p.pinByDescriptor(want)
	}
	return p.pinByCopy(want, dir)
}

// pinByDescriptor hashes the open file and executes it through its descriptor, the
// first that the plugin inherits. The plugin keeps it, since the interpreter of a script
// opens it once more.
func (p *program) pinByDescriptor(want string) error {
	p.inherit = []*os.File{p.file}
	name := p.path
	p.path = "/proc/self/fd/3"
	return compareDigest(name, p.file, want)
}

// pinByCopy hashes a private copy and executes that.
func (p *program) pinByCopy(want, dir string) error {
	name := p.path
	p.path = filepath.Join(dir, filepath.Base(name))
	copied, err := os.OpenFile(p.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o500)
	if err != nil {
		return fmt.Errorf("copy it: %w", err)
	}
	return errors.Join(compareDigest(name, io.TeeReader(p.file, copied), want), copied.Close())
}
