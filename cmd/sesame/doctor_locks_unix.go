//go:build unix

package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// heldLock tells who holds a lock, where that is known and has been for too long.
func heldLock(path string) []finding {
	pid := holder(path)
	if pid <= 0 {
		return heldBySomebody(path, "fuser -v "+path)
	}
	age, ok := ageOf(pid)
	if !ok || age < heldLimit {
		return nil // a refresh that is under way, or has just ended
	}
	name, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return []finding{heldTooLong(path, pid, strings.TrimSpace(string(name)), age)}
}

func heldTooLong(path string, pid int, name string, age time.Duration) finding {
	return wrong(path+" is held by process "+strconv.Itoa(pid)+" ("+name+"), which was started "+brief(age)+
		" ago; a refresh takes "+brief(refreshLimit)+" at most", "kill "+strconv.Itoa(pid))
}

// ageOf returns how long a process has been running.
func ageOf(pid int) (age time.Duration, ok bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0, false
	}
	return ageIn(string(stat), string(uptime))
}

// ageIn reads proc_pid_stat(5) and proc_uptime(5).
func ageIn(stat, uptime string) (age time.Duration, ok bool) {
	const ticksPerSecond = 100 // USER_HZ, the same on every Linux that Go runs on
	// The name, field 2, may have blanks; what follows its parenthesis has none.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	up, _, _ := strings.Cut(uptime, " ")
	seconds, err := strconv.ParseFloat(up, 64)
	if err != nil || len(fields) < 20 {
		return 0, false
	}
	ticks, err := strconv.ParseInt(fields[19], 10, 64)
	return time.Duration(seconds*float64(time.Second)) - time.Duration(ticks)*(time.Second/ticksPerSecond), err == nil
}

// holder returns the process that holds the lock of a file, as the kernel tells it; 0 if it does not.
func holder(path string) int {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	text, err := os.ReadFile("/proc/locks")
	if !ok || err != nil {
		return 0
	}
	return holderOf(string(text), stat.Ino)
}

// holderOf reads proc_locks(5): "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF". Those that wait have an arrow.
func holderOf(locks string, inode uint64) int {
	for line := range strings.Lines(locks) {
		fields := strings.Fields(line)
		if len(fields) < 6 || fields[1] != "FLOCK" || !strings.HasSuffix(fields[5], ":"+strconv.FormatUint(inode, 10)) {
			continue
		}
		if pid, err := strconv.Atoi(fields[4]); err == nil {
			return pid
		}
	}
	return 0
}
