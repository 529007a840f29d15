package screen

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// waited returns what is written while a command waits for d, to 40 columns.
func waited(s Screen, deadline, d time.Duration, meanwhile func(*Progress)) string {
	var b strings.Builder
	s.Out, s.Width = &b, 40
	var end time.Time
	if deadline > 0 {
		end = time.Now().Add(deadline)
	}
	p := s.Wait("a token", end)
	time.Sleep(d)
	if meanwhile != nil {
		meanwhile(p)
	}
	p.Done()
	p.Done()
	return b.String()
}

// A line for each wait is noise, none for a long one leaves a person wondering; in a pipe it is rubbish.
func TestProgressIsForPersonsWhoWait(t *testing.T) {
	const away = "\r\x1b[K"
	terminal := Screen{Person: true, Terminal: true}
	for _, row := range []struct {
		name     string
		screen   Screen
		deadline time.Duration
		waits    time.Duration
		want     string
	}{
		{"not a second", terminal, 0, patience - 1, ""},
		{"more than two seconds", terminal, 0, 2500 * time.Millisecond, "waiting for a token: 1s" + away + "waiting for a token: 2s" + away},
		{"with a limit", terminal, 90 * time.Second, 1500 * time.Millisecond, "waiting for a token: 1s of 1m30s" + away},
		{"a dumb terminal", Screen{Person: true}, 2 * time.Minute, time.Minute + time.Nanosecond, "waiting for a token, at most 2m\n"},
		{"a pipe", Screen{}, time.Minute, time.Minute, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := waited(row.screen, row.deadline, row.waits, nil); got != row.want {
					t.Errorf("got %q, want %q", got, row.want)
				}
			})
		})
	}
}

// What a login tells goes to the same terminal: it must not end up behind the line, nor the line be longer than
// the terminal is wide, which could not be taken away.
func TestProgressMakesRoomAndFitsItsLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var screen *strings.Builder
		got := waited(Screen{Person: true, Terminal: true}, 0, 1500*time.Millisecond, func(p *Progress) {
			screen = p.screen.Out.(*strings.Builder)
			p.Aside(func() { screen.WriteString("the code is ABCD\n") })
			p.Say("you, and whoever else has to say \x1b[31m something")
			time.Sleep(time.Second)
		})
		want := "waiting for a token: 1s\r\x1b[Kthe code is ABCD\nwaiting for you, and whoever else has …\r\x1b[K"
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
