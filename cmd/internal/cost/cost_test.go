//go:build linux

package cost

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// hits are the requests that are answered without a refresh.
var hits = []struct {
	name, protocol, request string
	files                   []string // those that are opened, hashes as "*"
}{
	{"bazel", "bazel", BuiltIn, []string{"routes-*.table", "*.token"}},
	{"git", "git", BuiltIn, []string{"routes-*.table", "*.token"}},
	{"docker", "docker", BuiltIn, []string{"routes-*.table", "*.token"}},
	{"configured route", "bazel", Routed, []string{"routes-*.table", "*.token"}},
	{"env", "bazel", Env, []string{"routes-*.table", "absent *.token"}},
	{"static", "bazel", Static, []string{"routes-*.table", "secret", "absent *.token"}},
}

// ceilings say how many system calls of its own a hit may make: as many as the dearest one makes today. A name
// that is missing here is a call that no hit makes.
var ceilings = map[string]int{
	"execve":     1, // the tool starts the front
	"select":     2, // the request may be late, and its end too
	"read":       5, // the request, the token or a secret; each once more, for its end
	"newfstatat": 3, // the configuration, the folder of the state, the provider's own file
	"openat":     3, // the routes, the token, a secret
	"fstat":      2, // the owner and the mode of each
	"close":      2,
	"geteuid":    3, // who must be the owner
	"write":      1, // the answer
}

// A system call is a few microseconds, and each that is not needed is made by every call of every tool.
func TestHitMakesFewSystemCalls(t *testing.T) {
	h := newHouse(t)
	for _, hit := range hits {
		t.Run(hit.name, func(t *testing.T) {
			made := map[string]int{}
			for _, c := range own(trace(t, warm(t, h, hit.protocol, hit.request).Program)) {
				made[c.name]++
			}
			for name, n := range made {
				if n > ceilings[name] {
					t.Errorf("%s is called %d times, at most %d are allowed", name, n, ceilings[name])
				}
			}
			if made["write"] == 0 {
				t.Error("no answer was written: the trace is not whole")
			}
		})
	}
}

// The store is one small file per key, and so is a hit: no search, no index, no second configuration.
func TestHitOpensTheFilesItNeedsAndNoOther(t *testing.T) {
	h := newHouse(t)
	for _, hit := range hits {
		t.Run(hit.name, func(t *testing.T) {
			var opened []string
			for _, c := range own(trace(t, warm(t, h, hit.protocol, hit.request).Program)) {
				if c.name != "openat" && c.name != "open" {
					continue
				}
				name := hexName.ReplaceAllString(filepath.Base(c.path()), "*")
				if strings.HasPrefix(c.result, "-1 ENOENT") {
					name = "absent " + name
				}
				opened = append(opened, name)
			}
			if !slices.Equal(opened, hit.files) {
				t.Errorf("opened %q, want %q", opened, hit.files)
			}
		})
	}
}

var hexName = regexp.MustCompile(`[0-9a-f]{64}`)

// A hit that writes wears out the disk of a build machine, one that locks lets a thousand callers wait for
// one another, and one that starts a process costs ten times as much.
func TestHitWritesLocksAndStartsNothing(t *testing.T) {
	never := regexp.MustCompile(`^(flock|rename|unlink|mkdir|rmdir|link|symlink|f?chmod|f?chown|f?truncate|fsync|fdatasync|` +
		`socket|connect|sendto|sendmsg|fork|vfork|mknod|utimensat)`)
	writes := regexp.MustCompile(`O_(CREAT|WRONLY|RDWR|TRUNC|APPEND)`)
	h := newHouse(t)
	for _, hit := range hits {
		t.Run(hit.name, func(t *testing.T) {
			programs := 0
			for _, c := range own(trace(t, warm(t, h, hit.protocol, hit.request).Program)) {
				if c.name == "execve" {
					programs++
				}
				if never.MatchString(c.name) || starts(c) || programs > 1 ||
					c.name == "openat" && writes.MatchString(c.args) ||
					c.name == "fcntl" && strings.Contains(c.args, "SETLK") ||
					c.name == "write" && !strings.HasPrefix(c.args, "1<") {
					t.Errorf("%s(%s) = %s", c.name, c.args, c.result)
				}
			}
			if programs == 0 {
				t.Error("no program was started: the trace is not whole")
			}
		})
	}
}

