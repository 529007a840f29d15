// Package sdk turns a provider into a plugin: an executable that sesame starts when a
// token is due, asks, and stops. The whole of a plugin's main is
//
//	func main() { sdk.Serve(acme.Provider{}) }
//
// docs/writing-a-provider.md is the guide.
package sdk

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/providers"
)

// Serve answers sesame's calls with p until sesame ends the process, and is the only
// statement of a plugin's main. It must come first: what is written to stdout before it
// breaks the handshake.
//
// It prepares the process: stdin is the null device, new files are its owner's alone,
// there are no core dumps, on Linux no other process may look into its memory, and it ends
// when sesame does. Windows has nothing of the kind for a process to ask for: new files are as open as the folder
// that they are made in, and any process of the user may look into this one. What p writes to stderr becomes sesame's log; a line of go-hclog's
// JSON keeps its level. What p writes to stdout is dropped. A panic in a call of p is an
// error of that one call.
//
// If p is a [providers.Keeper] or a [providers.LoginProvider] as well, it is served as one.
//
// When it was not sesame that started the process, Serve says so and exits with code 1.
func Serve(p providers.Provider) {
	if !started(os.Getenv) {
		notStarted(os.Stderr, os.Args[0])
		os.Exit(1)
	}
	logger := newLogger(os.Stderr)
	if err := harden(); err != nil {
		logger.Error("prepare the process", "error", err)
		os.Exit(1)
	}
	endWithParent(os.Getppid, func() { os.Exit(1) })
	plugin.Serve(serveConfig(p, logger))
}

// started reports whether the environment holds sesame's cookie.
func started(getenv func(string) string) bool {
	handshake := wire.Handshake()
	return getenv(handshake.MagicCookieKey) == handshake.MagicCookieValue
}

// notStarted tells a person who started the plugin by hand what it is.
func notStarted(w io.Writer, name string) {
	_, _ = fmt.Fprintf(w, "%s: this is a sesame provider plugin: it is started by sesame.\n"+
		"Name it in sesame's configuration, in a [plugin.NAME] table.\n", filepath.Base(name))
}

// newLogger returns the logger of the plugin's own end. JSON keeps the level of a line
// on its way through the pipe.
func newLogger(w io.Writer) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Info, Output: w, JSONFormat: true})
}

func serveConfig(p providers.Provider, logger hclog.Logger) *plugin.ServeConfig {
	// go-plugin sends what is written to os.Stderr over the connection, where it is
	// lost if the plugin crashes: the very text that would tell why.
	stderr := os.Stderr
	restore := sync.OnceFunc(func() { os.Stderr = stderr })
	g := guard{logger: logger, prepare: restore}
	return &plugin.ServeConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: wire.Versions(p),
		Logger:           logger,
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(slices.Concat(options, wire.ServerOptions(), g.options())...)
		},
	}
}
