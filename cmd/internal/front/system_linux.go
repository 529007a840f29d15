package front

import (
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sesame-auth/sesame/providers/duration"
)

// self returns the path of this program's executable; "" if it is not known.
func self() string {
	buf := make([]byte, 4096)
	n, err := syscall.Readlink("/proc/self/exe", buf)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(buf[:n]), " (deleted)")
}

// Harden keeps the memory of this process, with the tokens in it, out of core dumps, and from other
// processes of the same user. Errors are ignored: an odd kernel is no reason not to answer.
func Harden() {
	const setDumpable = 4 // PR_SET_DUMPABLE; an exec undoes it
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setDumpable, 0, 0)
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}

// readable waits until there is something to read, an end included, or the time is over.
func readable(fd int, wait time.Duration) (bool, error) {
	set := syscall.FdSet{}
	set.Bits[0] = 1 << fd
	limit := syscall.NsecToTimeval(int64(max(wait, 0)))
	n, err := syscall.Select(fd+1, &set, nil, nil, &limit)
	return n > 0, err
}

// closeOthersOnExec keeps descriptors that this process inherited from its children. git leaks
// its sockets into a helper; a refresh that held them would outlive the fetch.
func closeOthersOnExec() {
	const closeRange, closeRangeCloexec = 436, 4
	_, _, errno := syscall.RawSyscall(closeRange, 3, ^uintptr(0)>>33, closeRangeCloexec)
	if errno == 0 {
		return
	}
	for fd := 3; fd < 256; fd++ { // a kernel before 5.11
		syscall.CloseOnExec(fd)
	}
}

// startOf returns when this process was started, which for a forced refresh is the moment of
// asking: of 300 that are started at once the last may run long after the first has
// its answer. It returns fallback where the system does not say.
func startOf(fallback time.Time) time.Time {
	const ticksPerSecond = 100 // USER_HZ, the same on every Linux that Go runs on
	stat, err := readFile("/proc/self/stat")
	if err != nil {
		return fallback
	}
	uptime, err := readFile("/proc/uptime")
	if err != nil {
		return fallback
	}
	// The name, field 2, may have blanks; what follows its parenthesis has none.
	list := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(list) < 20 {
		return fallback
	}
	ticks, err := strconv.ParseInt(list[19], 10, 64)
	if err != nil {
		return fallback
	}
	up, ok := duration.Parse(uptime[:max(strings.IndexByte(uptime, ' '), 0)] + "s")
	if !ok {
		return fallback
	}
	// The tick after, so that it is never before the true start.
	age := up - time.Duration(ticks+1)*(time.Second/ticksPerSecond)
	if begin := time.Now().Add(-age); begin.Before(fallback) {
		return begin
	}
	return fallback
}

func readFile(path string) (string, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer syscall.Close(fd)
	buf := make([]byte, 4096)
	n, err := syscall.Read(fd, buf)
	return string(buf[:max(n, 0)]), err
}
