package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
)

// factIndent is where what is told of a report begins.
const factIndent = 15

// print writes the report for people: first what would happen and the next command, then why, then the story. Where all that
// scrolls the beginning away, that is told once more.
func (r *report) print(s screen.Screen, now time.Time) error {
	var b strings.Builder
	to := s
	to.Out = &b
	r.printNow(to, now) // a strings.Builder takes everything
	b.WriteByte('\n')
	r.printFacts(to)
	b.WriteByte('\n')
	_ = r.printStory(to)
	if s.Height > 0 && strings.Count(b.String(), "\n") >= s.Height && r.Repair != "" {
		b.WriteByte('\n')
		r.printNow(to, now)
	}
	_, err := fmt.Fprint(s.Out, b.String())
	return err
}

// printNow says what would happen now, why, and what to type.
func (r *report) printNow(s screen.Screen, now time.Time) {
	text := r.Next
	if r.failure != nil && r.Outcome != outcomeServed && !strings.Contains(text, r.failure.Err.Error()) {
		text += "; the last refresh failed " + ago(r.failure.At, now) + ": " + r.failure.Err.Error()
		if r.NextTry != nil {
			text += "; next try in " + brief(r.NextTry.Sub(now)+time.Second-1)
		}
	}
	if r.Repair != "" && !strings.HasSuffix(text, " "+r.Repair) {
		text += "; to repair it, type: " + r.Repair
	}
	color := map[string]screen.Color{
		outcomeServed: screen.Good, outcomeRefresh: screen.Doubt, outcomeNothing: screen.Doubt, outcomeFails: screen.Bad,
	}[r.Outcome]
	if r.Repair != "" && r.Outcome == outcomeRefresh {
		color = screen.Bad
	}
	_ = s.Paragraph("now: "+r.Outcome, color, factIndent, text)
}

// printFacts says how it comes to that.
func (r *report) printFacts(s screen.Screen) {
	fact := func(name, value string) {
		if value != "" {
			_ = s.Paragraph(name, screen.Plain, factIndent, value)
		}
	}
	fact("asked for", r.Asked)
	fact("url", r.URL)
	fact("route", r.Route)
	fact("why", r.Why)
	if r.Line > 0 {
		fact("configured in", r.Configuration+":"+strconv.Itoa(r.Line))
	}
	for _, n := range r.Near {
		fact("near", n.Route+" (line "+strconv.Itoa(n.Line)+"): "+n.Why)
	}
	fact("provider", r.Provider)
	fact("account", r.Account)
	fact("tolerance", r.Tolerance)
	if r.Verdict != "" {
		_ = s.Paragraph("verdict"+strings.Repeat(" ", factIndent-len("verdict"))+r.Verdict, screen.Plain, factIndent, "")
	}
	for _, account := range r.Kept {
		fact("kept account", cmp.Or(account, "(none)"))
	}
	if r.Expires != nil {
		fact("expires", r.Expires.Local().Format(time.RFC3339)+", in "+r.TimeLeft)
		fact("lifetime", r.Lifetime)
		fact("refresh due", "with less than "+r.Effective+" left")
	}
	fact("last failure", r.Failure)
	if r.NextTry != nil {
		fact("next try", r.NextTry.Local().Format(time.RFC3339))
	}
	for _, warning := range r.Warnings {
		_ = s.Paragraph("warning", screen.Doubt, factIndent, warning)
	}
}
