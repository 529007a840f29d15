package wire

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/sesame-auth/sesame/providers"
)

// The core acts on the kind of an error; the person on its message and its repair.
func TestErrorsPassTheBoundary(t *testing.T) {
	detailed := func(kind error) *providers.Error {
		return &providers.Error{Kind: kind, Message: "acme.example: refused", Repair: "acme login", RetryAfter: time.Minute}
	}
	for _, row := range []struct {
		name string
		err  error
		want providers.Error
	}{
		{"not found", detailed(providers.ErrNotFound), *detailed(providers.ErrNotFound)},
		{"login required", detailed(providers.ErrLoginRequired), *detailed(providers.ErrLoginRequired)},
		{"unavailable", detailed(providers.ErrUnavailable), *detailed(providers.ErrUnavailable)},
		{"no message", &providers.Error{Kind: providers.ErrNotFound}, providers.Error{Kind: providers.ErrNotFound, Message: "no token"}},
		{"a kind alone", providers.ErrLoginRequired, providers.Error{Kind: providers.ErrLoginRequired, Message: "login required"}},
		{"wrapped", fmt.Errorf("outside: %w", detailed(providers.ErrLoginRequired)), providers.Error{
			Kind: providers.ErrLoginRequired, Message: "outside: acme.example: refused", Repair: "acme login", RetryAfter: time.Minute,
		}},
		{"of no kind", errors.New("disk full"), providers.Error{Kind: providers.ErrUnavailable, Message: "disk full"}},
		{"no text that fits", errors.New(strings.Repeat("é", maxText)), providers.Error{
			Kind: providers.ErrUnavailable, Message: strings.Repeat("é", maxText/2),
		}},
		{"not UTF-8", errors.New("bad \xff name"), providers.Error{Kind: providers.ErrUnavailable, Message: "bad ? name"}},
		{"in the past", &providers.Error{Kind: providers.ErrUnavailable, RetryAfter: -time.Second}, providers.Error{
			Kind: providers.ErrUnavailable, Message: "unavailable",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := connect(t, &answers{err: row.err}).Token(t.Context(), providers.Request{})
			if e, ok := errors.AsType[*providers.Error](err); !ok || *e != row.want {
				t.Errorf("error %#v, want %#v", err, row.want)
			}
		})
	}
}

// A plugin in another language may send any status.
func TestStatusErrorReadsWhatOthersSend(t *testing.T) {
	with := func(code codes.Code, details ...*ErrorDetail) error {
		s := status.New(code, "text")
		for _, detail := range details {
			var err error
			if s, err = s.WithDetails(detail); err != nil {
				t.Fatal(err)
			}
		}
		return s.Err()
	}
	for _, row := range []struct {
		name string
		err  error
		want error
	}{
		{"not found alone", with(codes.NotFound), &providers.Error{Kind: providers.ErrNotFound, Message: "text"}},
		{"login alone", with(codes.Unauthenticated), &providers.Error{Kind: providers.ErrLoginRequired, Message: "text"}},
		{"unavailable with a detail", with(codes.Unavailable, &ErrorDetail{Repair: "r"}),
			&providers.Error{Kind: providers.ErrUnavailable, Message: "text", Repair: "r"}},
		{"unavailable alone", with(codes.Unavailable), &CallError{Code: codes.Unavailable, Message: "text"}},
		{"another code", with(codes.Internal, &ErrorDetail{}), &CallError{Code: codes.Internal, Message: "text"}},
		{"no status", errors.New("plain"), &CallError{Code: codes.Unknown, Message: "plain"}},
		{"a time before now", with(codes.NotFound, &ErrorDetail{RetryAfter: durationpb.New(-time.Hour)}),
			&providers.Error{Kind: providers.ErrNotFound, Message: "text"}},
		{"a time that is none", with(codes.NotFound, &ErrorDetail{RetryAfter: &durationpb.Duration{Seconds: 1, Nanos: -1}}),
			&providers.Error{Kind: providers.ErrNotFound, Message: "text"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := statusError(row.err)
			if !reflect.DeepEqual(got, row.want) {
				t.Errorf("statusError = %#v, want %#v", got, row.want)
			}
			if e := (*CallError)(nil); errors.As(got, &e) && !errors.Is(got, providers.ErrUnavailable) {
				t.Errorf("%v is of no kind", got)
			}
		})
	}
}

// Whatever a provider says of its failure arrives as an error of its kind.
func FuzzStatusText(f *testing.F) {
	f.Add("message", "repair", int64(time.Minute))
	f.Fuzz(func(t *testing.T, message, repair string, after int64) {
		err := statusError(ErrorStatus(&providers.Error{
			Kind: providers.ErrUnavailable, Message: message, Repair: repair, RetryAfter: time.Duration(after),
		}))
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || !errors.Is(err, providers.ErrUnavailable) || e.RetryAfter < 0 || !utf8.ValidString(e.Message) {
			t.Errorf("error %#v", err)
		}
		if after > 0 && e.RetryAfter != time.Duration(after) {
			t.Errorf("retry after %v, want %v", e.RetryAfter, time.Duration(after))
		}
	})
}
