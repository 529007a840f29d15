package profile

import (
	"errors"

	"github.com/sesame-auth/sesame/providers"
)

// The files of a login, in the directory of [Settings.Directory].
const (
	TokensFile = "tokens.json"
	TokensLock = "tokens.lock"
)

// KeyFile and KeyLock return the names of the files for the tokens of an API key.
func KeyFile(key providers.Secret) string { return Digest(key.Reveal()) + ".json" }

// KeyLock returns the name of the lock file that belongs to [KeyFile].
func KeyLock(key providers.Secret) string { return Digest(key.Reveal()) + ".lock" }

// Directory returns where uv keeps the tokens of the API, whether or not it
// exists: a directory of its own, named after the API's URL, in the first of
// PYX_CREDENTIALS_DIR, uv's older directories if they have one of that name, and
// pyx/credentials in the user's data directory. It fails where no variable says what
// that is, and on a relative PYX_CREDENTIALS_DIR or UV_CREDENTIALS_DIR: two programs with
// two working directories would not mean the same.
func (s Settings) Directory(getenv func(string) string) (string, error) {
	if root := getenv("PYX_CREDENTIALS_DIR"); root != "" {
		if !isAbs(root) {
			return "", errors.New("PYX_CREDENTIALS_DIR: want an absolute path")
		}
		return join(root, s.digest), nil
	}
	data, err := dataDir(getenv)
	if err != nil {
		return "", err
	}
	older := getenv("UV_CREDENTIALS_DIR")
	switch {
	case older == "":
		older = join(stateDir(getenv, data), "credentials")
	case !isAbs(older):
		return "", errors.New("UV_CREDENTIALS_DIR: want an absolute path")
	}
	if legacy := join(older, s.digest); exists(legacy) {
		return legacy, nil
	}
	return join(data, "pyx", "credentials", s.digest), nil
}

// sources names the file that uv changes when a person logs in, or when it
// refreshes.
func sources(getenv func(string) string) []string {
	s, err := Read(getenv)
	if err != nil || !s.Token.IsZero() {
		return nil
	}
	directory, err := s.Directory(getenv)
	if err != nil {
		return nil
	}
	if !s.Key.IsZero() {
		return []string{join(directory, KeyFile(s.Key))}
	}
	return []string{join(directory, TokensFile)}
}

// variables are all that the settings and the directory depend on.
func variables() []string {
	return names[:]
}

// names are data, which costs a front nothing to make.
var names = [...]string{
	"PYX_API_URL", "PYX_CDN_DOMAIN", "PYX_API_KEY", "UV_API_KEY", "PYX_AUTH_TOKEN", "UV_AUTH_TOKEN",
	"PYX_CREDENTIALS_DIR", "UV_CREDENTIALS_DIR", "XDG_DATA_HOME", "HOME", "APPDATA",
}
