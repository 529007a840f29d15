package filestore

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

const key = "0123456789abcdef"

func newStore(t *testing.T) *Store {
	t.Helper()
	return &Store{Dir: filepath.Join(t.TempDir(), "home", "state", "sesame")}
}

func recordOf(value string) *core.Record {
	now := time.Unix(0, time.Now().UnixNano())
	return &core.Record{
		Token: &providers.Token{
			Username: "robot", Value: providers.NewSecret(value), Scheme: providers.Bearer,
			Issued: now, Expires: now.Add(time.Hour), State: providers.NewSecret("state\n\x00é"),
		},
		Obtained: now, Attempt: now, Sources: []string{"a.b.c"}, Refused: []string{"f1", "f2"}, Quick: 2,
	}
}

func save(t *testing.T, s *Store, r *core.Record) {
	t.Helper()
	lock, err := s.TryLock(key)
	if err != nil || lock == nil {
		t.Fatalf("lock: %v, %v", lock, err)
	}
	defer lock.Unlock()
	if err := s.Save(key, r); err != nil {
		t.Fatal(err)
	}
}

func TestLoadReturnsWhatWasSaved(t *testing.T) {
	s := newStore(t)
	if r, err := s.Load(key); r != nil || err != nil {
		t.Fatalf("an empty store: got %v, %v", r, err)
	}
	want := recordOf("T")
	save(t, s, want)
	got, err := s.Load(key)
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Encode(key)) != string(want.Encode(key)) {
		t.Errorf("got  %s\nwant %s", got.Encode(key), want.Encode(key))
	}
	if !got.Token.State.Equal(want.Token.State) {
		t.Error("the state is not what it was")
	}
}

func TestNothingIsWrittenByALoad(t *testing.T) {
	s := newStore(t)
	if _, err := s.Load(key); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(s.Dir); !os.IsNotExist(err) {
		t.Error("a load made the folder")
	}
}

// An oddPlace is a file in the place of a record, and a word of what is said of it.
type oddPlace struct {
	name  string
	place func(path string) error
	want  string
}

// What lies in a file's place may have been put there to be read, to be hung on, or to
// have something else overwritten.
func TestOddFilesAreAbsentWithAReason(t *testing.T) {
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := string(recordOf("T").Encode(key))
	for _, row := range append(oddPlaces(t, victim, good), []oddPlace{
		{"a hard link", func(p string) error { return os.Link(victim, p) }, "another name"},
		{"a folder", func(p string) error { return os.Mkdir(p, 0o700) }, "not a regular file"},
		{"empty", func(p string) error { return writeOwn(p, "\n") }, "damaged"},
		{"cut", func(p string) error { return writeOwn(p, good[:len(good)/2]) }, "damaged"},
		{"cut before its end", func(p string) error { return writeOwn(p, strings.TrimSuffix(good, "end\n")) }, "damaged"},
		{"of a future version", func(p string) error { return writeOwn(p, strings.Replace(good, "token 1", "token 2", 1)) }, "damaged"},
		{"of another key", func(p string) error { return writeOwn(p, string(recordOf("T").Encode("other"))) }, "damaged"},
		{"huge", func(p string) error { return writeOwn(p, strings.Repeat("x", maxSize+1)) }, "too large"},
	}...) {
		t.Run(row.name, func(t *testing.T) {
			s := newStore(t)
			if err := s.makeDir(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(s.Dir, key+".token")
			if err := row.place(path); err != nil {
				t.Fatal(err)
			}
			r, err := s.Load(key)
			if r != nil || err == nil || !strings.Contains(err.Error(), row.want) && !strings.Contains(err.Error(), "too many levels") {
				t.Fatalf("got %v and %v, want an error with %q", r, err, row.want)
			}
			save(t, s, recordOf("new"))
			if r, err := s.Load(key); err != nil || r.Token.Value.Reveal() != "new" {
				t.Errorf("after a save: got %v and %v", r, err)
			}
			if _, err := os.Lstat(filepath.Join(s.Dir, key+".damaged")); err != nil {
				t.Error("what was there is gone; it may have held a refresh token")
			}
			if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
				t.Errorf("the victim holds %q", text)
			}
		})
	}
}

// A kill between write and rename leaves a temporary file. The next writer must not trip over it.
func TestSaveReplacesWhatAKilledWriterLeft(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("old"))
	if err := os.WriteFile(filepath.Join(s.Dir, key+".token.new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	save(t, s, recordOf("new"))
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".new") {
			t.Errorf("%s is still there", entry.Name())
		}
	}
}

// A record that is half the old one and half the new, or none for a moment, would cost a refresh token
// or start a refresh that nobody needs.
func TestReaderFindsTheOldRecordOrTheNew(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("0"))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			reader := &Store{Dir: s.Dir}
			for last := 0; ; {
				select {
				case <-done:
					return
				default:
				}
				r, err := reader.Load(key)
				if r == nil || err != nil {
					t.Errorf("got %v and %v", r, err)
					return
				}
				n, err := strconv.Atoi(r.Token.Value.Reveal())
				if err != nil || n < last {
					t.Errorf("after %d got %q", last, r.Token.Value.Reveal())
				}
				last = n
				time.Sleep(time.Millisecond) // so that a writer who must wait for readers finds none
			}
		})
	}
	defer readers.Wait()
	defer close(done)
	for i := range 30 {
		save(t, s, recordOf(strconv.Itoa(i)))
	}
}

// The cost of a hit is this, and the process around it.
func BenchmarkLoad(b *testing.B) {
	s := &Store{Dir: filepath.Join(b.TempDir(), "sesame")}
	lock, err := s.TryLock(key)
	if err != nil {
		b.Fatal(err)
	}
	defer lock.Unlock()
	if err := s.Save(key, recordOf(strings.Repeat("T", 800))); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Load(key); err != nil {
			b.Fatal(err)
		}
	}
}

// Room that is taken must be given back, and must not stand in the way of the record it is for.
func TestReservedRoomIsUsedByTheNextSave(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("old"))
	if err := s.Reserve(key, 64<<10); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Load(key); err != nil || r.Token.Value.Reveal() != "old" {
		t.Errorf("meanwhile: got %v and %v", r, err)
	}
	info, err := os.Stat(filepath.Join(s.Dir, key+".token.new"))
	if err != nil || info.Size() != 64<<10 {
		t.Errorf("the reserve: %v and %v", info, err)
	}
	save(t, s, recordOf("new"))
	if r, err := s.Load(key); err != nil || r.Token.Value.Reveal() != "new" {
		t.Errorf("got %v and %v", r, err)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, key+".token.new")); !os.IsNotExist(err) {
		t.Error("the reserve is still there")
	}
}
