package exec

import (
	"strconv"
	"strings"
	"time"
)

// The bounds of a time that is believed, in seconds since 1970. The first is in 1973, so that no
// number of seconds to live is taken for a time; the last is the end of the year 9999.
const (
	minTime = 100_000_000
	maxTime = 253_402_300_799
)

// parseTime reads a time as issuers write it: RFC 3339, also with a zone like +0000; the
// date of HTTP (RFC 9110, section 5.6.7); or seconds, or milliseconds, since 1970, which it
// tells apart by their size. A fraction of a second is dropped. A time without a zone is refused.
// Go's zero time is the zero time, for "unknown".
func parseTime(text string) (t time.Time, ok bool) {
	if n, ok := number(text); ok {
		if n >= minTime*1000 {
			n /= 1000
		}
		return believe(time.Unix(int64(min(n, maxTime+1)), 0))
	}
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05Z0700", "Mon, 02 Jan 2006 15:04:05 GMT", time.RFC1123Z,
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return believe(t.Truncate(time.Second))
		}
	}
	return time.Time{}, false
}

// believe refuses a time that is a mistake, whatever it was to mean.
func believe(t time.Time) (time.Time, bool) {
	if t.IsZero() {
		return t, true
	}
	if t.Unix() < minTime || t.Unix() > maxTime {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// parseSeconds reads a number of seconds to live, from one to a billion.
func parseSeconds(text string) (time.Duration, bool) {
	const most = 1e9
	n, ok := number(text)
	if !ok || n < 1 || n > most {
		return 0, false
	}
	return time.Duration(n) * time.Second, true
}

// number reads a decimal number as JSON has it (RFC 8259, section 6), without a sign in front.
func number(text string) (n float64, ok bool) {
	if text == "" || text[0] < '0' || text[0] > '9' || strings.Trim(text, "0123456789.eE+-") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}
