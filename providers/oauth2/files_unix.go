//go:build unix

package oauth2

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"

	"github.com/sesame-auth/sesame/providers/quote"
)

const nonblocking = syscall.O_NONBLOCK | syscall.O_NOCTTY

// checkOwner refuses a file that others can read or write, and one of another user than root.
func checkOwner(path string, info fs.FileInfo) error {
	mode := info.Mode().Perm()
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case ok && st.Uid != 0 && int(st.Uid) != os.Geteuid():
		return loginRequired(path+" belongs to another user", "chown \"$(id -u)\" "+quote.Posix(path))
	case mode&0o077 != 0:
		return loginRequired(path+" is open to other users: mode 0"+strconv.FormatUint(uint64(mode), 8)+
			", want 0600 or stricter", "chmod 600 "+quote.Posix(path))
	}
	return nil
}
