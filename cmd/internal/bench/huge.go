//go:build linux

package bench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
)

// What one waiting caller takes, at most.
const (
	threadsEach = 6
	memoryEach  = 2 << 10 // KiB, with the kernel's own
	filesEach   = 8
)

// hugeCrowd starts more callers at once than most machines allow: one refresh, no failure, nothing lost.
func (l *lab) hugeCrowd() error {
	if l.huge == 0 {
		return nil
	}
	l.printf("## %d callers at once on an expired token\n\n", l.huge)
	missing, err := missingFor(l.huge)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		l.printf("Not run, since this machine does not allow it:\n\n- %s\n\n", strings.Join(missing, "\n- "))
		return nil
	}
	h, err := l.house("huge", 10, 0)
	if err != nil {
		return err
	}
	// They are git's: Bazel kills a helper after ten seconds.
	empty, err := atOnce(l.empty, l.huge, "")
	if err != nil {
		return err
	}
	run, err := l.onExpired(h, "git", l.huge)
	if err != nil {
		return err
	}
	l.printf("%.1f s; %.2f times as many empty Go programs. Every answer was good. Refreshes: %d.\n\n",
		run.wall.Seconds(), ratio(run.wall, empty), run.refreshes)
	l.promise("refreshes by the huge crowd", float64(run.refreshes), 1)
	return nil
}

// missingFor says which limits of this machine are too low for n callers at once, and what raises them.
func missingFor(n int) (missing []string, err error) {
	limits := []struct {
		file string
		want int64
		text string
	}{
		{"/proc/sys/kernel/pid_max", int64(n) * threadsEach, "sysctl kernel.pid_max=%d (now %d)"},
		{"/proc/sys/kernel/threads-max", int64(n) * threadsEach, "sysctl kernel.threads-max=%d (now %d)"},
		{"/proc/sys/fs/file-max", int64(n) * filesEach, "sysctl fs.file-max=%d (now %d)"},
		{"/sys/fs/cgroup/pids.max", int64(n) * threadsEach, "the cgroup's pids.max: at least %d (now %d)"},
	}
	for _, limit := range limits {
		text, err := os.ReadFile(limit.file)
		if os.IsNotExist(err) {
			continue // a limit that this kernel has not
		}
		if err != nil {
			return nil, err
		}
		have, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err == nil && have < limit.want { // no number is "max"
			missing = append(missing, fmt.Sprintf(limit.text, limit.want, have))
		}
	}
	free, err := cost.Field("/proc/meminfo", "MemAvailable")
	if err != nil {
		return nil, err
	}
	if want := int64(n) * memoryEach; free < want {
		missing = append(missing, fmt.Sprintf("memory: %d MiB available (now %d)", want/1024, free/1024))
	}
	if have, want := processLimit(), int64(n)*threadsEach; have < want {
		missing = append(missing, fmt.Sprintf("ulimit -u %d (now %d)", want, have))
	}
	return missing, nil
}

// processLimit returns how many threads the user may have: no limit for root, nor where none is known.
func processLimit() int64 {
	const resource, none = 6, 1<<63 - 1 // RLIMIT_NPROC
	var limit syscall.Rlimit
	if os.Geteuid() == 0 || syscall.Getrlimit(resource, &limit) != nil || limit.Cur > none {
		return none
	}
	return int64(limit.Cur)
}
