//go:build unix

package sdk

import "time"

// parentPoll is how often a plugin looks whether sesame is still there.
const parentPoll = time.Second

// endWithParent calls end once the process has another parent than now. On Linux the
// kernel ends a plugin together with sesame; elsewhere a plugin whose host was killed would
// live on, and nobody would ever stop it.
func endWithParent(getppid func() int, end func()) {
	parent := getppid()
	go func() {
		for getppid() == parent {
			time.Sleep(parentPoll)
		}
		end()
	}()
}
