//go:build unix

package static

import (
	"strconv"
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/providers/quote"
)

const homeVariable = "HOME"

// maxSecret bounds what is read from a file, in bytes; it is the most that a
// token may have.
const maxSecret = 64 << 10

func homeDir() string {
	home, _ := syscall.Getenv(homeVariable)
	return home
}

func isAbs(path string) bool { return strings.HasPrefix(path, "/") }

// readOwned returns what the file holds, if nobody but its owner can read it. A
// symbolic link is followed, since mounted secrets are links; what is checked is the
// file that was opened. It is opened so that a FIFO without a writer does not hang.
func readOwned(path string) (string, error) {
	fd, err := open(path)
	if err != nil {
		return "", cannot("open", path, err)
	}
	defer syscall.Close(fd)
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return "", cannot("stat", path, err)
	}
	if err := checkOwned(path, &st); err != nil {
		return "", err
	}
	return readAll(fd, path, st.Size)
}

func open(path string) (fd int, err error) {
	const flags = syscall.O_RDONLY | syscall.O_NONBLOCK | syscall.O_CLOEXEC | syscall.O_NOCTTY
	for {
		if fd, err = syscall.Open(path, flags, 0); err != syscall.EINTR {
			return fd, err
		}
	}
}

func checkOwned(path string, st *syscall.Stat_t) error {
	mode := uint32(st.Mode)
	switch {
	case mode&syscall.S_IFMT != syscall.S_IFREG:
		return refused(path+" is not a regular file", "")
	case st.Uid != 0 && int(st.Uid) != syscall.Geteuid():
		return refused(path+" belongs to another user", takeOver(path))
	case mode&0o077 != 0:
		return refused(path+" is open to other users: mode 0"+strconv.FormatUint(uint64(mode&0o777), 8)+
			", want 0600 or stricter", "chmod 600 "+quote.Posix(path))
	case st.Size > maxSecret:
		return refused(path+" holds more than 64 KiB: it is no token", "")
	}
	return nil
}

// readAll reads the size that was checked, and one byte more: a file that grows meanwhile
// is being written, and half of it is no token.
func readAll(fd int, path string, size int64) (string, error) {
	buf := make([]byte, size+1)
	length := 0
	for length < len(buf) {
		n, err := syscall.Read(fd, buf[length:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return "", cannot("read", path, err)
		}
		if n == 0 {
			return string(buf[:length]), nil
		}
		length += n
	}
	return "", unavailable(path + " changed while it was read")
}

// cannot tells what a person must mend from what may pass, such as a device that
// does not answer or too many open files.
func cannot(verb, path string, err error) error {
	message := verb + " " + path + ": " + err.Error()
	switch err {
	case syscall.ENOENT, syscall.ENOTDIR, syscall.EACCES, syscall.EPERM, syscall.ELOOP,
		syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EISDIR, syscall.ENXIO:
		return refused(message, repairOf(path, err))
	}
	return unavailable(message)
}
