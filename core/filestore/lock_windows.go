package filestore

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/fileid"
	"github.com/sesame-auth/sesame/providers/acl"
)

// A lock of Windows belongs to the process that took it, and cannot be handed to another. So the file has two:
// the gate and the lock proper. Whoever wants the lock takes the gate, and then the lock. To hand the
// lock on, its holder lets go of it and not of the gate, through which nobody else comes meanwhile; the other process
// takes the lock; and then the gate is opened.
//
// Each is one byte, behind the end of the file, which is empty.
const (
	gate   = 0
	proper = 1
)

// ErrChanged is returned by Take if the lock came too late: somebody else held it since it was handed on, and has
// written the record.
var ErrChanged = errors.New("another process has refreshed this token meanwhile")

// A Lock is a locked file. It is freed when its process ends, however that is, or says so.
type Lock struct {
	handle windows.Handle // InvalidHandle once it is given up
	record string         // the path of the key's record
}

// Unlock frees the lock; one that was handed on is the other process's.
func (l *Lock) Unlock() {
	if l.handle != windows.InvalidHandle {
		release(l.handle)
		l.handle = windows.InvalidHandle
	}
}

// Free is Unlock.
func (l *Lock) Free() { l.Unlock() }

// HandOver lets go of the lock for a process that takes it by Take, which is given what this returns. Until
// Unlock, which is to be called once the other process has it, no third one can come between.
func (l *Lock) HandOver() (generation string) {
	generation, _ = fileid.Of(l.record)
	unlockByte(l.handle, proper)
	return generation
}

// Take takes the lock that another process hands over, and waits for it until ctx ends. If that process
// was killed meanwhile a third one may have held the lock: ErrChanged then says that nothing is left to do.
func (s *Store) Take(ctx context.Context, key, generation string) (*Lock, error) {
	lock, err := s.await(ctx, key, proper)
	if err != nil {
		return nil, err
	}
	if now, _ := fileid.Of(lock.record); now != generation {
		lock.Unlock()
		return nil, ErrChanged
	}
	return lock, nil
}

// TryLock takes the key's lock if it is free; nil without an error if it is not.
func (s *Store) TryLock(key string) (core.Lock, error) {
	handle, err := s.openLock(key)
	if err != nil {
		return nil, err
	}
	if err = lockByte(handle, gate, windows.LOCKFILE_FAIL_IMMEDIATELY); err == nil {
		err = lockByte(handle, proper, windows.LOCKFILE_FAIL_IMMEDIATELY)
	}
	if err == nil {
		return s.locked(key, handle), nil
	}
	release(handle)
	if err == windows.ERROR_LOCK_VIOLATION || err == windows.ERROR_IO_PENDING {
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
	lock, err := s.await(ctx, key, gate, proper)
	if err != nil {
		return nil, err // not a nil *Lock
	}
	return lock, nil
}

// await takes the bytes of the key's lock file, one after the other, until ctx ends.
func (s *Store) await(ctx context.Context, key string, bytes ...uint32) (*Lock, error) {
	handle, err := s.openLock(key)
	if err != nil {
		return nil, err
	}
	locked := make(chan error, 1)
	go func() {
		for _, one := range bytes {
			if err := lockByte(handle, one, 0); err != nil {
				locked <- err
				return
			}
		}
		locked <- nil
	}()
	select {
	case err := <-locked:
		if err == nil {
			return s.locked(key, handle), nil
		}
		release(handle)
		return nil, s.fault(key+".lock", err.Error())
	case <-ctx.Done():
		// A lock that comes too late is given back.
		go func() { <-locked; release(handle) }()
		return nil, ctx.Err()
	}
}

func (s *Store) locked(key string, handle windows.Handle) *Lock {
	return &Lock{handle: handle, record: s.path(key + ".token")}
}

// openLock opens the key's lock file, and makes it if need be. It is never removed: who holds a
// removed file's lock holds nothing.
func (s *Store) openLock(key string) (windows.Handle, error) {
	name := key + ".lock"
	if err := s.makeDir(); err != nil {
		return windows.InvalidHandle, err
	}
	own, err := acl.Own(false)
	if err != nil {
		return windows.InvalidHandle, s.fault(name, why(err))
	}
	const access = windows.GENERIC_READ | windows.GENERIC_WRITE
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE // not to delete it
	handle, err := createFile(s.path(name), access, share, own, windows.OPEN_ALWAYS)
	if err != nil {
		return windows.InvalidHandle, s.fault(name, why(err))
	}
	if _, err := s.distrust(name, handle); err != nil {
		windows.CloseHandle(handle)
		return windows.InvalidHandle, err
	}
	return handle, nil
}

func lockByte(handle windows.Handle, at, flags uint32) error {
	const exclusive = windows.LOCKFILE_EXCLUSIVE_LOCK
	return windows.LockFileEx(handle, exclusive|flags, 0, 1, 0, &windows.Overlapped{Offset: at})
}

func unlockByte(handle windows.Handle, at uint32) {
	_ = windows.UnlockFileEx(handle, 0, 1, 0, &windows.Overlapped{Offset: at})
}

// release frees what the handle holds, and closes it. Closing would do, at some time.
func release(handle windows.Handle) {
	unlockByte(handle, proper)
	unlockByte(handle, gate)
	windows.CloseHandle(handle)
}
