package pyx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// maxFile bounds what is read of uv's files, in bytes.
const maxFile = 1 << 20

// Waiting for a lock: uv holds it as long as its request takes, and no notice is given
// when it is free.
const (
	firstWait = 5 * time.Millisecond
	maxWait   = 200 * time.Millisecond
)

// errBusy means that somebody else held the lock as long as there was time to wait.
var errBusy = errors.New("another uv or sesame refreshes these tokens")

// lock takes the lock that uv takes on the way to a refresh, and waits for it until ctx
// ends. The file is never removed: whoever waits for it would wait for another one.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	for wait := firstWait; ; wait = min(2*wait, maxWait) {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		held, err := lockAt(file, path)
		switch {
		case err != nil:
			file.Close()
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		case held:
			return func() { file.Close() }, nil
		}
		file.Close()
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is locked: %w", path, errBusy)
		case <-time.After(wait/2 + rand.N(wait)):
		}
	}
}

// lockAt takes the file's lock, and reports false if somebody else has it, or if the file has lost
// its path: uv removes the whole directory when a person logs out, and a lock on a file that
// is gone keeps nobody away.
func lockAt(file *os.File, path string) (held bool, err error) {
	if held, err = tryLock(file); err != nil || !held {
		return false, err
	}
	opened, err := file.Stat()
	if err != nil {
		return false, err
	}
	found, err := os.Stat(path)
	return err == nil && os.SameFile(opened, found), nil
}

// readFile reads a regular file. Who else may read it is uv's affair: it
// makes its files by the user's umask.
func readFile(path string) ([]byte, error) {
	// Opening anything else, such as a FIFO, might not return.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New(path + " is not a regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errors.New(path + " is over 1 MiB")
	}
	return text, err
}

// reserved is how much of the disk is taken before the content is known, in
// bytes: more than any tokens need.
const reserved = 16 << 10

// A replacement is a file that takes the place of another.
type replacement struct {
	file *os.File
	path string // the other's
}

// reserve makes the file, of a size that will do, and so finds out that the directory cannot be
// written or the disk is full while nothing is lost by it. The name is fixed: only
// the holder of the lock uses it, and a killed one leaves no more than one file behind.
func reserve(path string) (*replacement, error) {
	name := path + ".new"
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	r := &replacement{file: file, path: path}
	err = file.Chmod(0o600) // the umask may have taken some of it
	if err == nil {
		_, err = file.Write(make([]byte, reserved))
	}
	if err != nil {
		r.abandon()
		return nil, err
	}
	return r, nil
}

// commit puts content in the other file's place, whole or not at all, even if the power
// fails. On an error the other file is as it was.
func (r *replacement) commit(content []byte) error {
	_, err := r.file.WriteAt(content, 0)
	if err == nil {
		err = r.file.Truncate(int64(len(content)))
	}
	if err == nil {
		err = r.file.Sync()
	}
	if err != nil {
		r.abandon()
		return err
	}
	if err := r.file.Close(); err != nil {
		r.abandon()
		return err
	}
	if err := os.Rename(r.file.Name(), r.path); err != nil {
		r.abandon()
		return err
	}
	// Not every file system can do this, and the file is in its place already.
	_ = syncDirectory(filepath.Dir(r.path))
	return nil
}

// abandon removes the file.
func (r *replacement) abandon() {
	r.file.Close()
	os.Remove(r.file.Name())
}

func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	defer directory.Close()
	return directory.Sync()
}
