package pyx

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// Logout ends the login at the API, and removes the tokens that uv keeps of it; with a key in the
// environment those of the key too. Uv's lock files stay, and so do the tokens of other keys.
//
// Only what the API has ended, or does not know any more, is removed: on an error the tokens are
// kept. The token in PYX_AUTH_TOKEN is no login: it is neither sent nor changed.
func (Provider) Logout(ctx context.Context, req providers.Request) error {
	settings, err := readSettings(req)
	if err != nil {
		return err
	}
	s, err := newSource(settings, req)
	if err != nil {
		return err
	}
	if settings.Key.IsZero() {
		return s.endLogin(ctx, s.previous())
	}
	if err := s.endKey(ctx, s.previous()); err != nil {
		return err
	}
	return s.endLogin(ctx, "")
}

// previous returns the access token that the core keeps, unless it is the environment's; "" if there is
// none.
func (s source) previous() string {
	if s.req.Previous == nil || !s.settings.Token.IsZero() {
		return ""
	}
	return s.req.Previous.Value.Reveal()
}

// endLogin ends the login whose tokens are in uv's file, or else the one that previous is of.
func (s source) endLogin(ctx context.Context, previous string) error {
	file := filepath.Join(s.directory, profile.TokensFile)
	return s.end(ctx, file, profile.TokensLock, previous, func() error {
		kept, err := parsePatiently(ctx, file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // uv has logged out meanwhile
		}
		if err != nil {
			return loginRequired(file+" is of no use for a logout, remove it: "+err.Error(), "")
		}
		access := kept.Access
		if spend, newer := s.newest(kept); newer && previous != "" {
			access = previous
			kept = mend(file, kept, tokens{Access: previous, Refresh: spend})
		}
		if !sendable(access) {
			return loginRequired(file+" has no access token for a logout, remove it", "")
		}
		if err := s.endAccess(ctx, access); err != nil {
			return err
		}
		if now, err := parseTokens(file); err == nil && now != kept {
			return nil // somebody has logged in, which uv does without the lock
		}
		return remove(file)
	})
}

// endKey ends the access token that uv keeps for the key, or else previous. The key itself stays
// good.
func (s source) endKey(ctx context.Context, previous string) error {
	file := filepath.Join(s.directory, profile.KeyFile(s.settings.Key))
	return s.end(ctx, file, profile.KeyLock(s.settings.Key), previous, func() error {
		if kept, err := readFile(file); err == nil && sendable(string(kept)) {
			if err := s.endAccess(ctx, string(kept)); err != nil {
				return err
			}
		}
		return remove(file)
	})
}

// end does what must be done under the lock of the file; if there is no file, there is only the
// core's token to end.
func (s source) end(ctx context.Context, file, lockFile, previous string, locked func() error) error {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if sendable(previous) {
			return s.endAccess(ctx, previous)
		}
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	unlock, err := lock(waiting, filepath.Join(s.directory, lockFile))
	if err != nil {
		return unavailable("log out: " + err.Error() + "; the tokens are kept, so log out again later")
	}
	defer unlock()
	return locked()
}

// endAccess ends the login of an access token.
func (s source) endAccess(ctx context.Context, access string) error {
	if err := s.issuer.logout(ctx, access); err != nil {
		return unavailable("log out: " + err.Error() + "; the tokens are kept, so log out again later")
	}
	return nil
}

// mend puts the tokens that could not be written before into the file, so that they outlive a
// logout that fails. It returns what the file then holds.
func mend(file string, kept, newer tokens) tokens {
	text, err := json.Marshal(newer)
	if err != nil {
		return kept
	}
	next, err := reserve(file)
	if err != nil || next.commit(text) != nil {
		return kept
	}
	return newer
}

// remove removes the file, and what a killed process has left beside it.
func remove(file string) error {
	_ = os.Remove(file + ".new")
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable("the login is ended, but not removed: " + err.Error())
	}
	// Not every file system can do this, and the file is gone already.
	_ = syncDirectory(filepath.Dir(file))
	return nil
}
