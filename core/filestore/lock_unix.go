//go:build unix

package filestore

import (
	"context"
	"errors"
	"syscall"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/system"
)

// A Lock is a locked file. It is freed when every descriptor of it is closed, in this
// process and in whichever inherited it; or when one of them says so.
type Lock struct {
	fd int
}

// FD returns the descriptor, for a child that is to hold the lock on; -1 once the lock is
// given up.
func (l *Lock) FD() int { return l.fd }

// Unlock closes this process's descriptor. It does not free a lock that a child holds
// on: LOCK_UN would.
func (l *Lock) Unlock() {
	if l.fd >= 0 {
		syscall.Close(l.fd)
		l.fd = -1
	}
}

// Free frees the lock for everybody, though other processes have it open.
func (l *Lock) Free() {
	if l.fd >= 0 {
		_ = syscall.Flock(l.fd, syscall.LOCK_UN)
		l.Unlock()
	}
}

// TryLock takes the key's lock if it is free; nil without an error if it is not.
func (s *Store) TryLock(key string) (core.Lock, error) {
	fd, err := s.openLock(key)
	if err != nil {
		return nil, err
	}
	err = flock(fd, syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &Lock{fd: fd}, nil
	}
	syscall.Close(fd)
	if err == syscall.EWOULDBLOCK {
		return nil, nil
	}
	return nil, s.fault(key+".lock", err.Error())
}

// Lock waits for the key's lock until ctx ends, and then returns ctx's error.
//
// The wait is the kernel's: a waiter that polled would take a share of the processor from the
// one it waits for, and there may be a thousand.
func (s *Store) Lock(ctx context.Context, key string) (core.Lock, error) {
	if lock, err := s.TryLock(key); lock != nil || err != nil {
		return lock, err
	}
	fd, err := s.openLock(key)
	if err != nil {
		return nil, err
	}
	locked := make(chan error, 1)
	go func() { locked <- flock(fd, syscall.LOCK_EX) }()
	select {
	case err := <-locked:
		if err == nil {
			return &Lock{fd: fd}, nil
		}
		syscall.Close(fd)
		return nil, s.fault(key+".lock", err.Error())
	case <-ctx.Done():
		// A lock that comes too late is given back.
		go func() { <-locked; syscall.Close(fd) }()
		return nil, ctx.Err()
	}
}

// Adopt returns the lock on a key that this process inherited as descriptor fd.
func (s *Store) Adopt(key string, fd int) (*Lock, error) {
	syscall.CloseOnExec(fd)
	var inherited, named syscall.Stat_t
	if err := syscall.Fstat(fd, &inherited); err != nil {
		return nil, s.fault(key+".lock", err.Error())
	}
	err := syscall.Lstat(s.path(key+".lock"), &named)
	if err != nil || inherited.Dev != named.Dev || inherited.Ino != named.Ino {
		return nil, errors.New("the inherited descriptor is not the lock of this key")
	}
	return &Lock{fd: fd}, nil
}

// openLock opens the key's lock file, and makes it if need be. It is never removed: who holds a
// removed file's lock holds nothing.
func (s *Store) openLock(key string) (int, error) {
	const flags = syscall.O_RDWR | syscall.O_CREAT | syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_CLOEXEC
	name := key + ".lock"
	if err := s.makeDir(); err != nil {
		return -1, err
	}
	fd, err := system.Open(s.path(name), flags, 0o600)
	if err != nil {
		return -1, s.fault(name, why(err))
	}
	var st syscall.Stat_t
	if err = syscall.Fstat(fd, &st); err != nil {
		err = s.fault(name, err.Error())
	} else {
		err = s.distrust(name, &st)
	}
	if err == nil && st.Nlink == 0 {
		err = s.fault(name, "was removed this moment; try again")
	}
	if err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

// flock takes a lock; a call that a signal interrupted is made again.
func flock(fd, how int) error {
	for {
		if err := syscall.Flock(fd, how); err != syscall.EINTR {
			return err
		}
	}
}
