// Package wire is what sesame and a provider plugin say to each other: the
// messages, the codes of the errors, and the handshake before the first call.
//
// Both ends are here, so that neither can change without the other: plugins/host
// asks through what [Plugin.GRPCClient] returns, plugins/sdk serves what
// [Plugin.GRPCServer] registers. docs/wire.md tells authors of
// plugins in other languages about the same.
package wire

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/sesame-auth/sesame/providers"
)

const (
	// Version is the version of the plugin protocol spoken here.
	Version = 1
	// ServiceName is the name under which go-plugin dispenses the provider.
	ServiceName = "provider"
	// MaxMessage bounds a message in either direction, in bytes. The largest
	// token is 64 KiB, and a request carries one.
	MaxMessage = 1 << 20
)

// Handshake returns the cookie that tells a plugin that sesame started it. It keeps a
// person from starting one by hand and is no security measure. It never changes: a
// plugin that was built long ago must still be able to say which version it speaks.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		MagicCookieKey:   "SESAME_PROVIDER_PLUGIN",
		MagicCookieValue: "7c1f9f0e4b0a4d3c8d5e6a2b91f3c0d7",
	}
}

// Versions returns the versions of the plugin protocol, each with what is served
// under it. The host needs no provider: it passes nil.
func Versions(p providers.Provider) map[int]plugin.PluginSet {
	return map[int]plugin.PluginSet{Version: {ServiceName: Plugin{Provider: p}}}
}

// A Plugin is one provider as go-plugin wants it, for either end.
type Plugin struct {
	plugin.NetRPCUnsupportedPlugin
	// Provider is what the plugin's end serves; nil at the host's end.
	Provider providers.Provider
}

var _ plugin.GRPCPlugin = Plugin{}

// GRPCServer registers the provider with s.
func (p Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	RegisterProviderServiceServer(s, server{provider: p.Provider})
	return nil
}

// GRPCClient returns a [*Client] that asks over conn.
func (Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &Client{conn: conn, service: NewProviderServiceClient(conn)}, nil
}

// ServerOptions returns the options of the plugin's gRPC server.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{grpc.MaxRecvMsgSize(MaxMessage), grpc.MaxSendMsgSize(MaxMessage)}
}

// DialOptions returns the options of the host's connection. It never goes idle: the
// socket has no name any more once the connection stands, so it cannot be made again.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithIdleTimeout(0),
		grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage)),
	}
}
