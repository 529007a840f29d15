package core

import (
	"context"
	"errors"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A Session logs a person in to the provider of a query, and out again.
type Session struct {
	Store    Store
	Provider providers.LoginProvider
	Getenv   func(string) string
}

// Login has the person log in and stores the token. It takes the key's lock only then: a person may take
// minutes, and tools are answered meanwhile.
func (s *Session) Login(ctx context.Context, q *Query, show func(providers.Step)) error {
	previous, _ := s.Store.Load(q.Key)
	token, err := s.Provider.Login(ctx, q.request(previous.token(), time.Time{}), show)
	if err == nil {
		err = q.accept(token)
	}
	if err != nil {
		return err
	}
	lock, err := s.Store.Lock(ctx, q.Key)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	refresher := Refresher{Store: s.Store, Getenv: s.Getenv}
	outcome := refresher.succeed(q, &Record{Host: hostOf(q.URL)}, token)
	if outcome.Unsaved {
		return errors.New(outcome.Warning)
	}
	return nil
}

// Logout has the provider end the login, and drops the stored token whatever comes of that.
func (s *Session) Logout(ctx context.Context, q *Query) error {
	lock, err := s.Store.Lock(ctx, q.Key)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	record, _ := s.Store.Load(q.Key)
	ended := s.Provider.Logout(ctx, q.request(record.token(), time.Time{}))
	return errors.Join(ended, s.Store.Remove(q.Key))
}

// token returns the record's token; nil if there is none.
func (r *Record) token() *providers.Token {
	if r == nil {
		return nil
	}
	return r.Token
}
