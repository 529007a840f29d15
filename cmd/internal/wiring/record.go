package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
	"github.com/sesame-auth/sesame/core/filestore"
)

// lockWait is how long another setup of the same file is waited for. It takes milliseconds.
const lockWait = 10 * time.Second

// A record is what was written to one file, the oldest step first. It is kept in the state folder,
// where nobody else can write: an undo writes what it says.
type record struct {
	File  string `json:"file"` // without symbolic links
	Steps []step `json:"steps"`

	store *filestore.Store
	name  string
}

// locked calls run with the tool's file and its record. No other setup of that file runs meanwhile.
func (s *Setup) locked(ctx context.Context, run func(file, *record) error) error {
	path, err := resolve(s.Tool.place.path)
	if err != nil {
		return err
	}
	key := "setup-" + digest(path)[:32]
	store := &filestore.Store{Dir: s.State}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	lock, err := store.Lock(ctx, key)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: another sesame setup is at work on it; try again when it has ended", path)
	}
	if err != nil {
		return err
	}
	defer lock.Unlock()
	r := &record{File: path, store: store, name: key + ".json"}
	if err := r.load(); err != nil {
		return err
	}
	f, err := s.Tool.place.read()
	if err != nil {
		return err
	}
	return run(f, r)
}

// load reads the record; there need not be one.
func (r *record) load() error {
	text, err := r.store.Read(r.name)
	if err != nil || text == "" {
		return err
	}
	file := r.File
	if err := json.Unmarshal([]byte(text), r); err != nil || r.File != file {
		return fmt.Errorf("what sesame setup remembers of %s is damaged; to go on without it, type: %s",
			file, shell.Remove(r.path()))
	}
	return nil
}

// save replaces the record, and removes one that says nothing.
func (r *record) save() error {
	if len(r.Steps) == 0 {
		if err := os.Remove(r.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return r.store.Write(r.name, append(text, '\n'))
}

func (r *record) path() string { return filepath.Join(r.store.Dir, r.name) }
