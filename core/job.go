package core

import (
	"time"

	"github.com/sesame-auth/sesame/core/fields"
	"github.com/sesame-auth/sesame/providers"
)

// A Job is what a front hands to the program that does what needs a plugin: a refresh, with the locked
// file, or a call of a provider that keeps tokens itself. That program finds the route by itself, and must come to
// the same key.
type Job struct {
	Version   string // of the front
	Key       string
	URL       string
	Username  string
	Tolerance time.Duration
	Forced    time.Time
	// Call is a call of a provider that keeps tokens itself; "" is a refresh.
	Call string
	// Name and Token are what to keep; of Token only the value is what to drop.
	Name  string
	Token *providers.Token
}

// The first lines of what goes between the two. They change with Version only, since two
// programs of different versions do not talk to each other.
const (
	jobKind     = "sesame job 1"
	messageKind = "sesame outcome 1"
)

// NewJob returns the job for a query.
func NewJob(q *Query, forced time.Time) Job {
	return Job{
		Version: Version, Key: q.Key, URL: q.URL.String(), Username: q.Username,
		Tolerance: q.Policy.Tolerance, Forced: forced,
	}
}

// Encode returns the job as text.
func (j Job) Encode() []byte {
	w := fields.NewWriter(jobKind)
	w.String("version", j.Version)
	w.String("key", j.Key)
	w.String("url", j.URL)
	w.String("username", j.Username)
	w.Int("tolerance", int64(j.Tolerance))
	w.Time("forced", j.Forced)
	w.String("call", j.Call)
	w.String("name", j.Name)
	w.String("token", encodeToken(j.Token))
	return w.Bytes()
}

// DecodeJob reads what Encode wrote.
func DecodeJob(text string) (Job, error) {
	var j Job
	token := ""
	err := fields.Read(text, jobKind, func(name string, v fields.Value) error {
		switch name {
		case "version":
			return v.String(&j.Version)
		case "key":
			return v.String(&j.Key)
		case "url":
			return v.String(&j.URL)
		case "username":
			return v.String(&j.Username)
		case "tolerance":
			return v.Int((*int64)(&j.Tolerance))
		case "forced":
			return v.Time(&j.Forced)
		case "call":
			return v.String(&j.Call)
		case "name":
			return v.String(&j.Name)
		case "token":
			return v.String(&token)
		}
		return nil
	})
	if err == nil {
		j.Token, err = decodeToken(token)
	}
	return j, err
}

// encodeToken returns a token as text; "" for none.
func encodeToken(t *providers.Token) string {
	if t == nil {
		return ""
	}
	return (&keptToken{Token: *t}).encode()
}

func decodeToken(text string) (*providers.Token, error) {
	if text == "" {
		return nil, nil
	}
	k, err := decodeKept(text)
	return &k.Token, err
}

// Query finds the route of the job, as the front did.
func (j Job) Query(f Finder) (*Query, error) {
	u, err := providers.ParseURL(j.URL)
	if err != nil {
		return nil, err
	}
	f.Tolerance = &j.Tolerance
	q := new(Query)
	return q, f.Find(q, u, j.Username)
}
