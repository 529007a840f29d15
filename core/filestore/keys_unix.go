//go:build unix

package filestore

import (
	"errors"
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/core/system"
)

// Keys returns the keys that begin with prefix, of which there is a record.
func (s *Store) Keys(prefix string) (keys []string, err error) {
	err = s.checkDir()
	if err == syscall.ENOENT {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	fd, err := system.Open(s.Dir, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, errors.New("state folder " + s.Dir + ": " + err.Error())
	}
	defer syscall.Close(fd)
	buf := make([]byte, 32<<10)
	for {
		n, err := syscall.ReadDirent(fd, buf)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return nil, errors.New("state folder " + s.Dir + ": " + err.Error())
		}
		if n <= 0 {
			return keys, nil
		}
		_, _, names := syscall.ParseDirent(buf[:n], -1, nil)
		for _, name := range names {
			if key, ok := strings.CutSuffix(name, ".token"); ok && strings.HasPrefix(key, prefix) {
				keys = append(keys, key)
			}
		}
	}
}
