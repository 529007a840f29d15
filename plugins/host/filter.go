package host

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/sesame-auth/sesame/providers"
)

// A filter makes text of a plugin fit to be shown: the secrets that the plugin was
// given, or gave, are replaced, and control characters are escaped, so that no text can drive
// a terminal or look like two lines.
type filter struct {
	mu       sync.Mutex
	secrets  []string // in every spelling, the longest first
	replacer *strings.Replacer
}

// minSecret is the shortest text that is taken for a secret: a shorter one would
// replace half of a message.
const minSecret = 4

// newFilter returns a filter that knows the secrets of an environment: every value but
// those of the common variables, paths, and URLs and hosts, which messages must be able
// to name. A URL with a password, a proxy's above all, is a secret.
func newFilter(env []string) *filter {
	f := &filter{replacer: strings.NewReplacer()}
	common := providers.CommonVariables()
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		plain := slices.Contains(common, name) ||
			filepath.IsAbs(value) || strings.Contains(value, "://") ||
			strings.HasSuffix(name, "_DOMAIN") || strings.HasSuffix(name, "_HOST")
		if !plain || strings.Contains(value, "@") {
			f.add(value)
		}
	}
	return f
}

// add makes secrets known, in every spelling in which programs print them.
func (f *filter) add(secrets ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := len(f.secrets)
	for _, secret := range secrets {
		if len(secret) < minSecret || slices.Contains(f.secrets, secret) {
			continue
		}
		f.secrets = append(f.secrets, secret, url.QueryEscape(secret), url.PathEscape(secret),
			base64.RawStdEncoding.EncodeToString([]byte(secret)),
			base64.RawURLEncoding.EncodeToString([]byte(secret)))
	}
	if len(f.secrets) == known {
		return
	}
	slices.SortFunc(f.secrets, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	f.secrets = slices.Compact(f.secrets)
	var pairs []string
	for _, secret := range f.secrets {
		pairs = append(pairs, secret, providers.NewSecret(secret).String())
	}
	f.replacer = strings.NewReplacer(pairs...)
}

// clean returns text without secrets and control characters.
func (f *filter) clean(text string) string {
	f.mu.Lock()
	replacer := f.replacer
	f.mu.Unlock()
	return escape(replacer.Replace(text))
}

// escape returns text without control characters.
func escape(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "?") {
		if r == '\t' || unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
