package wire

import (
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/sesame-auth/sesame/providers"
)

// maxText bounds the texts of an error, in bytes: they travel in HTTP/2 trailers.
const maxText = 4 << 10

// A CallError is the failure of a call, as opposed to the provider's word: the plugin
// has gone, did not answer in time, or answered what is no answer.
type CallError struct {
	// Code is what gRPC says.
	Code codes.Code
	// Message says more; it may come from the plugin.
	Message string
}

// Error returns the message and the code.
func (e *CallError) Error() string { return e.Message + " (" + e.Code.String() + ")" }

// Unwrap returns [providers.ErrUnavailable]: another try may succeed.
func (e *CallError) Unwrap() error { return providers.ErrUnavailable }

// ErrorStatus returns a provider's error as the gRPC status that carries it. An
// error of no kind is sent as unavailable. A detail is always added: it tells the
// provider's word from a failure of the connection, which is unavailable too.
func ErrorStatus(err error) error {
	code := codes.Unavailable
	switch {
	case errors.Is(err, providers.ErrNotFound):
		code = codes.NotFound
	case errors.Is(err, providers.ErrLoginRequired):
		code = codes.Unauthenticated
	}
	detail := new(ErrorDetail)
	if e, ok := errors.AsType[*providers.Error](err); ok {
		detail.Repair = text(e.Repair)
		if e.RetryAfter > 0 {
			detail.RetryAfter = durationpb.New(e.RetryAfter)
		}
	}
	s, withDetails := status.New(code, text(err.Error())).WithDetails(detail)
	if withDetails != nil {
		// It cannot happen: the detail is a message of our own and its text is UTF-8.
		return status.Error(code, text(err.Error()))
	}
	return s.Err()
}

// statusError returns the error of a call: the provider's, or a [CallError].
func statusError(err error) error {
	s := status.Convert(err)
	detail := detailOf(s)
	e := &providers.Error{Message: s.Message(), Repair: detail.GetRepair()}
	if after := detail.GetRetryAfter(); after.IsValid() {
		e.RetryAfter = max(0, after.AsDuration())
	}
	switch {
	case s.Code() == codes.NotFound:
		e.Kind = providers.ErrNotFound
	case s.Code() == codes.Unauthenticated:
		e.Kind = providers.ErrLoginRequired
	case s.Code() == codes.Unavailable && detail != nil:
		e.Kind = providers.ErrUnavailable
	default:
		return &CallError{Code: s.Code(), Message: s.Message()}
	}
	return e
}

func detailOf(s *status.Status) *ErrorDetail {
	for _, d := range s.Details() {
		if detail, ok := d.(*ErrorDetail); ok {
			return detail
		}
	}
	return nil
}

// text returns s as a protobuf string can hold it, cut to maxText bytes.
func text(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.ToValidUTF8(s, "?")
}
