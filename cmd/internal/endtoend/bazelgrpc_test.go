//go:build bazelreal

package endtoend_test

import (
	"context"
	"net"
	"path"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// A grpcCache is a remote cache over gRPC that has nothing and takes nothing (Remote Execution API, version 2), and
// a build event service, for those who have the token that is good.
type grpcCache struct {
	url string

	mu      sync.Mutex
	good    string
	lookups int // of results
	expiry  int // after how many lookups the good token is another; 0 is never
	served  int
	refused int
}

func newGRPCCache(t *testing.T) *grpcCache {
	t.Helper()
	c := &grpcCache{good: "first"}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.ForceServerCodecV2(rawCodec{}), grpc.UnknownServiceHandler(c.serve))
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	c.url = "grpc://" + listener.Addr().String()
	return c
}

// revokeAfter refuses the token that is good now, after so many lookups more.
func (c *grpcCache) revokeAfter(lookups int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expiry = c.lookups + lookups
}

func (c *grpcCache) counts() (served, refused int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.served, c.refused
}

func (c *grpcCache) serve(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	if !c.admit(stream.Context(), path.Base(method)) {
		return status.Error(codes.Unauthenticated, "the token is not good")
	}
	for {
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			return nil // the client has said all
		}
		switch path.Base(method) {
		case "GetCapabilities": // SHA-256, updates allowed, API 2.0 to 2.0
			message = []byte("\x0a\x07\x0a\x01\x01\x12\x02\x08\x01\x22\x02\x08\x02\x2a\x02\x08\x02")
		case "GetActionResult":
			return status.Error(codes.NotFound, "nothing is cached")
		case "PublishBuildToolEventStream": // acknowledges it: the same stream, the same sequence number
			message = acknowledge(message)
		default:
			message = nil // no blob is missing
		}
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
	}
}

func (c *grpcCache) admit(ctx context.Context, method string) bool {
	headers, _ := metadata.FromIncomingContext(ctx)
	token := strings.TrimPrefix(strings.Join(headers.Get("authorization"), ""), "Bearer ")
	c.mu.Lock()
	defer c.mu.Unlock()
	if method == "GetActionResult" {
		if c.lookups++; c.lookups == c.expiry {
			c.good = "second"
		}
	}
	if token != c.good {
		c.refused++
		return false
	}
	c.served++
	return true
}

// rawCodec leaves messages as they are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

var _ encoding.CodecV2 = rawCodec{}

// acknowledge answers an event with its stream and its number: fields 1 and 2 of the request's field 4, and of the
// answer (google.devtools.build.v1.PublishBuildToolEventStreamResponse).
func acknowledge(request []byte) (answer []byte) {
	for len(request) > 0 {
		number, kind, n := protowire.ConsumeField(request)
		if number == 4 && kind == protowire.BytesType && n > 0 {
			_, _, tag := protowire.ConsumeTag(request)
			request, _ = protowire.ConsumeBytes(request[tag:])
			break
		}
		request = request[max(n, 1):]
	}
	for len(request) > 0 {
		number, _, n := protowire.ConsumeField(request)
		if n < 0 {
			return nil
		}
		if number == 1 || number == 2 {
			answer = append(answer, request[:n]...)
		}
		request = request[n:]
	}
	return answer
}
