package pyx

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// Uv writes its file in place, and at a login without the lock: half a file is read
// again, in the hope that the other half is on its way.
const (
	readTries = 3
	readPause = 50 * time.Millisecond
)

// tokens are what uv keeps of a login, and what the refresh endpoint answers.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// state is what [providers.Token.State] holds of a refresh, or of a login, whose tokens could not
// be written where uv looks for them.
type state struct {
	// Refresh is the refresh token that is good.
	Refresh string `json:"refresh_token"`
	// Replaces is the fingerprint of the one in uv's file, which is spent.
	Replaces string `json:"replaces"`
}

var errDamaged = errors.New("is not what uv writes")

// fromLogin returns a token of uv's login. All that it knows it has read under the lock: a
// refresh token that was read before may be spent.
func (s source) fromLogin(ctx context.Context) (*providers.Token, error) {
	file := filepath.Join(s.directory, profile.TokensFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, s.nobody()
	}
	unlock, lockErr := lock(ctx, filepath.Join(s.directory, profile.TokensLock))
	if errors.Is(lockErr, errBusy) {
		return nil, unavailable(lockErr.Error())
	}
	if lockErr == nil {
		defer unlock()
	}
	kept, err := s.readTokens(ctx, file)
	if err != nil {
		return nil, err
	}
	spend, unwritten := s.newest(kept)
	if token := s.inHand(kept.Access, time.Now()); token != nil && !unwritten {
		return token, nil
	}
	if lockErr != nil {
		return nil, unavailable("a refresh is due, and there is no lock for it: " + lockErr.Error())
	}
	return s.refresh(ctx, file, kept, spend)
}

// unwritten returns the state that saves an answer which could not be put in the place of what
// was kept.
func unwritten(kept, answer tokens) providers.Secret {
	text, _ := json.Marshal(state{Refresh: answer.Refresh, Replaces: fingerprint(kept.Refresh)})
	return providers.NewSecret(string(text))
}

// newest returns the refresh token to spend: the file's, or the one of a refresh that could not
// be written, if the file still holds what that refresh spent.
func (s source) newest(kept tokens) (spend string, unwritten bool) {
	if s.req.Previous == nil {
		return kept.Refresh, false
	}
	var st state
	err := json.Unmarshal([]byte(s.req.Previous.State.Reveal()), &st)
	if err != nil || st.Refresh == "" || st.Replaces != fingerprint(kept.Refresh) {
		return kept.Refresh, false
	}
	return st.Refresh, true
}

// refresh spends a refresh token, once. If it is refused although uv's file now has
// another, since somebody logged in meanwhile, that one is used.
func (s source) refresh(ctx context.Context, file string, kept tokens, spend string) (*providers.Token, error) {
	token, err := s.spend(ctx, file, kept, spend)
	refused, ok := errors.AsType[*refusal](err)
	if !ok {
		return token, err
	}
	again, err := s.readTokens(ctx, file)
	if err != nil {
		return nil, err
	}
	if again.Refresh == kept.Refresh || again.Refresh == spend {
		return nil, s.loggedOut(file, refused)
	}
	if token := s.inHand(again.Access, time.Now()); token != nil {
		return token, nil
	}
	token, err = s.spend(ctx, file, again, again.Refresh)
	if refused, ok := errors.AsType[*refusal](err); ok {
		return nil, s.loggedOut(file, refused)
	}
	return token, err
}

// spend makes the one request, and writes what it brought. That there is a place for
// it is made sure first: the old refresh token is worth nothing afterwards.
func (s source) spend(ctx context.Context, file string, kept tokens, spend string) (*providers.Token, error) {
	next, err := reserve(file)
	if err != nil {
		return nil, unavailable("a refresh is due, and its tokens could not be written: " + err.Error())
	}
	answer, err := s.issuer.refresh(ctx, spend)
	if err != nil {
		next.abandon()
		return nil, err
	}
	if answer.Refresh == "" {
		answer.Refresh = spend // RFC 6749, section 6: then the old one stays good
	}
	token := newToken(answer.Access)
	if err := next.write(kept, answer); err != nil {
		token.State = unwritten(kept, answer)
	}
	return s.checkNew(token)
}

// write puts the answer in the place of what was kept. A file that was changed meanwhile
// stays: somebody has logged in or out, which uv does without the lock.
func (r *replacement) write(kept, answer tokens) error {
	text, err := json.Marshal(answer)
	if now, _ := parseTokens(r.path); now.Refresh != kept.Refresh {
		err = errors.New(r.path + " was changed meanwhile")
	}
	if err != nil {
		r.abandon()
		return err
	}
	return r.commit(text)
}

// readTokens reads uv's file.
func (s source) readTokens(ctx context.Context, file string) (tokens, error) {
	kept, err := parsePatiently(ctx, file)
	switch {
	case err == nil:
		return kept, nil
	case errors.Is(err, fs.ErrNotExist):
		return tokens{}, s.nobody()
	case errors.Is(err, errDamaged):
		return tokens{}, loginRequired(file+" "+err.Error(), loginCommand(s.settings))
	}
	return tokens{}, unavailable(err.Error())
}

// parsePatiently reads half a file again.
func parsePatiently(ctx context.Context, file string) (kept tokens, err error) {
	for try := 1; ; try++ {
		kept, err = parseTokens(file)
		if !errors.Is(err, errDamaged) || try == readTries {
			return kept, err
		}
		pause(ctx, readPause)
	}
}

func parseTokens(file string) (kept tokens, err error) {
	text, err := readFile(file)
	if err != nil {
		return tokens{}, err
	}
	// The decoder's own error would quote the file.
	if json.Unmarshal(text, &kept) != nil || kept.Refresh == "" {
		return tokens{}, errDamaged
	}
	return kept, nil
}

func (s source) nobody() error {
	return loginRequired("nobody is logged in to "+s.settings.Origin()+": no tokens in "+s.directory, loginCommand(s.settings))
}

func (s source) loggedOut(file string, r *refusal) error {
	return loginRequired("the refresh token in "+file+" is not accepted any more: "+r.Error(), loginCommand(s.settings))
}

// fingerprint tells one token from another without being one.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
