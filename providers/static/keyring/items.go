package keyring

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	system "github.com/zalando/go-keyring"
)

const (
	// service is the name under which the keyring has everything of sesame's.
	service = "sesame"
	// index is the name of the item with the hosts. No host has it: theirs have a scheme.
	index = "index"
)

// limit bounds what one call of the provider may wait for the keyring in all. It ends before
// any tool's own deadline, the shortest of which is 8 s.
const limit = 5 * time.Second

// A ring is a keyring. Any of its calls may hang for ever: a locked one waits for a person.
type ring interface {
	// Ready fails where another call would have to ask a person, or start a program.
	Ready() error
	// Get returns the text of an item, Set replaces it, Delete removes it. The error of the
	// first and the last is system.ErrNotFound where there is no such item.
	Get(service, name string) (string, error)
	Set(service, name, text string) error
	Delete(service, name string) error
}

// systemRing is the operating system's keyring.
type systemRing struct{}

func (systemRing) Ready() error                             { return ready() }
func (systemRing) Get(service, name string) (string, error) { return system.Get(service, name) }
func (systemRing) Set(service, name, text string) error     { return system.Set(service, name, text) }
func (systemRing) Delete(service, name string) error        { return system.Delete(service, name) }

// items are the items of a keyring, asked within a limit.
type items struct{ ring ring }

// open returns the items, and the context that bounds all that is asked of them.
func (p Provider) open(ctx context.Context) (context.Context, items, context.CancelFunc) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	ring := p.ring
	if ring == nil {
		ring = systemRing{}
	}
	return ctx, items{ring}, cancel
}

// ask makes one call, and leaves it alone when ctx ends: the library knows no context. What is
// left alone ends with the process, and no call comes after it.
func (i items) ask(ctx context.Context, call func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	done := make(chan answer, 1)
	go func() {
		a := answer{err: errPanic}
		defer func() {
			// The library panics where the connection breaks at the wrong moment.
			_ = recover()
			done <- a
		}()
		if a.err = cmp.Or(i.ring.Ready(), ctx.Err()); a.err == nil {
			a.text, a.err = call()
		}
	}()
	select {
	case a := <-done:
		return a.text, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// read stores the item of that name in v; v is left alone where there is no such item.
func (i items) read(ctx context.Context, name string, v any) error {
	text, err := i.ask(ctx, func() (string, error) { return i.ring.Get(service, name) })
	if errors.Is(err, system.ErrNotFound) {
		return nil
	}
	if err == nil && decode(text, v) != nil {
		return damagedError(name)
	}
	return err
}

// write makes v the item of that name.
func (i items) write(ctx context.Context, name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = i.ask(ctx, func() (string, error) { return "", i.ring.Set(service, name, string(text)) })
	return err
}

// entries returns what is kept for a host, the latest last.
func (i items) entries(ctx context.Context, host string) (entries []entry, err error) {
	if err := i.read(ctx, host, &entries); err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, err := base64.StdEncoding.DecodeString(e.State); err != nil {
			return nil, damagedError(host)
		}
	}
	return entries, nil
}

// hosts returns the hosts for which something is kept, in their order.
func (i items) hosts(ctx context.Context) (hosts []string, err error) {
	err = i.read(ctx, index, &hosts)
	slices.Sort(hosts) // a person may have written to it
	return slices.Compact(hosts), err
}

// save makes entries what is kept for a host, in place of old. An item that stays as it is is
// not written, and one without entries is removed.
//
// The index has the host for as long as there is an item: a name without an item is harmless, an
// item without a name is one that nobody finds again.
func (i items) save(ctx context.Context, host string, old, entries []entry) error {
	switch {
	case slices.Equal(old, entries):
		return nil
	case len(entries) > 0:
		if err := i.list(ctx, host, true); err != nil {
			return err
		}
		return i.write(ctx, host, entries)
	}
	_, err := i.ask(ctx, func() (string, error) { return "", i.ring.Delete(service, host) })
	if err != nil && !errors.Is(err, system.ErrNotFound) {
		return err
	}
	return i.list(ctx, host, false)
}

// list adds a host to the index, or removes it.
func (i items) list(ctx context.Context, host string, present bool) error {
	hosts, err := i.hosts(ctx)
	if err != nil {
		return err
	}
	at, found := slices.BinarySearch(hosts, host)
	switch {
	case found == present:
		return nil
	case present:
		hosts = slices.Insert(hosts, at, host)
	default:
		hosts = slices.Delete(hosts, at, at+1)
	}
	return i.write(ctx, index, hosts)
}

// decode reads one JSON value, and nothing else: what a newer version added would be lost when
// this one writes the item.
func decode(text string, v any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}
