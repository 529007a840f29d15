package filestore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
)

// take is the refresher's part of a lock that is handed on, in a process of its own.
func init() {
	roles["take"] = func(s *Store) error {
		lock, err := s.Take(context.Background(), key, os.Getenv("FILESTORE_TEST_GENERATION"))
		if err != nil {
			return err
		}
		fmt.Println("held")
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it is killed
		lock.Unlock()
		return nil
	}
}

// lockOf takes the lock, which must be free.
func lockOf(t *testing.T, s *Store) *Lock {
	t.Helper()
	lock, err := s.TryLock(key)
	if err != nil || lock == nil {
		t.Fatalf("lock: %v, %v", lock, err)
	}
	return lock.(*Lock)
}

func isLocked(t *testing.T, s *Store) bool {
	t.Helper()
	lock, err := s.TryLock(key)
	if err != nil {
		t.Fatal(err)
	}
	if lock != nil {
		lock.Unlock()
	}
	return lock == nil
}

// Two processes that hold the lock at once, or none while it changes hands, are two refreshes.
func TestLockIsHandedOnWithoutAGap(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	lock := lockOf(t, s)
	t.Setenv("FILESTORE_TEST_GENERATION", lock.HandOver())
	if !isLocked(t, s) {
		t.Fatal("it is free before the other process took it")
	}
	holder := start(t, s, "take")
	lock.Unlock()
	if !isLocked(t, s) {
		t.Fatal("it is free though the other process holds it")
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	after, err := s.Lock(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	after.Unlock()
}

// A front that is killed while it hands the lock on opens the gate too early.
func TestLockThatComesTooLateIsGivenUp(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	for _, row := range []struct {
		name    string
		between func(third *Store)
		want    error
	}{
		{"nobody came between", func(*Store) {}, nil},
		{"a third one held it, and left the record as it was", func(third *Store) { lockOf(t, third).Unlock() }, nil},
		{"a third one has written the record", func(third *Store) { save(t, third, recordOf("U")) }, ErrChanged},
		{"a third one has removed the record", func(third *Store) {
			lock := lockOf(t, third)
			defer lock.Unlock()
			if err := third.Remove(key); err != nil {
				t.Error(err)
			}
		}, ErrChanged},
		{"a third one has made the record", func(third *Store) { save(t, third, recordOf("V")) }, ErrChanged},
	} {
		lock := lockOf(t, s)
		generation := lock.HandOver()
		lock.Unlock()
		row.between(&Store{Dir: s.Dir})
		taken, err := s.Take(t.Context(), key, generation)
		if !errors.Is(err, row.want) || (taken == nil) != (row.want != nil) {
			t.Errorf("%s: got %v and %v, want %v", row.name, taken, err, row.want)
		}
		if taken != nil {
			taken.Unlock()
		}
		if isLocked(t, s) {
			t.Fatalf("%s: it is not free afterwards", row.name)
		}
	}
}

// The second holder waits for the first, and no longer than it may.
func TestTakeWaitsForTheHolder(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	lock := lockOf(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Take(ctx, key, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v while the lock is held", err)
	}
	lock.Unlock()
}
