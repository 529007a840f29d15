// Package audit appends one line to a file for every answer that a tool gets: who asked, what
// answered, what came of it. No line holds a token.
//
// The package is linked into the fronts: see package providers for what that forbids.
package audit

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Variable names the environment variable with the path of the file, which goes before the configuration's key
// audit_log.
const Variable = "SESAME_AUDIT_LOG"

// Path returns the file of the log; "" where the log is off. It is what [Variable] says where that is set,
// which switches the log off if it is empty, and else what the configuration says, with "~/" for the home folder. A
// path that is not absolute is for [Append] to refuse.
func Path(configured string, lookup func(name string) (value string, set bool)) string {
	if path, set := lookup(Variable); set {
		return path
	}
	rest, inHome := strings.CutPrefix(configured, "~/")
	if home, _ := lookup(homeVariable); inHome && home != "" {
		return home + "/" + rest
	}
	return configured
}

// A Line is one answer. What is "" or zero is left out.
type Line struct {
	// Time is when the answer was given.
	Time time.Time `json:"time"`
	// Tool is the name of the process that asked, where the system tells it.
	Tool string `json:"tool"`
	// Protocol and Operation are how it asked: "git", "get".
	Protocol  string `json:"protocol"`
	Operation string `json:"operation"`
	// Host is what for: scheme://host[:port]. A path is not told: some hold a secret.
	Host string `json:"host"`
	// Route and Provider are what answered, as "sesame explain" names them, and Account is whose token it is.
	Route    string `json:"route"`
	Provider string `json:"provider"`
	Account  string `json:"account"`
	// Verdict is that on the stored token when the tool asked: "fresh", or "kept", or "not stored".
	Verdict string `json:"verdict"`
	// Outcome is one of the words below.
	Outcome string `json:"outcome"`
	// Took is from the end of the request to the end of the answer; a line has it in milliseconds.
	Took time.Duration `json:"-"`
	// Token is the fingerprint of the token that was handed out; "" for a password, which could be
	// guessed by its fingerprint.
	Token string `json:"token"`
}

// The outcomes.
const (
	Served        = "served"         // with the token in the store, or the provider's own
	Refreshed     = "refreshed"      // with a token that was obtained for it
	Nothing       = "nothing"        // the tool was told that there is nothing here
	LoginRequired = "login required" // the failures, by their kind
	Unavailable   = "unavailable"
	Failed        = "failed" // before a provider was asked: a bad request, a broken configuration
	Taken         = "kept"   // what a tool handed in
	NotTaken      = "not kept"
	Forgotten     = "forgot"
	Listed        = "listed"
	Done          = "done" // an operation that needs no token
)

// maxField bounds a text in a line, in bytes, so that a line is one write that no other process's
// comes between.
const maxField = 256

// timeLayout is that of RFC 3339 with milliseconds, in UTC.
const timeLayout = "2006-01-02T15:04:05.000Z"

// AppendTo appends the line, a JSON object (RFC 8259) and a line end.
func (l *Line) AppendTo(dst []byte) []byte {
	dst = append(dst, `{"time":"`...)
	dst = append(l.Time.UTC().AppendFormat(dst, timeLayout), '"')
	for _, member := range [...]struct{ name, text string }{
		{"tool", l.Tool}, {"protocol", l.Protocol}, {"operation", l.Operation}, {"host", l.Host}, {"route", l.Route},
		{"provider", l.Provider}, {"account", l.Account}, {"verdict", l.Verdict}, {"outcome", l.Outcome}, {"token", l.Token},
	} {
		if member.text == "" {
			continue
		}
		dst = append(append(append(dst, `,"`...), member.name...), `":"`...)
		dst = append(appendEscaped(dst, member.text), '"')
	}
	us := max(l.Took.Microseconds(), 0)
	dst = strconv.AppendInt(append(dst, `,"ms":`...), us/1000, 10)
	dst = append(dst, '.', byte('0'+us/100%10), byte('0'+us/10%10), byte('0'+us%10))
	return append(dst, "}\n"...)
}

// appendEscaped appends text as the inside of a JSON string, cut at maxField.
func appendEscaped(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	if len(text) > maxField {
		text = strings.ToValidUTF8(text[:maxField], "") + "..."
	}
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
