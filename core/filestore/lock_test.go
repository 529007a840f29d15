//go:build unix

package filestore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test program a process that holds a lock, or takes part in the
// counting race, so that the locks are tried between real processes.
func TestMain(m *testing.M) {
	s := &Store{Dir: os.Getenv("FILESTORE_TEST_DIR")}
	switch os.Getenv("FILESTORE_TEST_ROLE") {
	case "hold":
		lock, err := s.Lock(context.Background(), key)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it is killed
		lock.Unlock()
		os.Exit(0)
	case "count":
		if err := count(s); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// count adds one to a number in a file of the store: read, write, and nothing but the lock
// between two processes that do so.
func count(s *Store) error {
	lock, err := s.Lock(context.Background(), key)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	text, err := s.Read("number")
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(text)
	return s.Write("number", []byte(strconv.Itoa(n+1)))
}

func process(t *testing.T, s *Store, role string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FILESTORE_TEST_ROLE="+role, "FILESTORE_TEST_DIR="+s.Dir)
	return cmd
}

func TestLockKeepsProcessesApart(t *testing.T) {
	s := newStore(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if out, err := process(t, s, "count").CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	if text, err := s.Read("number"); err != nil || text != "20" {
		t.Errorf("20 processes counted to %q (%v)", text, err)
	}
}

// hold starts a process that holds the lock.
func hold(t *testing.T, s *Store) *exec.Cmd {
	t.Helper()
	cmd := process(t, s, "hold")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the holder said %q (%v)", line, err)
	}
	return cmd
}

// Whatever kills a process, the next one goes on.
func TestLockOfAKilledProcessIsFree(t *testing.T) {
	s := newStore(t)
	holder := hold(t, s)
	if lock, err := s.TryLock(key); lock != nil || err != nil {
		t.Fatalf("got %v and %v while another process holds the lock", lock, err)
	}
	got := make(chan error, 1)
	go func() {
		lock, err := s.Lock(context.Background(), key)
		if err == nil {
			lock.Unlock()
		}
		got <- err
	}()
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestLockWaitsNoLongerThanItsContext(t *testing.T) {
	s := newStore(t)
	hold(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, key); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

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

// A removed lock file would give two processes the lock at once.
func TestLockFileIsNeverRemoved(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	before, err := os.Stat(filepath.Join(s.Dir, key+".lock"))
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, recordOf("T"))
	after, err := os.Stat(filepath.Join(s.Dir, key+".lock"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the lock file was replaced: %v", err)
	}
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
