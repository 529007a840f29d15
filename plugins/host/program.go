package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
	file, err := openExecutable(path)
	if err != nil {
		return nil, err
	}
	program := &program{path: path, file: file}
	if p.SHA256 == "" {
		return program, nil
	}
	if err := program.pin(p.SHA256, dir); err != nil {
		_ = file.Close()
		return nil, err
	}
	return program, nil
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
