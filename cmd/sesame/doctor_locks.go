package main

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

// heldLimit is how long a lock may be held: a refresh ends by itself before.
const heldLimit = refreshLimit + 30*time.Second

// checkLocks looks for locks that are held too long: all wait for them.
func checkLocks(c *checkup) (found []finding) {
	if c.storeErr != nil {
		return nil // none can be tried, which is told of the folder
	}
	names, _ := filepath.Glob(filepath.Join(c.store.Dir, "*.lock"))
	held := 0
	for _, name := range names {
		key := strings.TrimSuffix(filepath.Base(name), ".lock")
		if lock, err := c.store.TryLock(key); err != nil {
			found = append(found, wrong(err.Error(), shell.Remove(name)))
		} else if lock != nil {
			lock.Unlock()
		} else {
			held++
			found = append(found, heldLock(name)...)
		}
	}
	if found != nil {
		return found
	}
	if held > 0 {
		return []finding{good(count(held, "refresh") + " under way")}
	}
	return []finding{good("none is held")}
}

// heldBySomebody is what is told of a lock whose holder the system does not tell.
func heldBySomebody(path, command string) []finding {
	return []finding{doubtful(path+" is held by a process that this system does not name",
		"if that lasts for more than two minutes: "+command)}
}
