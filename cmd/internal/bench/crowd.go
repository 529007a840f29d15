//go:build linux

package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// latency is how long the issuer holds back its answer.
const latency = 300 * time.Millisecond

// atOnce starts n processes as fast as one starter can, and waits for all. It returns the time from
// the first start to the last end. With a folder, their output is kept in it.
func atOnce(p cost.Program, n int, outputs string) (time.Duration, error) {
	begin := time.Now()
	pids, err := startAll(p, n, outputs)
	err = errors.Join(err, waitAll(p, pids))
	return time.Since(begin), err
}

func startAll(p cost.Program, n int, outputs string) (pids []int, err error) {
	for i := range n {
		output := ""
		if outputs != "" {
			output = filepath.Join(outputs, strconv.Itoa(i))
		}
		pid, err := p.Start(output)
		if err != nil {
			return pids, fmt.Errorf("caller %d of %d: %w", i+1, n, err)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}

func waitAll(p cost.Program, pids []int) error {
	var first error
	failed := 0
	for _, pid := range pids {
		if _, err := p.Wait(pid); err != nil {
			if failed++; first == nil {
				first = err
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d callers failed, the first: %w", failed, len(pids), first)
	}
	return nil
}

// A cold run is one on an expired token.
type cold struct {
	wall      time.Duration // from the first start to the last end
	tail      time.Duration // from the issuer's answer to the last end
	refreshes int
}

// onExpired starts n callers at once on an expired token, and checks every answer.
func (l *lab) onExpired(h *cost.House, protocol string, n int) (cold, error) {
	scene, err := h.Scene(protocol, cost.BuiltIn)
	if err != nil {
		return cold{}, err
	}
	if err := h.Expire(); err != nil {
		return cold{}, err
	}
	outputs, err := l.outputs(n)
	if err != nil {
		return cold{}, err
	}
	defer os.RemoveAll(outputs)
	var asked time.Time
	l.issuer.Fail(pyxtest.Fault{Before: func() { asked = time.Now() }})
	before := l.issuer.Counts()
	wall, err := atOnce(scene.Program, n, outputs)
	if err != nil {
		return cold{}, err
	}
	end := time.Now()
	refreshes := l.issuer.Counts().Refreshes - before.Refreshes
	if refreshes == 0 {
		return cold{}, errors.New("nobody refreshed an expired token")
	}
	return cold{wall: wall, tail: end.Sub(asked.Add(latency)), refreshes: refreshes}, checkAll(scene, outputs, n)
}

// outputs makes a folder of n empty files, so that the callers need not.
func (l *lab) outputs(n int) (string, error) {
	dir, err := os.MkdirTemp(l.dir, "outputs-")
	if err != nil {
		return "", err
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), nil, 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

func checkAll(scene cost.Scene, outputs string, n int) error {
	for i := range n {
		answer, err := os.ReadFile(filepath.Join(outputs, strconv.Itoa(i)))
		if err != nil {
			return err
		}
		if err := scene.Check(string(answer)); err != nil {
			return fmt.Errorf("caller %d of %d: %w", i+1, n, err)
		}
	}
	return nil
}
