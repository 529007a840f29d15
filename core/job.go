package core

import (
	"time"

	"github.com/sesame-auth/sesame/core/fields"
	"github.com/sesame-auth/sesame/providers"
)

// A Job is what a front hands to the refresher, with the locked file. The
// refresher finds the route by itself, and must come to the same key.
type Job struct {
	Version   string // of the front
	Key       string
	URL       string
	Username  string
	Tolerance time.Duration
	Forced    time.Time
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
	return w.Bytes()
}

// DecodeJob reads what Encode wrote.
func DecodeJob(text string) (Job, error) {
	var j Job
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
		}
		return nil
	})
	return j, err
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

// A Message is what the refresher tells the front that started it, once the outcome is
// stored.
type Message struct {
	// Refusal says why nothing was refreshed.
	Refusal string
	// Warning says why the record could not be stored; Record is then that record.
	Warning string
	Record  *Record
}

// Encode returns the message as text.
func (m Message) Encode(key string) []byte {
	w := fields.NewWriter(messageKind)
	w.String("refusal", m.Refusal)
	w.String("warning", m.Warning)
	if m.Record != nil {
		w.String("record", string(m.Record.Encode(key)))
	}
	return w.Bytes()
}

// DecodeMessage reads what Encode wrote for the same key.
func DecodeMessage(text, key string) (Message, error) {
	var m Message
	record := ""
	err := fields.Read(text, messageKind, func(name string, v fields.Value) error {
		switch name {
		case "refusal":
			return v.String(&m.Refusal)
		case "warning":
			return v.String(&m.Warning)
		case "record":
			return v.String(&record)
		}
		return nil
	})
	if err == nil && record != "" {
		m.Record, err = DecodeRecord(record, key)
	}
	return m, err
}