// maxRead is how many bytes a hit may read: the request and a token. Today it is 1.6 KiB at most; a longer
// token would add its own length.
const maxRead = 2 << 10

func TestHitReadsLittle(t *testing.T) {
	h := newHouse(t)
	for _, hit := range hits {
		t.Run(hit.name, func(t *testing.T) {
			read := 0
			for _, c := range own(trace(t, warm(t, h, hit.protocol, hit.request).Program)) {
				if c.name == "read" || c.name == "pread64" {
					read += c.count()
				}
			}
			if read == 0 || read > maxRead {
				t.Errorf("%d bytes were read, want 1 to %d", read, maxRead)
			}
		})
	}
}

// What a package does when it is initialised, every call of every tool pays for. Today there are 15
// initialisers, with 20 allocations of 1400 bytes. Package os alone adds 8, net/http 62.
func TestFrontsInitialiseLittle(t *testing.T) {
	const maxCount, maxAllocations, maxBytes = 16, 24, 2 << 10
	line := regexp.MustCompile(`(?m)^init (\S+) @.* (\d+) bytes, (\d+) allocs$`)
	h := newHouse(t)
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			p := warm(t, h, protocol, BuiltIn).Program
			cmd := exec.Command(p.Path, "unknown-operation")
			cmd.Env = append(slices.Clone(p.Env), "GODEBUG=inittrace=1")
			out, _ := cmd.CombinedOutput() // it fails, or does nothing: each protocol in its way
			count, bytes, allocations := 0, 0, 0
			var names []string
			for _, part := range line.FindAllStringSubmatch(string(out), -1) {
				b, _ := strconv.Atoi(part[2])
				a, _ := strconv.Atoi(part[3])
				count, bytes, allocations, names = count+1, bytes+b, allocations+a, append(names, part[1])
			}
			if count == 0 {
				t.Fatalf("no initialiser was traced: %q", out)
			}
			if count > maxCount || bytes > maxBytes || allocations > maxAllocations {
				t.Errorf("%d initialisers with %d allocations of %d bytes, want at most %d, %d, %d: %s",
					count, allocations, bytes, maxCount, maxAllocations, maxBytes, strings.Join(names, " "))
			}
		})
	}
}

// runs is how often a program is run to count its page faults.
const runs = 40

// faultsOf returns the page faults of each program, run in turn: the least of all runs. Half of
// the runs have twenty more, by chance: the runtime moves the program to another processor's part of its heap.
func faultsOf(t *testing.T, programs ...Program) []int64 {
	t.Helper()
	samples := make([][]int64, len(programs))
	for range runs {
		for i, p := range programs {
			usage, err := p.Run()
			if err != nil {
				t.Fatal(err)
			}
			samples[i] = append(samples[i], usage.Faults)
		}
	}
	low := make([]int64, len(programs))
	for i := range samples {
		slices.Sort(samples[i])
		low[i] = samples[i][0]
	}
	return low
}

// maxFaults is how many more page faults a hit may have than a program that does nothing. They are what most of
// its time goes into: each takes a few microseconds. Today they are 37 to 47; what links fmt and os has twenty more.
const maxFaults = 56

// maxPeak is how much memory a hit may have resident at its end, in KiB. Today it is 2.4 to 2.6 MiB, and most
// of that is the executable, which all callers share.
const maxPeak = 3 << 10

func TestHitStaysCheap(t *testing.T) {
	h := newHouse(t)
	nothing := Program{Path: empty, Env: h.Env}
	for _, hit := range hits {
		t.Run(hit.name, func(t *testing.T) {
			p := warm(t, h, hit.protocol, hit.request).Program
			faults := faultsOf(t, nothing, p)
			t.Logf("%d page faults, an empty program has %d", faults[1], faults[0])
			if more := faults[1] - faults[0]; more > maxFaults {
				t.Errorf("%d page faults more than an empty program, at most %d are allowed", more, maxFaults)
			}
			peak, err := p.Peak()
			if err != nil {
				t.Fatal(err)
			}
			if peak > maxPeak {
				t.Errorf("the peak of its memory is %d KiB, at most %d are allowed", peak, maxPeak)
			}
		})
	}
}
