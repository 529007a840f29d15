package audit

import (
	"strconv"
	"strings"
	"syscall"
)

// Tool returns the name of the process that started this one, 15 bytes at most; "" if the system does not
// tell. It is not the name of a program that is trusted: any process may call itself anything.
func Tool() string {
	path := "/proc/" + strconv.Itoa(syscall.Getppid()) + "/comm"
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer syscall.Close(fd)
	var buf [64]byte
	n, err := syscall.Read(fd, buf[:])
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(buf[:max(n, 0)]), "\n")
}
