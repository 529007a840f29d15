package filestore

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/windows"
)

// Keys returns the keys that begin with prefix, of which there is a record.
func (s *Store) Keys(prefix string) (keys []string, err error) {
	err = s.checkDir()
	if errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return nil, s.folderFault(why(err))
	}
	for _, entry := range entries {
		if key, ok := strings.CutSuffix(entry.Name(), ".token"); ok && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
