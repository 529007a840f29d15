//go:build unix

package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// A program is the file to execute.
type program struct {
	path string // what to execute
	// inherit is what the plugin gets as descriptors from 3 on, for path to work.
	inherit []*os.File
	file    *os.File
}

// Close closes the host's descriptor. The plugin has its own by then.
func (p *program) Close() error { return p.file.Close() }

// command returns the command that executes the program.
func (p *program) command() *exec.Cmd { return &exec.Cmd{Path: p.path, ExtraFiles: p.inherit} }

// byDescriptor says whether /proc has the files that a process has open, and executes them.
const byDescriptor = runtime.GOOS == "linux"

// openProgram checks the plugin's executable and its digest. dir is private, for a
// copy. Where a digest is pinned, the very bytes that were hashed are executed: a path
// could lead to others by then.
func openProgram(p Plugin, dir string) (*program, error) {
	if !filepath.IsAbs(p.Path) {
		return nil, errors.New("the path is not absolute")
	}
	path, err := checkFile(filepath.Clean(p.Path), os.Geteuid())
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	program := &program{path: path, file: file}
	switch {
	case p.SHA256 == "":
	case byDescriptor:
		err = program.pinByDescriptor(p.SHA256)
	default:
		err = program.pinByCopy(p.SHA256, dir)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return program, nil
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

// compareDigest reads the whole of r, the content of the file name, and compares its
// SHA-256 digest with want.
func compareDigest(name string, r io.Reader, want string) error {
	got, err := digestOf(r)
	if err != nil {
		return err
	}
	return compare(name, got, want)
}

// digestOf reads the whole of r and returns its SHA-256 digest in hexadecimal.
func digestOf(r io.Reader) (string, error) {
	hash := sha256.New()
	_, err := io.Copy(hash, r)
	return hex.EncodeToString(hash.Sum(nil)), err
}
