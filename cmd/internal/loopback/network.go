// Package loopback is the network of tests and pictures: servers of hosts below example.com, all on 127.0.0.1, behind a
// proxy that leads to them by their names and lets nobody else out; and a git server that wants a token.
package loopback

import (
	"encoding/pem"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
)

// A Network is all that programs can reach that have its proxy in HTTPS_PROXY.
type Network struct {
	// Proxy is the proxy's URL.
	Proxy string
	// Authority is the certificate that the hosts' is from, as PEM.
	Authority []byte

	proxy, server *httptest.Server
	unknown       func(host string)

	mu    sync.Mutex
	hosts map[string]http.Handler
}

// NewNetwork starts a network with a handler for each host: example.com, or below it. A connection to any other is refused
// and told to unknown. Close must be called.
func NewNetwork(hosts map[string]http.Handler, unknown func(host string)) *Network {
	n := &Network{hosts: maps.Clone(hosts), unknown: unknown}
	n.server = httptest.NewTLSServer(http.HandlerFunc(n.serve)) // its certificate is for these names
	n.proxy = httptest.NewServer(http.HandlerFunc(n.connect))
	n.Proxy, n.Authority = n.proxy.URL, Authority(n.server)
	return n
}

// Authority returns the certificate of a server that package httptest has started, as PEM. It is its own authority.
func Authority(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// Close ends every connection, and the servers.
func (n *Network) Close() {
	for _, s := range []*httptest.Server{n.proxy, n.server} {
		s.CloseClientConnections()
		s.Close()
	}
}

// Serve puts a handler behind a host, in the place of another.
func (n *Network) Serve(host string, handler http.Handler) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[host] = handler
}

// handler returns that of a host, whose port does not count; nil if there is no such host.
func (n *Network) handler(authority string) http.Handler {
	host, _, err := net.SplitHostPort(authority)
	if err != nil {
		host = authority
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hosts[host]
}

// serve is the server of every host.
func (n *Network) serve(w http.ResponseWriter, r *http.Request) {
	if handler := n.handler(r.Host); handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	http.Error(w, "no such host", http.StatusMisdirectedRequest)
}

// connect is the proxy (RFC 9110, section 9.3.6): whatever host is wanted, the connection is one to the server.
func (n *Network) connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect || n.handler(r.Host) == nil {
		n.unknown(r.Host)
		http.Error(w, "nobody else is let out", http.StatusForbidden)
		return
	}
	server, err := net.Dial("tcp", n.server.Listener.Addr().String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan error, 2)
	carry := func(to io.Writer, from io.Reader) {
		_, err := io.Copy(to, from)
		done <- err
	}
	go carry(server, buffered)
	go carry(client, server)
	<-done // whoever ends first ends both
}
