// Package filestore keeps records on disk: one small file per key, owner-only,
// replaced by rename, with a lock file of its own that is never removed.
//
// It speaks to the system by package syscall because it is linked into the fronts, where package
// os alone costs 4 % of the CPU time; and because what must be checked of a
// file (owner, links, mode) is there.
//
// Not a stable API: it serves sesame's own programs.
package filestore

import (
	"errors"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers/concat"
)

// Limits on a stored file, in bytes: one that is read, and one that is mapped.
const (
	maxSize   = 1 << 20
	maxMapped = 256 << 20
)

// A Store is a folder of records. It touches nothing until it is used. It is for one goroutine
// at a time.
type Store struct {
	// Dir is the folder, an absolute path. It is made when the first lock is taken.
	Dir string

	trusted bool // the folder has been checked
}

// Load returns the record stored under key; nil if there is none. A record that is
// damaged, or that another user could have read or written, is nil with an error that
// says so: it counts as absent, and is kept aside when another takes its place.
func (s *Store) Load(key string) (*core.Record, error) {
	text, err := s.Read(concat.Strings(key, ".token"))
	if err != nil || text == "" {
		return nil, err
	}
	record, err := core.DecodeRecord(text, key)
	if err != nil {
		return nil, s.fault(key+".token", "is "+err.Error()+"; it counts as absent")
	}
	return record, nil
}

// Save replaces the record stored under key, so that a reader finds the old or
// the new one, whatever is killed when. Only the holder of the key's lock may call it.
func (s *Store) Save(key string, record *core.Record) error {
	name := key + ".token"
	if _, err := s.Load(key); err != nil {
		// It may hold a refresh token that a person can still make out.
		_ = s.rename(name, key+".damaged")
	}
	return s.Write(name, record.Encode(key))
}

// Remove removes the record stored under key. Only the holder of the key's lock may call it.
func (s *Store) Remove(key string) error {
	name := key + ".token"
	if err := s.remove(name); err != nil {
		return s.fault(name, why(err))
	}
	return s.syncDir(name)
}

func (s *Store) fault(name, what string) error {
	return errors.New("stored token " + s.path(name) + ": " + what)
}
