package sdk

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/providers"
)

// A guard stands before each call of the provider's service, and makes a panic the error of the call that
// panicked. It is no provider, so that what the provider can do besides Token stays to be seen.
type guard struct {
	logger  hclog.Logger
	prepare func() // comes before the call
}

// options returns the guard as options of the plugin's gRPC server.
func (g guard) options() []grpc.ServerOption {
	return []grpc.ServerOption{grpc.UnaryInterceptor(g.unary), grpc.StreamInterceptor(g.stream)}
}

func (g guard) unary(ctx context.Context, message any, info *grpc.UnaryServerInfo, call grpc.UnaryHandler) (answer any, err error) {
	err = g.run(info.FullMethod, func() error {
		answer, err = call(ctx, message)
		return err
	})
	return answer, err
}

func (g guard) stream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, call grpc.StreamHandler) error {
	return g.run(info.FullMethod, func() error { return call(service, stream) })
}

// run makes a call. Neither the error nor the log shows what a panic said, nor the
// arguments on its stack: either may be a secret.
func (g guard) run(fullMethod string, call func() error) (err error) {
	method, ok := strings.CutPrefix(fullMethod, "/"+wire.ProviderService_ServiceDesc.ServiceName+"/")
	if !ok {
		return call() // go-plugin's own
	}
	defer func() {
		if recover() == nil {
			return
		}
		g.logger.Error("the provider panicked in "+method, "at", panicPlace())
		err = wire.ErrorStatus(&providers.Error{
			Kind:    providers.ErrUnavailable,
			Message: "the provider panicked, which is a fault in the plugin: its log shows where",
		})
	}()
	g.prepare()
	return call()
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
