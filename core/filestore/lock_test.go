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
	"sync"
	"testing"
	"time"
)

// roles are what the test program does as a process of its own, by FILESTORE_TEST_ROLE, so that the
// locks are tried between real processes.
var roles = map[string]func(*Store) error{"hold": holdOn, "count": count}

func TestMain(m *testing.M) {
	if role := roles[os.Getenv("FILESTORE_TEST_ROLE")]; role != nil {
		if err := role(&Store{Dir: os.Getenv("FILESTORE_TEST_DIR")}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// holdOn holds the lock until it is killed.
func holdOn(s *Store) error {
	lock, err := s.Lock(context.Background(), key)
	if err != nil {
		return err
	}
	fmt.Println("held")
	_, _ = os.Stdin.Read(make([]byte, 1))
	lock.Unlock()
	return nil
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
	return start(t, s, "hold")
}

// start starts a process, and returns when it holds the lock.
func start(t *testing.T, s *Store, role string) *exec.Cmd {
	t.Helper()
	cmd := process(t, s, role)
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
