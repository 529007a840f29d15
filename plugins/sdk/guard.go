//go:build unix

package sdk

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/hashicorp/go-hclog"

	"github.com/sesame-auth/sesame/providers"
)

// A guard is a provider whose panics are errors of the call that panicked.
type guard struct {
	provider providers.Provider
	logger   hclog.Logger
	prepare  func() // comes before the call
}

var _ providers.Provider = guard{}

// Token calls the provider. Neither the error nor the log shows what a panic said, nor the
// arguments on its stack: either may be a secret.
func (g guard) Token(ctx context.Context, req providers.Request) (token *providers.Token, err error) {
	defer func() {
		if recover() == nil {
			return
		}
		g.logger.Error("the provider panicked in Token", "at", panicPlace())
		token, err = nil, &providers.Error{
			Kind:    providers.ErrUnavailable,
			Message: "the provider panicked, which is a fault in the plugin: its log shows where",
		}
	}()
	g.prepare()
	return g.provider.Token(ctx, req)
}

// panicPlace returns the functions and lines that led to the panic, innermost
// first. A deferred function must call it.
func panicPlace() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	var place []string
	for panicked := false; ; {
		frame, more := frames.Next()
		switch {
		case strings.HasPrefix(frame.Function, "runtime."):
			panicked = panicked || frame.Function == "runtime.gopanic"
		case panicked:
			place = append(place, fmt.Sprintf("%s (%s:%d)", frame.Function, frame.File, frame.Line))
		}
		if !more || len(place) == 5 {
			return strings.Join(place, ", ")
		}
	}
}
