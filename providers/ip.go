package providers

import (
	"strconv"
	"strings"
)

// isIPv4 accepts four decimal numbers without leading zeros, the one form that
// every parser reads alike.
func isIPv4(s string) bool {
	parts := 0
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil || strconv.FormatUint(n, 10) != part {
			return false
		}
		parts++
	}
	return parts == 4
}

// canonicalIPv6 returns the address in the form of RFC 5952, or "" if s is
// none. Zones and embedded IPv4 addresses are refused: no route needs them.
func canonicalIPv6(s string) string {
	var groups [8]uint64
	head, tail, compressed := strings.Cut(s, "::")
	n, ok := parseGroups(groups[:], head)
	if !ok {
		return ""
	}
	if !compressed {
		if n != 8 {
			return ""
		}
		return formatIPv6(groups)
	}
	var after [8]uint64
	m, ok := parseGroups(after[:], tail)
	if !ok || n+m > 7 {
		return ""
	}
	copy(groups[8-m:], after[:m])
	return formatIPv6(groups)
}

// parseGroups reads the hexadecimal groups of s into dst and counts them.
func parseGroups(dst []uint64, s string) (n int, ok bool) {
	if s == "" {
		return 0, true
	}
	for group := range strings.SplitSeq(s, ":") {
		v, err := strconv.ParseUint(group, 16, 16)
		if err != nil || len(group) > 4 || n == len(dst) {
			return 0, false
		}
		dst[n] = v
		n++
	}
	return n, true
}

// formatIPv6 shortens the longest run of two or more zero groups, the first of
// equals (RFC 5952, section 4.2).
func formatIPv6(groups [8]uint64) string {
	start, length := -1, 1
	for i := 0; i < 8; i++ {
		j := i
		for j < 8 && groups[j] == 0 {
			j++
		}
		if j-i > length {
			start, length = i, j-i
		}
		i = max(i, j-1)
	}
	var b []byte
	for i := 0; i < 8; i++ {
		if i == start {
			b = append(b, "::"...)
			i += length - 1
			continue
		}
		if len(b) > 0 && b[len(b)-1] != ':' {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, groups[i], 16)
	}
	return string(b)
}
