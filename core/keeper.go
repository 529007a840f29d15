package core

import (
	"context"

	"github.com/sesame-auth/sesame/core/digest"
	"github.com/sesame-auth/sesame/providers"
)

// A KeeperFunc calls a provider that keeps tokens itself, by way of its plugin, until ctx ends. The
// lock is held until the call is over, though the caller is killed; it is nil where
// the call changes nothing.
type KeeperFunc func(ctx context.Context, job Job, lock Lock) (Message, error)

// keeperKey names the lock of a provider that keeps tokens itself: one for all of its routes, since what it
// has may be in one place.
func keeperKey(provider string) string { return digest.Sum("sesame keeper 1", provider) }

// The calls of a provider that keeps tokens itself, as a [Job] names them.
const (
	KeeperToken = "token"
	KeeperKeep  = "keep"
	KeeperDrop  = "drop"
	KeeperList  = "list"
)

// askKeeper has a provider that keeps tokens answer. What it answers is not stored: where it keeps tokens
// is for the person to choose.
func (d *Dispatcher) askKeeper(ctx context.Context, q *Query) (Answer, error) {
	message, err := d.callKeeper(ctx, q, NewJob(q, d.Forced), KeeperToken)
	if err != nil {
		return Answer{}, err
	}
	if message.Token == nil {
		return Answer{}, nothingKept(q)
	}
	return Answer{Token: message.Token, Origin: Kept}, nil
}

// keepByKeeper hands a token to a provider that keeps tokens itself.
func (d *Dispatcher) keepByKeeper(ctx context.Context, q *Query, name string, t *providers.Token) error {
	job := NewJob(q, d.Forced)
	job.Name, job.Token = name, t
	_, err := d.callKeeper(ctx, q, job, KeeperKeep)
	return err
}

// dropByKeeper has a provider that keeps tokens itself drop some.
func (d *Dispatcher) dropByKeeper(ctx context.Context, q *Query, value providers.Secret) error {
	job := NewJob(q, d.Forced)
	job.Token = &providers.Token{Value: value}
	_, err := d.callKeeper(ctx, q, job, KeeperDrop)
	return err
}

// callKeeper makes one call; one that changes something is made under the provider's lock.
func (d *Dispatcher) callKeeper(ctx context.Context, q *Query, job Job, call string) (Message, error) {
	job.Call = call
	d.log("asking the keeper", q, Absent)
	var lock Lock
	if call == KeeperKeep || call == KeeperDrop {
		var err error
		if lock, err = d.Store.Lock(ctx, q.Key); err != nil {
			return Message{}, err
		}
		defer lock.Unlock()
	}
	message, err := d.Keeper(ctx, job, lock)
	if err == nil && message.Failure != nil {
		err = q.failed(nil, message.Failure)
		if message.Failure.Kind == providers.ErrNotFound {
			err = message.Failure
		}
	}
	return message, err
}
