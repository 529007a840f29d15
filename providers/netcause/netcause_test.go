package netcause

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"syscall"
	"testing"
)

// "dial tcp: lookup x on 10.0.0.2:53: no such host" is what a programmer reads. The person whose build has failed
// wants to know whether it is the name, the network, the proxy or the certificate.
func TestACauseIsToldInAPersonsWords(t *testing.T) {
	op := func(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }
	refused := op("dial", os.NewSyscallError("connect", syscall.ECONNREFUSED))
	rows := []struct {
		name string
		err  error
		want string
	}{
		{"refused", refused, syscall.ECONNREFUSED.Error()},
		{"reset", op("read", os.NewSyscallError("read", syscall.ECONNRESET)), syscall.ECONNRESET.Error()},
		{"a proxy", op("proxyconnect", refused), "the proxy: " + syscall.ECONNREFUSED.Error()},
		{"no name", op("dial", &net.DNSError{Err: "no such host", Name: "sso.test", Server: "10.0.0.2:53", IsNotFound: true}),
			"no such host: sso.test"},
		{"no name server", op("dial", &net.DNSError{Err: "server misbehaving", Name: "sso.test", Server: "10.0.0.2:53"}),
			"the host sso.test cannot be looked up: server misbehaving"},
		{"closed", io.EOF, "the connection was closed before the answer"},
		{"cut", io.ErrUnexpectedEOF, "the connection was closed before the answer"},
		{"a deadline", context.DeadlineExceeded, "no answer in time"},
		{"a timeout", op("dial", os.ErrDeadlineExceeded), "no answer in time"},
		{"our own words", errors.New("a redirect, which is not followed"), "a redirect, which is not followed"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			wrapped := &url.Error{Op: "Post", URL: "https://sso.test/token", Err: row.err}
			if got := Text(wrapped); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
			if got := Text(row.err); got != row.want {
				t.Errorf("without a URL: %q, want %q", got, row.want)
			}
		})
	}
}

// The types of crypto/tls are not promised to stay as they are: these are its own errors.
func TestACertificateIsToldFromNone(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	wrongName := secure.Client()
	wrongName.Transport.(*http.Transport).TLSClientConfig.ServerName = "other.test"
	rows := []struct {
		name   string
		client *http.Client
		url    string
		want   string
	}{
		{"an unknown authority", new(http.Client), secure.URL, "certificate signed by unknown authority; " +
			"if it is your organisation's, set SSL_CERT_FILE to its certificate"},
		{"another's certificate", wrongName, secure.URL, "its certificate is not good: x509: certificate is valid for example.com, " +
			"*.example.com, not other.test"},
		{"no TLS", new(http.Client), "https://" + greeter(t), "the answer is not TLS"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			answer, err := row.client.Get(row.url)
			if err == nil {
				answer.Body.Close()
				t.Fatal("there is an answer")
			}
			if got := Text(err); got != row.want {
				t.Errorf("%q, want %q, of %v", got, row.want, err)
			}
		})
	}
}

// greeter returns the address of a server that speaks first, as one for mail does.
func greeter(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "220 mail.test ready\r\n")
			_, _ = io.Copy(io.Discard, conn)
			conn.Close()
		}
	}()
	return listener.Addr().String()
}
