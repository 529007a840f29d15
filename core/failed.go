package core

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// failed says in one line why there is no token: what, why, when the next try is
// due, what to type. The cause is what this process met itself; where it is nil, or no
// more than that time ran out, the failure on record is the better answer.
func (q *Query) failed(record *Record, cause error) error {
	result := &providers.Error{Kind: providers.ErrUnavailable}
	message, repair := "", ""
	late := errors.Is(cause, context.DeadlineExceeded)
	switch {
	case cause != nil && !late:
		message = cause.Error()
		if e, ok := errors.AsType[*providers.Error](cause); ok {
			result.Kind, repair = e.Kind, e.Repair
		}
	case record != nil && record.Failure != nil:
		result.Kind, repair = record.Failure.Err.Kind, record.Failure.Err.Repair
		message = q.remembered(record)
	case late:
		message = "the refresh took too long; it goes on, so try again soon"
	default:
		message = "the refresh ended without a result"
	}
	if plugin := "plugin " + q.Profile.Name + ": "; !strings.HasPrefix(message, plugin) {
		message = q.Profile.Name + ": " + message
	}
	result.Message = "token for " + q.URL.String() + ": " + message
	explain := "sesame explain " + q.URL.String()
	switch {
	case repair != "" && repair != explain:
		result.Message += "; to repair it, type: " + repair
	case !strings.Contains(message, "type: "): // the cause may name the command itself
		result.Message += "; to look into it, type: " + explain
	}
	return result
}

// remembered tells the failure on record, and when the next try is due.
func (q *Query) remembered(record *Record) string {
	f := record.Failure
	message := f.Err.Error()
	if !f.Interrupted.IsZero() && errors.Is(f.Err.Kind, providers.ErrLoginRequired) {
		message += " (an earlier refresh was interrupted at " +
			f.Interrupted.Format(time.RFC3339) + ", and its refresh token may be spent)"
	}
	verdict := q.Policy.Judge(record, time.Now())
	if wait := time.Until(f.next(verdict.patience())); wait > 0 {
		message += "; next try in " + (wait + time.Second - 1).Truncate(time.Second).String()
	}
	return message
}
