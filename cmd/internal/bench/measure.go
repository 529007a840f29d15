//go:build linux

package bench

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
)

// measure runs every program once a round, in an order of the round's own: a program that always followed itself, under
// another name, would find the processor's caches full of what it needs, and take a twentieth less.
func measure(variants []variant, rounds int) ([]row, error) {
	syscall.Sync() // or the kernel writes a hundred thousand files while the programs run
	samples := make([][]cost.Usage, len(variants))
	random := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		for _, which := range random.Perm(len(variants)) {
			usage, err := variants[which].program.Run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", variants[which].name, err)
			}
			samples[which] = append(samples[which], usage)
		}
	}
	rows := make([]row, len(variants))
	for i, v := range variants {
		rows[i] = row{
			variant: v,
			cpu:     median(samples[i], func(u cost.Usage) time.Duration { return u.CPU }),
			wall:    median(samples[i], func(u cost.Usage) time.Duration { return u.Wall }),
			faults:  median(samples[i], func(u cost.Usage) int64 { return u.Faults }),
		}
		// Where no process may trace another there is no peak, which is no reason to stop.
		rows[i].peak, _ = v.program.Peak()
	}
	return rows, nil
}

func median[S any, T cmp.Ordered](samples []S, of func(S) T) T {
	values := make([]T, len(samples))
	for i, sample := range samples {
		values[i] = of(sample)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// table prints the rows, the first of which the others are compared with, and notes their promises.
func (l *lab) table(rows []row) {
	l.printf("| program | CPU ms | ratio | wall ms | ratio | peak MiB | page faults |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		cpu, wall := ratio(r.cpu, rows[0].cpu), ratio(r.wall, rows[0].wall)
		peak := "not known"
		if r.peak > 0 {
			peak = fmt.Sprintf("%.1f", float64(r.peak)/1024)
		}
		l.printf("| %s | %.2f | %.2f | %.2f | %.2f | %s | %d |\n", r.name, millis(r.cpu), cpu, millis(r.wall), wall, peak, r.faults)
		if r.limit > 0 {
			l.promise("CPU, "+r.name, cpu, r.limit)
		}
	}
	l.printf("\n")
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// A promise is a ratio that docs/performance.md gives a limit.
type promise struct {
	name       string
	got, limit float64
}

func (l *lab) promise(name string, got, limit float64) {
	l.promises = append(l.promises, promise{name, got, limit})
}

// printPromises prints what became of the promises, and returns how many are broken.
func (l *lab) printPromises() (broken int) {
	l.printf("## Promises\n\n| | measured | promised | |\n|---|---|---|---|\n")
	for _, p := range l.promises {
		verdict := "kept"
		if p.got > p.limit {
			verdict = "**broken**"
			broken++
		}
		l.printf("| %s | %.2f | %.2f | %s |\n", p.name, p.got, p.limit, verdict)
	}
	return broken
}

// machine describes where this runs.
func machine() string {
	kernel := "Linux"
	var name syscall.Utsname
	if syscall.Uname(&name) == nil {
		var text []byte
		for _, c := range name.Release {
			if c == 0 {
				break
			}
			text = append(text, byte(c))
		}
		kernel += " " + string(text)
	}
	return fmt.Sprintf("%d processors, %s, %s, %s. Load average at the start: %s",
		runtime.NumCPU(), kernel, runtime.Version(), runtime.GOARCH, load())
}

// load returns the average number of processes that wanted to run in the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
