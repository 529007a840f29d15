//go:build linux

package cost

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// A call is one system call of a program.
type call struct {
	name   string
	args   string // as strace prints them: descriptors with their paths
	result string
}

// trace runs the program under strace and returns its system calls.
func trace(t *testing.T, p Program) []call {
	t.Helper()
	programs.Need(t, "strace", "strace")
	in, err := os.Open(orNull(p.Input))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	file := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", append([]string{"-f", "-qq", "-y", "-s", "0", "-o", file, p.Path}, p.Args...)...)
	cmd.Env, cmd.Stdin = p.Env, in
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("strace %s: %v\n%s", p.Path, err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parseTrace(string(text))
}

var (
	wholeCall   = regexp.MustCompile(`^(\w+)\((.*)\)\s+= (.+)$`)
	resumedCall = regexp.MustCompile(`^<\.\.\. \w+ resumed>(.*)$`)
)

// parseTrace reads what strace writes: a call that another thread interrupts stands in two lines.
func parseTrace(text string) (calls []call) {
	begun := map[string]string{} // by thread
	for line := range strings.Lines(text) {
		thread, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		rest = strings.TrimSpace(rest)
		if first, ok := strings.CutSuffix(rest, "<unfinished ...>"); ok {
			begun[thread] = first
			continue
		}
		if end := resumedCall.FindStringSubmatch(rest); end != nil {
			rest = begun[thread] + end[1]
		}
		if part := wholeCall.FindStringSubmatch(rest); part != nil {
			calls = append(calls, call{part[1], strings.TrimSpace(part[2]), part[3]})
		}
	}
	return calls
}

// A call that is lost here is one that no test below can find.
func TestTraceJoinsCallsThatWereInterrupted(t *testing.T) {
	got := parseTrace(`11 execve("/bin/a", ["/bin/a"], 0x7ffd /* 3 vars */) = 0
11 read(0</tmp/in>,  <unfinished ...>
12 gettid( <unfinished ...>
11 <... read resumed>""..., 1024)         = 39
12 <... gettid resumed>)                  = 12
11 openat(AT_FDCWD, "/x (y)", O_RDONLY) = -1 ENOENT (No such file or directory)
11 exit_group(0)                     = ?
12 +++ exited with 0 +++
`)
	want := []call{
		{"execve", `"/bin/a", ["/bin/a"], 0x7ffd /* 3 vars */`, "0"},
		{"read", `0</tmp/in>,  ""..., 1024`, "39"},
		{"gettid", "", "12"},
		{"openat", `AT_FDCWD, "/x (y)", O_RDONLY`, "-1 ENOENT (No such file or directory)"},
		{"exit_group", "0", "?"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// runtimeFiles are what the Go runtime reads at every start, to see how many processors it may use and
// how large a page is.
var runtimeFiles = regexp.MustCompile(`["<](/sys/kernel/mm/transparent_hugepage/|/sys/fs/cgroup/|` +
	`/proc/(self|\d+)/(cgroup|mountinfo|auxv)[">])`)

// runtimeCalls are those of the Go runtime: how many depends on the machine, and on the moment.
var runtimeCalls = []string{
	"arch_prctl", "clone", "clone3", "epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", "exit", "exit_group",
	"futex", "getpid", "getrandom", "gettid", "madvise", "mincore", "mmap", "mprotect", "munmap", "nanosleep",
	"prctl", "prlimit64", "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
	"sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address", "sigaltstack", "tgkill", "uname",
}

// own leaves out what the Go runtime does at the start of every program.
func own(calls []call) []call {
	return slices.DeleteFunc(slices.Clone(calls), func(c call) bool {
		if slices.Contains(runtimeCalls, c.name) && !starts(c) || c.name == "fcntl" && strings.Contains(c.args, "F_GETFD") {
			return true
		}
		return runtimeFiles.MatchString(c.args)
	})
}

// starts reports whether the call starts a process, not a thread.
func starts(c call) bool {
	return strings.HasPrefix(c.name, "clone") && !strings.Contains(c.args, "CLONE_THREAD")
}

// count returns the result of a read or write, in bytes.
func (c call) count() int {
	n, _ := strconv.Atoi(c.result)
	return max(n, 0)
}

var quoted = regexp.MustCompile(`"([^"]*)"`)

// path returns the file that the call names.
func (c call) path() string {
	if part := quoted.FindStringSubmatch(c.args); part != nil {
		return part[1]
	}
	return ""
}
