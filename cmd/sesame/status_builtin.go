package main

import (
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/core/fileid"
	"github.com/sesame-auth/sesame/providers"
	pyx "github.com/sesame-auth/sesame/providers/pyx/profile"
)

// builtInURLs returns the hosts that providers serve without a route, where somebody has seen to it: those that
// have a variable with a token, and pyx where there is a login or a key.
func builtInURLs(environment []string, getenv func(string) string) []providers.URL {
	var urls []providers.URL
	for _, pair := range environment {
		name, _, _ := strings.Cut(pair, "=")
		if u, ok := hostOfVariable(name); ok {
			urls = append(urls, u)
		}
	}
	if s, err := pyx.Read(getenv); err == nil && pyxInUse(s, getenv) {
		urls = append(urls, s.API)
	}
	return urls
}

// pyxInUse reports whether there is a token, a key or a login.
func pyxInUse(s pyx.Settings, getenv func(string) string) bool {
	return !s.Key.IsZero() || !s.Token.IsZero() || slices.ContainsFunc(pyx.Profile().Sources(getenv), func(path string) bool {
		_, exists := fileid.Of(path)
		return exists
	})
}

// hostOfVariable returns the host whose token a variable of the provider env holds: in its name a dot or a
// colon is one underscore, a hyphen is two.
func hostOfVariable(variable string) (providers.URL, bool) {
	name, ok := strings.CutPrefix(variable, "SESAME_TOKEN_")
	if !ok || name == "" {
		return providers.URL{}, false
	}
	labels := strings.Split(strings.ReplaceAll(strings.ToLower(name), "__", "-"), "_")
	host, last := strings.Join(labels, "."), len(labels)-1
	// The last label of a name is no number: then it is the port. An IPv4 address has four of them.
	if isNumber(labels[last]) && last > 0 && (last != 3 || slices.ContainsFunc(labels, func(l string) bool { return !isNumber(l) })) {
		host = strings.Join(labels[:last], ".") + ":" + labels[last]
	}
	u, err := providers.ParseURL("https://" + host)
	return u, err == nil && u.Host != ""
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
