// Package retryafter reads when a server wants to be asked again.
package retryafter

import (
	"net/http"
	"strconv"
	"time"
)

// Parse reads a Retry-After header (RFC 9110, section 10.2.3): seconds, or a date. It returns
// zero for anything else, for a time that has passed, and a day for more than that.
func Parse(text string, now time.Time) time.Duration {
	const most = 24 * time.Hour
	seconds, err := strconv.ParseUint(text, 10, 64)
	if err == nil {
		return time.Duration(min(seconds, uint64(most/time.Second))) * time.Second
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), most)
}
