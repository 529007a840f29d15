package model

// callers is how many processes ask at once; each may start a refresher of its own.
const callers = 3

// A step is where a process stands: what it does next. Beside each is the line of the program that it
// stands for.
type step int8

// The steps of a front (core/dispatcher.go, cmd/internal/front/launcher.go).
const (
	asks       step = iota // front.open: d.Forced is the moment of asking
	looks                  // Dispatcher.Token: d.look(q), and Decide
	opens                  // filestore.Lock: s.openLock(key)
	locks                  // filestore.Lock: flock(fd, LOCK_EX)
	looksAgain             // Dispatcher.refresh: d.look(q), and Decide
	starts                 // launcher.start: the locked file is handed on
	closes                 // launcher.refresh: locked.Unlock()
	waits                  // launcher.refresh: readPipe; then Dispatcher.settle
	done                   // it answered, or was killed
)

// The steps of a refresher (core/refresher.go, core/filestore/write.go).
const (
	idle         step = iota // not started, or ended
	rereads                  // Refresher.Refresh: r.Store.Load(q.Key)
	writesIntent             // Refresher.Refresh: record.Intent = now; Store.Write: the temporary file
	savesIntent              // Store.Write: Rename
	sends                    // Refresher.Refresh: q.ask, as far as the issuer
	stamps                   // Refresher.succeed: record.Obtained = now; or Refresher.fail
	writes                   // Store.Write: the temporary file
	saves                    // Store.Write: Rename
	frees                    // refreshCommand's Done: lock.Free()
)

// A world is everything there is at one moment. Two equal ones have the same future.
type world struct {
	fronts     [callers]front
	refreshers [callers]refresher
	holder     [2*callers + 1]int8 // of each lock file: the front whose open file has the lock, from 1; 0 nobody
	name       int8                // the lock file that the name leads to
	disk       record
	issuer     issuer
	clock      int8  // how many tokens were obtained so far: what a moment is compared by
	sent       uint8 // the refresh tokens that were sent, a bit for each
	kills      int8
	killed     bool // a refresher was among them
}

type front struct {
	at     step
	asked  int8   // the clock when it asked
	seen   record // what it read first
	locked int8   // the lock file that it has open
	holds  bool   // its descriptor of the lock is open
}

type refresher struct {
	at     step
	record record
	answer int8 // the refresh token in the issuer's answer; 0 is a refusal
	holds  bool
	doubt  bool // the stored record says that an earlier sending was interrupted, or failed
}

// A record is core.Record as far as it matters here.
type record struct {
	token    int8 // the number of the refresh token
	obtained int8 // the clock when it was
	intent   bool
	failure  bool
	torn     bool // half written
}

// An issuer takes each refresh token once. One with grace answers the one before the current
// again, with the same tokens.
type issuer struct {
	current, refreshes int8
	revoked            bool
}

// take answers a refresh token with the next; 0 is a refusal.
func (i *issuer) take(token int8, grace bool) int8 {
	switch {
	case i.revoked:
		return 0
	case token == i.current:
		i.current++
		i.refreshes++
		return i.current
	case grace && token == i.current-1:
		return i.current
	}
	i.revoked = true
	return 0
}

func start() world { return world{disk: record{token: 1}, issuer: issuer{current: 1}, clock: 1} }

// dropped frees the lock file of front i if nobody has it open any more, as the kernel does.
func (w *world) dropped(i int) {
	if f := w.fronts[i]; !f.holds && !w.refreshers[i].holds {
		w.free(i)
	}
}

// free frees the lock of front i for everybody, as LOCK_UN does.
func (w *world) free(i int) {
	if held := w.fronts[i].locked; held > 0 && w.holder[held] == int8(i+1) {
		w.holder[held] = 0
	}
}

// settle forgets what cannot matter any more, so that equal worlds are equal.
func (w *world) settle() {
	for i := range callers {
		if w.refreshers[i].at == idle {
			w.refreshers[i] = refresher{}
		}
		if w.fronts[i].at == done && w.refreshers[i].at == idle {
			w.fronts[i] = front{at: done}
		}
	}
}

// over reports whether every process has ended.
func (w *world) over() bool {
	for i := range callers {
		if w.fronts[i].at != done || w.refreshers[i].at != idle {
			return false
		}
	}
	return true
}
