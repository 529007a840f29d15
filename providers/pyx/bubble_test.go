package pyx

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A pipe is a listener in memory: the time of a bubble goes on while both ends wait.
type pipe struct {
	conns chan net.Conn
	gone  chan struct{}
	once  sync.Once
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.gone:
		return nil, net.ErrClosed
	}
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.gone) })
	return nil
}

func (p *pipe) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipe) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.gone:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A scene is a login in the time of a bubble.
type scene struct {
	source
	server *pyxtest.Server
	file   string

	// confirm is how long the person takes; zero: forever.
	confirm time.Duration
	began   time.Time
	page    string
	said    []string // what the person was told, each with when
}

// play runs a test with a server in memory, and nobody logged in.
func play(t *testing.T, test func(t *testing.T, s *scene)) {
	t.Helper()
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		server := pyxtest.NewUnstarted(pyxtest.Config{}, "http://127.0.0.1:1")
		listener := &pipe{conns: make(chan net.Conn), gone: make(chan struct{})}
		front := &http.Server{Handler: server}
		go front.Serve(listener)
		defer front.Close()
		defer server.Close()
		settings, err := profile.Read(func(name string) string {
			return map[string]string{"PYX_API_URL": server.URL}[name]
		})
		if err != nil {
			t.Fatal(err)
		}
		s := &scene{server: server, began: time.Now()}
		s.source = source{settings: settings, directory: root, issuer: newIssuer(server.URL)}
		s.issuer.dial = listener.dial
		s.file = root + "/" + profile.TokensFile
		test(t, s)
	})
}

// show is the person, and the browser.
func (s *scene) show(step providers.Step) {
	s.said = append(s.said, s.since().String()+": "+step.Message)
	if step.Open == "" {
		return
	}
	s.page = step.Open
	if s.confirm > 0 {
		time.AfterFunc(s.confirm, func() { s.server.Confirm(step.Open) })
	}
}

func (s *scene) since() time.Duration { return time.Since(s.began) }

// session returns the secret of the login.
func (s *scene) session() string { return s.page[strings.LastIndexByte(s.page, '/')+1:] }
