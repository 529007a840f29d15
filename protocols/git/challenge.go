package git

import (
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// challenges are the schemes that the server offered, from the headers WWW-Authenticate that git passes on.
// Only the first scheme of a header counts: that it may have several (RFC 9110, section 11.6.1) no git
// server makes use of.
type challenges struct {
	basic  bool
	others []string
}

// maxChallenges is how many are looked at.
const maxChallenges = 16

// add takes the value of a header; an empty one clears the list, as in every list of git's.
func (c *challenges) add(header string) {
	scheme, _, _ := strings.Cut(strings.TrimLeft(header, " \t"), " ")
	switch {
	case header == "":
		*c = challenges{}
	case strings.EqualFold(scheme, providers.Basic):
		c.basic = true
	case len(c.others) < maxChallenges:
		c.others = append(c.others, scheme)
	}
}

// basicInstead reports whether a token of the scheme is better given as a password: the server offers Basic, and
// not its scheme. Such servers take a token as a password; and git before its first chunk of a large
// push asks without the header of any other scheme, so that the push fails (seen with git 2.53).
func (c *challenges) basicInstead(scheme string) bool {
	for _, other := range c.others {
		if strings.EqualFold(other, scheme) {
			return false
		}
	}
	return c.basic
}
