package main

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// maxNear is how many routes are told of that do not match.
const maxNear = 3

// A neighbor is a route that does not match a URL, and nearly does. Its JSON names are stable.
type neighbor struct {
	Route string `json:"route"`
	Line  int    `json:"line"`
	Why   string `json:"why"`

	distance int
}

// near returns the routes that somebody may have meant for the URL, the likeliest first.
func near(all iter.Seq[routes.Route], u providers.URL) (found []neighbor) {
	for route := range all {
		if why, distance := miss(route.Pattern, u); why != "" {
			found = append(found, neighbor{route.Pattern.String(), route.Line, why, distance})
		}
	}
	slices.SortStableFunc(found, func(a, b neighbor) int { return cmp.Compare(a.distance, b.distance) })
	return found[:min(len(found), maxNear)]
}

// miss says in what a pattern differs from a URL, and how much; "" where it is for another place altogether.
func miss(p routes.Pattern, u providers.URL) (why string, distance int) {
	host := u.Host
	if p.Wildcard {
		host = lastLabels(host, strings.Count(p.Host, ".")+1)
	}
	hosts := typos(p.Host, host)
	switch {
	case p.Host == u.Host && p.Wildcard:
		return "it is for the hosts below " + p.Host + ", not for itself", 1
	case p.Host == u.Host || p.Wildcard && strings.HasSuffix(u.Host, "."+p.Host):
		return missPlace(p, u)
	case p.Host == "":
		return "", 0
	case hosts <= max(1, len(p.Host)/6):
		return "its host is spelled otherwise", 3 + hosts
	case strings.HasSuffix(u.Host, "."+p.Host):
		return "it is for " + p.Host + " itself, not for the hosts below it: those are *." + p.Host, 4
	case parent(p.Host) != "" && parent(p.Host) == parent(u.Host):
		return "it is for another host of " + parent(u.Host), 10 + hosts
	}
	return "", 0
}

// missPlace does so where the host is the same.
func missPlace(p routes.Pattern, u providers.URL) (why string, distance int) {
	switch {
	case p.Scheme != u.Scheme:
		return "it is for " + p.Scheme + ", not for " + u.Scheme, 2
	case p.Port != u.Port && p.Port == "":
		return "it is for " + p.Scheme + "'s own port, not for " + u.Port, 2
	case p.Port != u.Port:
		return "it is for the port " + p.Port, 2
	case u.Path == "":
		return "it is for what is below " + p.Path, 0
	case strings.EqualFold(p.Path, u.Path[:min(len(u.Path), len(p.Path))]):
		return "its path is spelled otherwise: capitals count, and a path ends with a whole segment", 0
	}
	return "it is for the path " + p.Path, 1
}

// lastLabels returns the end of a name.
func lastLabels(name string, n int) string {
	labels := strings.Split(name, ".")
	return strings.Join(labels[max(0, len(labels)-n):], ".")
}

// parent is the domain above a host, if that is not one that everybody shares.
func parent(host string) string {
	_, domain, _ := strings.Cut(host, ".")
	if !strings.Contains(domain, ".") {
		return ""
	}
	return domain
}

// typos is how many characters must be added, left out, exchanged, or swapped with the next to make b of a: the
// distance of Damerau and Levenshtein, without a second change to what was swapped.
func typos(a, b string) int {
	var older []int
	old := make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(old[j+1]+1, row[j]+1, old[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old = old, row
	}
	return old[len(b)]
}
