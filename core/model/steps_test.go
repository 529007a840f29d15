package model

import "strconv"

// A game says who plays, and what is left out.
type game struct {
	forced    bool // each caller wants a token obtained after it asked; else any good one
	grace     bool // of the issuer
	killFront int8 // how many kills of fronts there may be
	killAny   int8 // how many kills in all
	leftOut   omission
}

// An omission is a step that is left out, or is done in the wrong way.
type omission string

const (
	nothing        omission = ""
	theLock        omission = "the lock"
	theReread      omission = "the re-read by the refresher"
	theSecondLook  omission = "the second look of the front"
	keepingTheFile omission = "keeping the lock file when it is freed"
	theRename      omission = "the rename"
	theIntent      omission = "the intent"
	theSession     omission = "the refresher's own session"
	handingOn      omission = "handing the lock on"
	closingOnly    omission = "closing only: the front says LOCK_UN"
	savingFirst    omission = "saving before the lock is freed"
)

// A move leads from one world to another.
type move struct {
	what  string
	world world
	fault fault
}

// moves returns everything that can happen next.
func (g game) moves(w world) []move {
	var all []move
	for i := range callers {
		all = append(all, g.front(w, i)...)
		if w.refreshers[i].at != idle {
			all = append(all, g.refresh(w, i))
		}
	}
	return append(all, g.kills(w)...)
}

func named(what string, i int) string { return what + " " + strconv.Itoa(i) }

// front is the next step of a front; none where it waits for another process.
func (g game) front(w world, i int) []move {
	f := &w.fronts[i]
	switch f.at {
	case asks:
		f.at = looks
		if g.forced {
			f.asked = w.clock
		} else {
			f.asked = 1
		}
	case looks:
		f.seen = w.disk
		return g.decide(w, i, opens)
	case opens:
		if w.name == 0 {
			w.name = g.newFile(w)
		}
		f.locked, f.at = w.name, locks
	case locks:
		if g.leftOut != theLock {
			if w.holder[f.locked] != 0 {
				return nil
			}
			w.holder[f.locked] = int8(i + 1)
		}
		f.holds, f.at = true, looksAgain
	case looksAgain:
		if g.leftOut == theSecondLook {
			f.at = starts
			break
		}
		return g.decide(w, i, starts)
	case starts:
		w.refreshers[i] = refresher{at: rereads, holds: g.leftOut != handingOn}
		f.at = closes
	case closes:
		if g.leftOut == closingOnly {
			w.free(i)
		}
		f.holds = g.leftOut == handingOn
		w.dropped(i)
		f.at = waits
	case waits:
		if w.refreshers[i].at != idle {
			return nil
		}
		g.release(&w, i)
		f.at = done
	case done:
		return nil
	}
	return []move{{what: named("front", i), world: w}}
}

// newFile returns a number for a lock file that nobody has open.
func (g game) newFile(w world) int8 {
	used := map[int8]bool{w.name: true}
	for i := range callers {
		used[w.fronts[i].locked] = true
	}
	n := int8(1)
	for used[n] {
		n++
	}
	return n
}

// decide goes on where the record is not what the caller wants. A failure on record may be held
// against it or not: that is a matter of time.
func (g game) decide(w world, i int, next step) []move {
	f := &w.fronts[i]
	var all []move
	if w.disk.failure || w.disk.obtained > f.asked {
		answered := w
		g.release(&answered, i)
		answered.fronts[i].at = done
		all = append(all, move{what: named("front answers", i), world: answered})
	}
	if w.disk.obtained <= f.asked {
		f.at = next
		all = append(all, move{what: named("front looks", i), world: w})
	}
	if w.disk.torn {
		all[0].fault = tornRecord
	}
	return all
}

// release closes the front's descriptor.
func (g game) release(w *world, i int) {
	held := w.fronts[i].holds
	w.fronts[i].holds = false
	w.dropped(i)
	if held && g.leftOut == keepingTheFile {
		w.name = 0
	}
}

// refresh is the next step of a refresher, which never waits.
func (g game) refresh(w world, i int) move {
	r := &w.refreshers[i]
	result := move{what: named("refresher", i)}
	switch r.at {
	case rereads:
		if r.record = w.disk; g.leftOut == theReread {
			r.record = w.fronts[i].seen
		}
		if w.disk.torn {
			result.fault = tornRecord
		}
		r.doubt = w.disk.intent || w.disk.failure
		r.record.intent = g.leftOut != theIntent
	case writesIntent, writes:
		w.disk.torn = g.leftOut == theRename
		if r.at == writes && g.leftOut == savingFirst {
			w.free(i)
		}
	case savesIntent, saves:
		w.disk = r.record
	case sends:
		bit := uint8(1) << r.record.token
		if w.sent&bit != 0 && !r.doubt {
			result.fault = sentTwice
		}
		w.sent |= bit
		r.answer = w.issuer.take(r.record.token, g.grace)
	case stamps:
		r.record.intent, r.record.failure = false, r.answer == 0
		if r.answer != 0 {
			w.clock++
			r.record.token, r.record.obtained = r.answer, w.clock
		}
	case frees:
		w.free(i)
		if g.leftOut == keepingTheFile {
			w.name = 0
		}
	}
	if r.at++; r.at > frees {
		*r = refresher{}
		w.dropped(i)
	}
	result.world = w
	return result
}

// kills are all the kills that there may be now. Where the refresh has no session of its own, it dies
// with its front.
func (g game) kills(w world) []move {
	var all []move
	for i := range callers {
		if w.fronts[i].at != done && w.kills < max(g.killFront, g.killAny) {
			next := w
			next.kills++
			next.fronts[i].at, next.fronts[i].holds = done, false
			if g.leftOut == theSession {
				next.refreshers[i] = refresher{}
			}
			next.dropped(i)
			all = append(all, move{what: named("kill of front", i), world: next})
		}
		if w.refreshers[i].at != idle && w.kills < g.killAny {
			next := w
			next.kills++
			next.killed = true
			next.refreshers[i] = refresher{}
			next.dropped(i)
			all = append(all, move{what: named("kill of refresher", i), world: next})
		}
	}
	return all
}
