package core

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// memory is a Store without files, so that a test can run in fake time. It keeps
// records as text, as the real one does.
type memory struct {
	mu      sync.Mutex
	text    map[string]string
	locks   map[string]chan struct{}
	lockErr error
	saveErr error
	// reserveErr is that of a disk with room for an intent, and for nothing else.
	reserveErr error
	saves      int
	locked     int
}

func newMemory() *memory {
	return &memory{text: map[string]string{}, locks: map[string]chan struct{}{}}
}

func (m *memory) Load(key string) (*Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.text[key] == "" {
		return nil, nil
	}
	return DecodeRecord(m.text[key], key)
}

func (m *memory) Save(key string, r *Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.saveErr != nil {
		return m.saveErr
	}
	m.saves++
	m.text[key] = string(r.Encode(key))
	return nil
}

func (m *memory) Remove(key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.text, key)
	return m.saveErr
}

func (m *memory) Keys(prefix string) (keys []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.text {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func (m *memory) Reserve(string, int) error { return m.reserveErr }

func (m *memory) lock(key string) chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.locked++
	if m.locks[key] == nil {
		m.locks[key] = make(chan struct{}, 1)
	}
	return m.locks[key]
}

func (m *memory) TryLock(key string) (Lock, error) {
	if m.lockErr != nil {
		return nil, m.lockErr
	}
	c := m.lock(key)
	select {
	case c <- struct{}{}:
		return &memoryLock{c: c}, nil
	default:
		return nil, nil
	}
}

func (m *memory) Lock(ctx context.Context, key string) (Lock, error) {
	if m.lockErr != nil {
		return nil, m.lockErr
	}
	c := m.lock(key)
	select {
	case c <- struct{}{}:
		return &memoryLock{c: c}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type memoryLock struct {
	c    chan struct{}
	once sync.Once
	// handed is set on a lock that a refresh has taken over.
	handed bool
}

func (l *memoryLock) Unlock() {
	if !l.handed {
		l.once.Do(func() { <-l.c })
	}
}

// issuer is a provider whose tokens live for a lifetime, and which takes its time.
type issuer struct {
	mu       sync.Mutex
	lifetime time.Duration
	latency  time.Duration
	err      error
	same     string // the value it returns every time, if set
	calls    []time.Time
	requests []providers.Request
}

func (i *issuer) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	i.mu.Lock()
	i.calls = append(i.calls, time.Now())
	i.requests = append(i.requests, req)
	n, err, latency := len(i.calls), i.err, i.latency
	i.mu.Unlock()
	select {
	case <-time.After(latency):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	value := "token-" + string(rune('a'+(n-1)%26))
	if i.same != "" {
		value = i.same
	}
	token := &providers.Token{Value: providers.NewSecret(value)}
	if i.lifetime > 0 {
		token.Issued, token.Expires = time.Now(), time.Now().Add(i.lifetime)
	}
	return token, nil
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.calls)
}

// house is a dispatcher with everything around it.
type house struct {
	*Dispatcher
	store    *memory
	issuer   *issuer
	sources  []string
	warnings []string
	mu       sync.Mutex
}

const houseURL = "https://git.example.com/team"

// newHouse has one route, to a plugin whose provider is the issuer.
func newHouse(t *testing.T, tolerance time.Duration) *house {
	t.Helper()
	pattern, err := routes.ParsePattern(houseURL)
	if err != nil {
		t.Fatal(err)
	}
	table, err := routes.Open(routes.Compile(routes.Config{Routes: []routes.Route{
		{Pattern: pattern, Provider: "issuer", HasTolerance: true, Tolerance: tolerance},
	}}))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{store: newMemory(), issuer: &issuer{lifetime: time.Hour}}
	h.Dispatcher = &Dispatcher{
		Finder: Finder{
			Routes: table, Getenv: func(string) string { return "" },
			Profiles: []providers.Profile{{
				Name:    "issuer",
				Sources: func(func(string) string) []string { return h.sources },
			}},
		},
		Store: h.store, Refresh: h.refreshApart,
		Warn: func(message string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.warnings = append(h.warnings, message)
		},
	}
	return h
}

// refreshApart does what the real one does in another process: it goes on when its
// caller no longer waits, and holds the lock until it has stored the outcome.
func (h *house) refreshApart(ctx context.Context, q *Query, forced time.Time, lock Lock) (*Record, error) {
	held := lock.(*memoryLock)
	held.handed = true
	done := make(chan Outcome, 1)
	r := Refresher{
		Store: h.store, Getenv: h.Finder.Getenv, Random: func() float64 { return 1 },
		Open: func(context.Context, *Query) (providers.Provider, io.Closer, error) {
			return h.issuer, io.NopCloser(nil), nil
		},
		Done: func(o Outcome) {
			held.once.Do(func() { <-held.c })
			done <- o
		},
	}
	go r.Refresh(context.Background(), q, forced)
	select {
	case o := <-done:
		if o.Unsaved {
			if o.Warning != "" {
				h.Warn(o.Warning)
			}
			return o.Record, nil
		}
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// get asks for a token, as a tool with a deadline does.
func (h *house) get(t *testing.T) (*providers.Token, error) {
	t.Helper()
	u, err := providers.ParseURL(houseURL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	answer, err := h.Token(ctx, u, "")
	return answer.Token, err
}

// want asks for a token and fails the test if it is not the one of that name.
func (h *house) want(t *testing.T, name string) {
	t.Helper()
	token, err := h.get(t)
	if err != nil {
		t.Fatalf("got the error %v, want %s", err, name)
	}
	if got := token.Value.Reveal(); got != name {
		t.Errorf("got %s, want %s", got, name)
	}
}
