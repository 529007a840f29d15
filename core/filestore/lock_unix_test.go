//go:build unix

package filestore

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A front hands its lock to the refresher and closes its own descriptor. The lock must live on
// in the child alone, and be free when that one is gone.
func TestLockLivesOnInTheProcessThatInheritsIt(t *testing.T) {
	s := newStore(t)
	lock, err := s.TryLock(key)
	if err != nil {
		t.Fatal(err)
	}
	held := lock.(*Lock)
	child := exec.Command("sleep", "600")
	child.ExtraFiles = []*os.File{os.NewFile(uintptr(dup(t, held.FD())), "lock")}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	child.ExtraFiles[0].Close()
	lock.Unlock()
	if again, err := s.TryLock(key); again != nil || err != nil {
		t.Fatalf("got %v and %v while the child holds the lock on", again, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	again, err := s.Lock(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	again.Unlock()
}

// The refresher frees the lock although the front may still have it open.
func TestFreeFreesALockThatIsOpenElsewhere(t *testing.T) {
	s := newStore(t)
	lock, err := s.TryLock(key)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	adopted, err := s.Adopt(key, dup(t, lock.(*Lock).FD()))
	if err != nil {
		t.Fatal(err)
	}
	adopted.Free()
	again, err := s.TryLock(key)
	if err != nil || again == nil {
		t.Fatalf("got %v and %v after the lock was freed", again, err)
	}
	again.Unlock()
}

func TestAdoptRefusesWhatIsNotTheLockOfTheKey(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	file, err := os.Open(filepath.Join(s.Dir, key+".token"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := s.Adopt(key, dup(t, int(file.Fd()))); err == nil {
		t.Error("adopted a file that is not the lock")
	}
	if _, err := s.Adopt(key, 9999); err == nil {
		t.Error("adopted a descriptor that is not open")
	}
}

func dup(t *testing.T, fd int) int {
	t.Helper()
	copied, err := syscall.Dup(fd)
	if err != nil {
		t.Fatal(err)
	}
	return copied
}

func TestStoreThatCannotBeWrittenSaysSo(t *testing.T) {
	s := &Store{Dir: "/proc/sesame"}
	if _, err := s.TryLock(key); err == nil || !strings.Contains(err.Error(), "/proc/sesame") {
		t.Errorf("got %v, want the folder named", err)
	}
	if r, err := s.Load(key); r != nil || err != nil {
		t.Errorf("a load: got %v and %v, want nothing", r, err)
	}
}
