//go:build linux

package snippets

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A network is all that the programs of a page can reach: a proxy on the loopback address, behind which every host
// that a page names is one server.
type network struct {
	t         *testing.T
	proxy     string // its URL
	authority []byte // the certificate of the authority that all servers' are from, as PEM
	hosts     map[string]http.Handler
	log       []string // one "HOST PATH" for each request that was answered
	mu        sync.Mutex
}

// newNetwork has a handler for each host. Any other is one that no test may talk to.
func newNetwork(t *testing.T, hosts map[string]http.Handler) *network {
	t.Helper()
	n := &network{t: t, hosts: hosts}
	ca, key := newAuthority(t)
	n.authority = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})
	server := httptest.NewUnstartedServer(http.HandlerFunc(n.serve))
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return issue(ca, key, hello.ServerName)
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := httptest.NewServer(n.forward(server.Listener.Addr().String()))
	t.Cleanup(proxy.Close)
	n.proxy = proxy.URL
	return n
}

// forward is the proxy: whatever host is wanted, the connection is one to the server.
func (n *network) forward(server string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.Host)
		if r.Method != http.MethodConnect || n.hosts[host] == nil {
			n.t.Errorf("a program wants to talk to %s (%s), which is no server of this test", r.Host, r.Method)
			http.Error(w, "no such host", http.StatusBadGateway)
			return
		}
		out, err := net.Dial("tcp", server)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		in, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			out.Close()
			return
		}
		io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
		carry(in, buffered.Reader, out)
	}
}

// carry copies both ways until both sides are done.
func carry(in net.Conn, from *bufio.Reader, out net.Conn) {
	go func() {
		defer out.Close()
		io.Copy(out, from)
	}()
	go func() {
		defer in.Close()
		io.Copy(in, out)
	}()
}

// serve is the server of every host.
func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(r.Host, ":")
	n.mu.Lock()
	n.log = append(n.log, host+" "+r.URL.Path)
	n.mu.Unlock()
	n.hosts[host].ServeHTTP(w, r)
}

// newAuthority makes a certificate authority that nobody else knows.
func newAuthority(t *testing.T) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sesame's tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "sesame's tests"}}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return ca, key
}

// issue makes the certificate of a host.
func issue(ca *x509.Certificate, key *ecdsa.PrivateKey, host string) (*tls.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, DNSNames: []string{host},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca, key.Public(), key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
