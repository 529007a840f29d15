package git

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

// statePrefix begins the states of this program: git gives each program those of all.
const statePrefix = "sesame:"

// appendAnswer appends the answer that carries a's token. It names neither protocol nor host: git
// would store the token under what it is told.
//
// Only a git that says it knows authtype is answered with it. An older one
// would find no password and fail.
func appendAnswer(dst []byte, r *request, a protocols.Answer) ([]byte, error) {
	t, scheme := a.Token, cmp.Or(a.Token.Scheme, providers.Bearer)
	basic := strings.EqualFold(scheme, providers.Basic)
	if err := checkValue(t.Value.Reveal(), basic, a.Origin == protocols.Kept); err != nil {
		return nil, err
	}
	asCredential := !basic && r.knowsAuthtype && !r.offered.basicInstead(scheme)
	if asCredential && !plain.Scheme(scheme) {
		return nil, errors.New("the token's scheme " + strconv.Quote(scheme) + " cannot stand in a header")
	}
	l := lines{text: dst}
	if asCredential {
		l.add("capability[]", "authtype") // before what it covers
		l.addCredential(scheme, a)
	} else {
		l.addPassword(r, basic, a)
	}
	l.addExpiry(t.Expires)
	if mayAskAgain(r, a) {
		l.addAgain(a.Fingerprint)
	}
	return l.text, l.err
}

// mayAskAgain reports whether git is to ask once more if the server refuses the token, rather
// than to fail: where another can be had, and only once, since git asks without end while it
// is told to.
func mayAskAgain(r *request, a protocols.Answer) bool {
	return r.knowsState && r.refused() == "" && a.Origin == protocols.Stored && a.Fingerprint != ""
}

// checkValue refuses what cannot be a token's value. What a tool handed in as a password is
// handed back whatever it is.
func checkValue(value string, basic, kept bool) error {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	switch {
	case basic && kept:
		return nil
	case basic && (value == "" || strings.ContainsFunc(value, control)):
		return errors.New("the token is empty or has a control character")
	case !basic && (value == "" || !plain.ASCII(value)):
		return errors.New("the token is empty or not printable ASCII")
	}
	return nil
}

// lines is an answer, and what is wrong with it: a value that a line cannot hold.
type lines struct {
	text []byte
	err  error
}

func (l *lines) add(key, value string) {
	if len(key)+len(value)+len("=\n") > maxLine || strings.ContainsAny(value, "\r\n\x00") {
		l.text, l.err = nil, errors.New("the token's "+key+" is too long for git or has a line break")
	}
	if l.err == nil {
		l.text = append(append(l.text, key...), '=')
		l.text = append(append(l.text, value...), '\n')
	}
}

// addCredential adds the token as what it is. A kept one has its username too, so that git stores
// it as it was.
func (l *lines) addCredential(scheme string, a protocols.Answer) {
	l.add("authtype", scheme)
	l.add("credential", a.Token.Value.Reveal())
	if a.Origin == protocols.Kept && a.Token.Username != "" {
		l.add("username", a.Token.Username)
	}
	l.addRefreshToken(a)
}

// addPassword adds the token as the password of an account. Of a kept password the account is as
// it was, though it be empty: some servers want just that.
func (l *lines) addPassword(r *request, basic bool, a protocols.Answer) {
	username := a.Token.Username
	if !basic || a.Origin != protocols.Kept {
		username = cmp.Or(username, r.account(), providers.DefaultUsername)
	}
	l.add("username", username)
	l.add("password", a.Token.Value.Reveal())
	l.addRefreshToken(a)
}

// addRefreshToken adds the refresh token that a kept token came with. That of a provider is
// nobody's to see: git gives what it reads to every program in its list.
func (l *lines) addRefreshToken(a protocols.Answer) {
	if state := a.Token.State.Reveal(); state != "" && a.Origin == protocols.Kept {
		l.add("oauth_refresh_token", state)
	}
}

// addExpiry adds the expiry in whole seconds, rounded down. Git takes anything but a
// positive integer for "never".
func (l *lines) addExpiry(expires time.Time) {
	if seconds := expires.Unix(); !expires.IsZero() && seconds > 0 {
		l.add("password_expiry_utc", strconv.FormatInt(seconds, 10))
	}
}

// addAgain has git ask once more if the server refuses the token.
//
// The capability "state" is not announced with it. Git takes the two lines from whoever it has told that it
// knows them, and goes by them itself; only what a helper announces it hands on to a program that asks by way of
// "git credential fill", and none is to see these: git-lfs 3.6 keeps the tokens that it was given, and
// on "continue" it sends a refused one again without end, and asks nobody. Without, it tells that the
// token was refused, and gets another within the same command.
func (l *lines) addAgain(fingerprint string) {
	l.add("state[]", statePrefix+fingerprint)
	l.add("continue", "1")
}
