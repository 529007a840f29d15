//go:build linux

package snippets

import (
	"net/http"
	"sync"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/loopback"
)

// A network is all that the programs of a page can reach.
type network struct {
	*loopback.Network
	t   *testing.T
	mu  sync.Mutex
	log []string // one "HOST PATH" for each request that was answered
}

// newNetwork has a handler for each host. Any other is one that no test may talk to.
func newNetwork(t *testing.T, hosts map[string]http.Handler) *network {
	t.Helper()
	n := &network{t: t}
	logged := make(map[string]http.Handler)
	for host, handler := range hosts {
		logged[host] = n.logs(host, handler)
	}
	n.Network = loopback.NewNetwork(logged, func(host string) {
		t.Errorf("a program wants to talk to %s, which is no server of this test", host)
	})
	t.Cleanup(n.Close)
	return n
}

// logs notes each request before it is answered.
func (n *network) logs(host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		n.log = append(n.log, host+" "+r.URL.Path)
		n.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}
