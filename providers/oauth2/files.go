package oauth2

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// readOwned returns the secret in a file that a person wrote, if nobody but its owner can
// read it: the whole file without the line end that an editor leaves behind.
func readOwned(option, name string) (providers.Secret, error) {
	return readSecret(option, name, checkOwner)
}

// readGiven returns the token in a file that the machine was given. Who else may read it is
// the affair of whoever gives it: Kubernetes, for one, lets everybody in the container.
func readGiven(option, name string) (providers.Secret, error) {
	return readSecret(option, name, func(string, fs.FileInfo) error { return nil })
}

func readSecret(option, name string, check func(string, fs.FileInfo) error) (providers.Secret, error) {
	path, err := expand(option, name)
	if err != nil {
		return providers.Secret{}, err
	}
	// Anything but a regular file, such as a FIFO, might not open for ever.
	file, err := os.OpenFile(path, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return providers.Secret{}, cannot(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return providers.Secret{}, cannot(err)
	}
	if !info.Mode().IsRegular() {
		return providers.Secret{}, loginRequired(path+" is not a regular file", "")
	}
	if err := check(path, info); err != nil {
		return providers.Secret{}, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxToken+1))
	secret := providers.NewSecret(strings.TrimRight(string(text), "\r\n"))
	switch {
	case err != nil:
		return providers.Secret{}, cannot(err)
	case len(text) > maxToken:
		return providers.Secret{}, loginRequired(path+" holds more than 64 KiB: it is no token", "")
	case secret.IsZero():
		return providers.Secret{}, loginRequired(path+" is empty", "")
	}
	return secret, nil
}

// expand does not repeat a name that is no path in its error: it may be the secret itself,
// under the wrong option.
func expand(option, name string) (string, error) {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", loginRequired("option "+option+": "+err.Error(), "")
		}
		return filepath.Join(home, rest), nil
	}
	if !filepath.IsAbs(name) {
		return "", loginRequired("option "+option+`: want an absolute path, or one that begins with "~/"`, "")
	}
	return name, nil
}

// cannot tells what a person must mend from what may pass.
func cannot(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return loginRequired(err.Error(), "")
	}
	return unavailable(err.Error())
}
