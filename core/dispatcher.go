// Package core decides: which provider answers for a URL, whether the stored token
// is good for long enough, who refreshes it and who waits.
//
// The story of one request is [Dispatcher.Token]. The policy is in refresh.go, and nowhere
// else. The package is linked into the fronts: see package providers for what that
// forbids.
//
// Not a stable API: it serves sesame's own programs.
package core

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// Version is sesame's. A front and the program that it starts must have the same. Nothing changes it but the linker,
// which puts a snapshot's full name here.
var Version = "0.1.0"

// A Store keeps records under keys, and locks them against other processes.
type Store interface {
	// Load returns the record; nil if there is none. A record that cannot be read is
	// nil with an error, which is a warning and no more.
	Load(key string) (*Record, error)
	// Save replaces the record. Only the holder of the key's lock may call it.
	Save(key string, r *Record) error
	// Reserve sees to it that a record of the given size can be saved next. Only the holder of
	// the key's lock may call it.
	Reserve(key string, size int) error
	// Remove removes the record. Only the holder of the key's lock may call it.
	Remove(key string) error
	// Keys returns the keys that begin with prefix, of which there is a record.
	Keys(prefix string) ([]string, error)
	// TryLock takes the key's lock if it is free; nil without an error if it is not.
	TryLock(key string) (Lock, error)
	// Lock waits for the key's lock until ctx ends.
	Lock(ctx context.Context, key string) (Lock, error)
}

// A Lock keeps other processes from refreshing a key.
type Lock interface {
	// Unlock frees the lock. After a refresh has taken it over it does nothing.
	Unlock()
}

// A RefreshFunc has the query's token refreshed under a lock that it takes over, and
// waits for that until ctx ends; the refresh goes on without it. The record it returns
// is what the refresh came to; nil if it is not over, or is in the store.
type RefreshFunc func(ctx context.Context, q *Query, forced time.Time, lock Lock) (*Record, error)

// A Dispatcher answers requests for tokens. Its fields are set once, before the first call.
type Dispatcher struct {
	Finder  Finder
	Store   Store
	Refresh RefreshFunc
	Keeper  KeeperFunc
	// Forced is the moment of asking of a caller that wants a token obtained
	// after it; zero for all others.
	Forced time.Time
	// Warn is told what a person should know although there is an answer.
	Warn func(message string)
	// Log is told what happens, as pairs of a name and a value; it may be nil.
	Log func(message string, pairs ...string)

	mu     sync.Mutex
	warned string // what Warn was told last
}

// Token returns a token for u. It waits for a refresh no longer than ctx.
// See [protocols.Tokens] for what its fields then mean.
func (d *Dispatcher) Token(ctx context.Context, u providers.URL, username string) (Answer, error) {
	q := new(Query)
	if err := d.Finder.Find(q, u, username); err != nil {
		return Answer{Exclusive: q.Route.Exclusive}, err
	}
	answer, err := d.answer(ctx, q)
	answer.Exclusive = q.Route.Exclusive
	return answer, err
}

// answer answers a request whose route is found.
func (d *Dispatcher) answer(ctx context.Context, q *Query) (Answer, error) {
	switch {
	case q.Keeping == providers.KeepsInStore:
		return d.answerKept(q)
	case q.Keeping == providers.KeepsItself:
		return d.askKeeper(ctx, q)
	case q.InProcess():
		token, err := d.askInProcess(ctx, q)
		return Answer{Token: token, Origin: Passed}, err
	}
	record := d.look(q)
	q.asked = time.Now()
	action, verdict := q.Policy.Decide(record, q.asked, d.Forced)
	d.log("looked", q, verdict)
	if action != Serve && action != Fail && d.Finder.Getenv(providers.NestedVariable) != "" {
		return d.settle(q, record, errNested)
	}
	switch action {
	case Serve:
		return d.settle(q, record, nil)
	case Fail:
		return Answer{}, q.failed(record, nil)
	case Elect:
		return d.elect(ctx, q, record)
	}
	return d.wait(ctx, q, record)
}

// errNested is the reason why a command that a refresh may wait for starts no other.
var errNested = errors.New("a command that a provider started asks sesame in its turn, and sesame may be waiting for it")

