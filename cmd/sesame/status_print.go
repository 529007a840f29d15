package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
)

// print writes the status for people.
func (s *status) print(out screen.Screen, now time.Time) error {
	if len(s.Routes) == 0 {
		err := out.Paragraph("", screen.Plain, 0, "no route is configured, and no provider serves a host by itself here; "+
			"to see what is missing, type: sesame doctor")
		if err != nil {
			return err
		}
	} else if err := out.Table(s.table(now)); err != nil {
		return err
	}
	for _, warning := range s.Warnings {
		if err := out.Paragraph("warning: ", screen.Doubt, 4, warning); err != nil {
			return err
		}
	}
	return nil
}

func (s *status) table(now time.Time) *screen.Table {
	table := &screen.Table{Most: 12}
	table.Title("ROUTE", "PROVIDER", "ACCOUNT", "VERDICT", "LEFT", "REFRESHED")
	for _, r := range s.Routes {
		left, refreshed := "-", "-"
		if r.SecondsLeft > 0 {
			left = brief(time.Duration(r.SecondsLeft) * time.Second)
		}
		if r.LastRefresh != nil {
			refreshed = ago(*r.LastRefresh, now)
		}
		table.Row(screen.Cell{Text: r.shown}, screen.Cell{Text: r.Provider}, screen.Cell{Text: orDash(r.Account)},
			screen.Cell{Text: r.Verdict, Color: r.color()}, screen.Cell{Text: left}, screen.Cell{Text: refreshed})
		if r.LastFailure != nil {
			table.Note(r.failureText(now))
		}
	}
	return table
}

// failureText says what failed, when the next try is due, and what to type.
func (s *standing) failureText(now time.Time) string {
	f := s.LastFailure
	text := "failed"
	if f.At != nil {
		text += " " + ago(*f.At, now)
	}
	text += ": " + f.Message
	if s.NextTry != nil {
		text += "; next try in " + brief(s.NextTry.Sub(now)+time.Second-1)
	}
	if f.Repair != "" {
		text += "; to repair it, type: " + f.Repair
	}
	return text
}

// color is that of the verdict.
func (s *standing) color() screen.Color {
	switch s.Verdict {
	case "fresh", "kept":
		return screen.Good
	case "expiring", "ending":
		return screen.Doubt
	case "expired", "refused":
		return screen.Bad
	}
	if s.LastFailure != nil { // and nothing is in hand
		return screen.Bad
	}
	return screen.Plain
}

// ago says how long since a moment, in one unit.
func ago(then, now time.Time) string {
	d := now.Sub(then)
	switch {
	case d < time.Second:
		return "just now" // or later: a clock was set back
	case d < time.Hour:
		return brief(d) + " ago"
	}
	text := brief(d) // two units
	return text[:strings.IndexAny(text, "hd")+1] + " ago"
}

// brief returns a duration in its two greatest units, such as 52m, 1h03m or 2d04h.
func brief(d time.Duration) string {
	const day = 24 * time.Hour
	d = max(d, 0)
	two := func(n time.Duration) string {
		if n < 10 {
			return "0" + strconv.Itoa(int(n))
		}
		return strconv.Itoa(int(n))
	}
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < day:
		return strconv.Itoa(int(d/time.Hour)) + "h" + two(d%time.Hour/time.Minute) + "m"
	}
	return strconv.Itoa(int(d/day)) + "d" + two(d%day/time.Hour) + "h"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
