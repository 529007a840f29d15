package screen

import (
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/sesame-auth/sesame/core"
)

// patience is how long a person waits without wondering.
const patience = time.Second

// A Progress tells a person what a command waits for, when that takes longer than a second: in one line of the
// terminal, which is written anew every second and taken away in the end. On a dumb terminal it is one plain
// line, once; where no person looks on it is nothing.
type Progress struct {
	screen   Screen
	begin    time.Time
	deadline time.Time
	stop     chan struct{}
	stopped  sync.WaitGroup
	done     sync.Once

	mu    sync.Mutex
	what  string
	drawn bool // there is a line to take away
	told  bool
}

// Wait begins to tell of what is waited for, "a token for git.example.com" say, until the deadline, which
// may be zero. Done ends it.
func (s Screen) Wait(what string, deadline time.Time) *Progress {
	p := &Progress{screen: s, what: core.Printable(what), begin: time.Now(), deadline: deadline, stop: make(chan struct{})}
	if s.Person {
		p.stopped.Go(p.run)
	}
	return p
}

// Say tells that something else is waited for now.
func (p *Progress) Say(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = core.Printable(what)
}

// Aside takes the line away while do writes to the same terminal.
func (p *Progress) Aside(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	do()
}

// Done takes the line away. Further calls do nothing.
func (p *Progress) Done() {
	p.done.Do(p.end)
}

func (p *Progress) end() {
	close(p.stop)
	p.stopped.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// run draws the line after a second, and then every second.
func (p *Progress) run() {
	ticker := time.NewTicker(patience)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.draw()
		}
	}
}

func (p *Progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.screen.Terminal:
		p.clear()
		_, _ = io.WriteString(p.screen.Out, cut(p.line(), p.screen.Width-1))
		p.drawn = true
	case !p.told:
		p.told = true
		_, _ = io.WriteString(p.screen.Out, "waiting for "+p.what+p.limit(", at most ")+"\n")
	}
}

// line says what is waited for, for how long now, and until when.
func (p *Progress) line() string {
	return "waiting for " + p.what + ": " + seconds(time.Since(p.begin)) + p.limit(" of ")
}

func (p *Progress) limit(before string) string {
	if p.deadline.IsZero() {
		return ""
	}
	return before + seconds(p.deadline.Sub(p.begin))
}

// clear takes the line away (ECMA-48, section 8.3.41).
func (p *Progress) clear() {
	if p.drawn {
		_, _ = io.WriteString(p.screen.Out, "\r\x1b[K")
		p.drawn = false
	}
}

// seconds returns a duration as 3s, 2m or 1m05s.
func seconds(d time.Duration) string {
	whole := int(d.Round(time.Second) / time.Second)
	minutes, rest := whole/60, whole%60
	switch {
	case minutes == 0:
		return strconv.Itoa(rest) + "s"
	case rest == 0:
		return strconv.Itoa(minutes) + "m"
	case rest < 10:
		return strconv.Itoa(minutes) + "m0" + strconv.Itoa(rest) + "s"
	}
	return strconv.Itoa(minutes) + "m" + strconv.Itoa(rest) + "s"
}