// look reads the record, and drops what a login by another program has made moot.
func (d *Dispatcher) look(q *Query) *Record {
	record, err := d.Store.Load(q.Key)
	if err != nil {
		d.warn(err.Error())
	}
	if record != nil && record.sourceChanged() {
		record.Failure, record.outdated = nil, true
	}
	return record
}

// elect refreshes an expiring token if nobody else does. Whatever comes of it, there is a
// token in hand.
func (d *Dispatcher) elect(ctx context.Context, q *Query, record *Record) (Answer, error) {
	lock, err := d.Store.TryLock(q.Key)
	if lock == nil || err != nil {
		return d.serve(q, record)
	}
	ctx, cancel := context.WithTimeout(ctx, electedWait)
	defer cancel()
	return d.refresh(ctx, q, lock)
}

// wait takes the lock, which may mean to wait for another process's refresh, and
// refreshes if it still must.
func (d *Dispatcher) wait(ctx context.Context, q *Query, record *Record) (Answer, error) {
	lock, err := d.Store.Lock(ctx, q.Key)
	if err != nil {
		return d.settle(q, d.look(q), err)
	}
	return d.refresh(ctx, q, lock)
}

// refresh looks again, now that it holds the lock, and has the token refreshed if that
// is still to be done.
func (d *Dispatcher) refresh(ctx context.Context, q *Query, lock Lock) (Answer, error) {
	defer lock.Unlock()
	record := d.look(q)
	action, verdict := q.Policy.Decide(record, time.Now(), d.Forced)
	switch action {
	case Serve:
		return d.settle(q, record, nil)
	case Fail:
		return Answer{}, q.failed(record, nil)
	}
	d.log("refreshing", q, verdict)
	handed := *q // so that q itself need not outlive this call, and a hit not allocate it
	result, err := d.Refresh(ctx, &handed, d.Forced, lock)
	if result == nil {
		result = d.look(q)
	}
	return d.settle(q, result, err)
}

// settle answers with a token that is good at this moment, whoever obtained it, or with the
// reason why there is none. The cause is what this process met itself, or nil.
func (d *Dispatcher) settle(q *Query, record *Record, cause error) (Answer, error) {
	verdict := q.Policy.Judge(record, time.Now())
	if !verdict.Usable() || !d.Forced.IsZero() && !record.Obtained.After(d.Forced) {
		return Answer{}, q.failed(record, cause)
	}
	if verdict == Ending && (cause != nil || record.Failure != nil) {
		left := time.Until(q.Policy.Window(record.Token, record.Obtained).Expires).Truncate(time.Second)
		d.warn("the token in hand is good for another " + left.String() + ", but " + q.failed(record, cause).Error())
	}
	return d.serve(q, record)
}

// serve answers with the record's token.
func (d *Dispatcher) serve(q *Query, record *Record) (Answer, error) {
	now := time.Now()
	verdict := q.Policy.Judge(record, now)
	if !verdict.Usable() {
		return Answer{}, q.failed(record, nil) // it ended since it was judged
	}
	d.log("served", q, verdict)
	token := record.Token // the record is this call's own
	token.Expires = q.Policy.Report(token, record.Obtained, now)
	token.State = providers.Secret{}
	answer := Answer{Token: token, Origin: Stored}
	if record.Obtained.After(q.asked) {
		answer.Origin = Minted
	}
	return answer, nil
}

// askInProcess asks a provider that is pure and quick. Nothing is stored but the fingerprint
// of a token that a server refused, for a short while: its source may mend itself, and
// only the server can tell.
func (d *Dispatcher) askInProcess(ctx context.Context, q *Query) (*providers.Token, error) {
	token, err := q.ask(ctx, q.Profile.New(), nil, time.Time{})
	if errors.Is(err, providers.ErrNotFound) {
		return nil, err
	}
	if err != nil {
		return nil, q.failed(nil, err)
	}
	record, _ := d.Store.Load(q.Key)
	if record != nil && record.IsRefused(token.Value) && record.backingOff(time.Now(), expiredCap) {
		return nil, q.failed(record, nil)
	}
	return token, nil
}

// warn tells a person, once.
func (d *Dispatcher) warn(message string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Warn != nil && message != d.warned {
		d.Warn(message)
	}
	d.warned = message
}

func (d *Dispatcher) log(message string, q *Query, verdict Verdict) {
	if d.Log != nil {
		d.Log(message, "url", q.URL.String(), "route", q.Name(), "provider", q.Profile.Name,
			"verdict", verdict.String())
	}
}
