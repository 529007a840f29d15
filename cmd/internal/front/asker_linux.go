package front

import (
	"strconv"
	"strings"
	"syscall"
)

// nearest is how many ancestors are looked at: git, a shell, git again, and the tool.
const nearest = 5

// Renewing reports whether the tool can be told by git's "continue" to ask once more. All can but git-lfs,
// which then sends a refused token again and again, and asks nobody: it keeps its tokens itself. (Seen with
// git-lfs 3.6.1: two thousand requests to the server, and none to the helper.) Without "continue" it tells that
// the token was refused, and gets another within the same command.
func Renewing() bool {
	pid := syscall.Getppid()
	for range nearest {
		name, parent := process(pid)
		switch {
		case name == "git-lfs":
			return false
		case parent <= 1 || strings.HasPrefix(name, "git-remote-"):
			return true
		}
		pid = parent
	}
	return true
}

// process returns the name of a process, 15 bytes at most, and its parent; zeros if it is not there.
func process(pid int) (name string, parent int) {
	fd, err := syscall.Open("/proc/"+strconv.Itoa(pid)+"/stat", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return "", 0
	}
	defer syscall.Close(fd)
	var buf [512]byte
	n, err := syscall.Read(fd, buf[:])
	if err != nil {
		return "", 0
	}
	// "PID (NAME) STATE PARENT ...", and the name may hold a parenthesis (proc_pid_stat(5)).
	text := string(buf[:max(n, 0)])
	begin, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if begin < 0 || end < begin {
		return "", 0
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 2 {
		return "", 0
	}
	parent, _ = strconv.Atoi(fields[1])
	return text[begin+1 : end], parent
}
