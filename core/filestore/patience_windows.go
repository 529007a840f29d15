package filestore

import (
	"errors"
	"math/rand/v2"
	"time"

	"golang.org/x/sys/windows"
)

// How long a call is made again while somebody has the file in hand.
const (
	// shortly is for what another program of ours, or one that looks for viruses, does in a moment.
	shortly = 200 * time.Millisecond
	// long is for what must not be lost: the new record, with the only good refresh token.
	long = 10 * time.Second
)

// patiently makes a call until it does not fail because somebody has the file in hand, or the time is over. Windows
// says so in several ways, one of which is that the access is denied.
func patiently(limit time.Duration, call func() error) error {
	end := time.Now().Add(limit)
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		err := call()
		inHand := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_DELETE_PENDING) ||
			errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !inHand || time.Now().After(end) {
			return err
		}
		time.Sleep(wait/2 + rand.N(wait))
	}
}
