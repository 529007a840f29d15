// Package release builds what people download, into the folder dist: an archive for each platform,
// Debian packages, a list of what is in them (CycloneDX), and the digests of all.
//
//	go run ./cmd/internal/release/main.go          build everything
//	go run ./cmd/internal/release/main.go verify   build the commit once more elsewhere, and compare
//
// The bytes depend on the commit and the version of Go alone: every time in them is that of the commit.
//
// The program is main.go, which the build of all programs leaves out: nobody wants it installed.
package release

import (
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dist is the folder for what is built, and sums the file in it with the digests, as sha256sum -c reads them.
const (
	dist = "dist"
	sums = "SHA256SUMS"
)

// Run does what the arguments say.
func Run(args []string) error {
	switch strings.Join(args, " ") {
	case "":
		return buildAll(dist)
	case "verify":
		return verify()
	}
	return errors.New("usage: go run ./cmd/internal/release/main.go [verify]")
}

// Package builds the Debian package for one processor, as Go names it, from this tree as it is, and returns its
// path: a file in the folder dir, which is there. It is for tests that want what people install: it is not compressed.
func Package(dir, processor string) (path string, err error) {
	r, err := newRelease(dir)
	if err != nil {
		return "", err
	}
	defer r.clean()
	r.level = gzip.NoCompression
	shared, err := r.sharedFiles()
	if err != nil {
		return "", err
	}
	programs, err := r.programs(target{"linux", processor})
	if err != nil {
		return "", err
	}
	return r.debian(processor, programs, shared)
}

// buildAll builds everything into dir, which is emptied before.
func buildAll(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	r, err := newRelease(dir)
	if err != nil {
		return err
	}
	defer r.clean()
	shared, err := r.sharedFiles()
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := r.build(t, shared); err != nil {
			return err
		}
	}
	if err := r.bill(); err != nil {
		return err
	}
	return writeSums(dir)
}

// build makes what there is for one platform.
func (r *release) build(t target, shared []file) error {
	programs, err := r.programs(t)
	if err != nil {
		return err
	}
	if _, err := r.archive(t, programs, shared); err != nil || t.system != "linux" {
		return err
	}
	_, err = r.debian(t.processor, programs, shared)
	return err
}

// writeSums writes the digests of all that is in dir.
func writeSums(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return e.IsDir() })
	var text strings.Builder
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(data), entry.Name())
	}
	return os.WriteFile(filepath.Join(dir, sums), []byte(text.String()), 0o644) // #nosec G306 -- it is published
}
