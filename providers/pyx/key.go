package pyx

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// fromKey returns a token that the API key is exchanged for. The key is not spent by that, so
// it works as well where uv's directory cannot be written: then nothing is kept there.
func (s source) fromKey(ctx context.Context) (*providers.Token, error) {
	key := s.settings.Key
	if !sendable(key.Reveal()) {
		return nil, loginRequired("the key in "+s.settings.KeyVariable+" has characters that no header can carry", "")
	}
	locked := os.MkdirAll(s.directory, 0o700) == nil
	if locked {
		unlock, err := lock(ctx, filepath.Join(s.directory, profile.KeyLock(key)))
		if errors.Is(err, errBusy) {
			return nil, unavailable(err.Error())
		}
		if locked = err == nil; locked {
			defer unlock()
		}
	}
	file := filepath.Join(s.directory, profile.KeyFile(key))
	if kept, err := readFile(file); err == nil && sendable(string(kept)) {
		if token := s.inHand(string(kept), time.Now()); token != nil {
			return token, nil
		}
	}
	answer, err := s.issuer.exchange(ctx, key)
	if refused, ok := errors.AsType[*refusal](err); ok {
		return nil, loginRequired("the key in "+s.settings.KeyVariable+" is not accepted: "+refused.Error(),
			"export "+s.settings.KeyVariable+"=KEY")
	}
	if err != nil {
		return nil, err
	}
	if locked {
		keep(file, answer.Access)
	}
	return s.checkNew(newToken(answer.Access))
}

// keep leaves the token for uv. That it cannot is no failure: the next exchange
// brings another.
func keep(file, access string) {
	if next, err := reserve(file); err == nil {
		_ = next.commit([]byte(access))
	}
}
