//go:build linux

package newcomer

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// An issuer gives tokens to those who log in, and can be switched off and on.
type issuer struct {
	*oauth2test.Server
	t        *testing.T
	address  string
	listener *httptest.Server
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, address: l.Addr().String()}
	i.Server = oauth2test.New(oauth2test.Config{URL: "http://" + i.address, Lifetime: 4 * time.Second, Interval: time.Second})
	i.serve(l)
	t.Cleanup(func() { i.listener.Close(); i.Server.Close() })
	return i
}

func (i *issuer) serve(l net.Listener) {
	i.listener = &httptest.Server{Listener: l, Config: &http.Server{Handler: i.Server}}
	i.listener.Start()
}

// on has it listen again, where it did.
func (i *issuer) on() {
	i.t.Helper()
	l, err := net.Listen("tcp", i.address)
	if err != nil {
		i.t.Fatal(err)
	}
	i.serve(l)
}

// off has nobody listen there.
func (i *issuer) off() { i.listener.Close() }

// withIssuer is a machine whose person has logged in to an issuer.
func withIssuer(t *testing.T) (m *machine, url string, i *issuer) {
	t.Helper()
	i = newIssuer(t)
	url, authority := gitServer(t, i.Accepts)
	m = newMachine(t, authority)
	s := m.types("sesame config init --match "+origin(url)+" --provider oauth2 --option grant=device "+
		"--option issuer="+i.Issuer+" --option client_id="+oauth2test.ClientID, "")
	m.types("sesame setup git --write", "")
	m.login(i, s.after(t, "to log in, or to keep a secret, type: "))
	m.works(url)
	return m, url, i
}

// login types a command that shows a code, and confirms the code on another device.
func (m *machine) login(i *issuer, line string) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), patience)
	defer cancel()
	cmd := m.command(ctx, line, "")
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	done := make(chan string)
	go func() {
		var said strings.Builder
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			if code, ok := strings.CutPrefix(lines.Text(), "the code is "); ok {
				i.Confirm(code)
			}
		}
		done <- said.String()
	}()
	err := cmd.Wait()
	writer.Close()
	said := <-done
	m.t.Logf("$ %s\n%s", line, said)
	if err != nil {
		m.t.Fatalf("$ %s\n%s%v", line, said, err)
	}
}

// expired waits until the token that is stored for a URL has come to its end.
func (m *machine) expired(url string) {
	m.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		cmd := m.command(m.t.Context(), "sesame explain --json "+url, "")
		out, err := cmd.Output()
		if err != nil {
			m.t.Fatal(err)
		}
		if strings.Contains(string(out), `"verdict": "expired"`) {
			return
		}
		if time.Now().After(end) {
			m.t.Fatalf("the token does not expire:\n%s", out)
		}
	}
}

// An administrator has ended all logins, and the token in hand has run out.
func TestAnExpiredTokenOfALoginThatIsOver(t *testing.T) {
	t.Parallel()
	m, url, i := withIssuer(t)
	i.Revoke()
	m.expired(url)
	m.fails(url, "the login for "+origin(url)+" is over", "to repair it, type: sesame login ")
	m.types("sesame explain "+url, "").has(t, "expired", "the login for "+origin(url)+" is over")
	m.login(i, m.finds(t, "is over").after(t, "to repair it, type:"))
	m.works(url)
}

// Nobody can mend an issuer from here. What can be done is to know that it is the issuer, and not to wait for the next try
// when it is back.
func TestADeadIssuer(t *testing.T) {
	t.Parallel()
	m, url, i := withIssuer(t)
	i.off()
	m.expired(url)
	m.fails(url, i.address, "connection refused")
	m.types("sesame explain "+url, "").has(t, i.address, "connection refused", "next try")
	s := m.finds(t, "http://"+i.address+" does not answer: connection refused")
	i.on()
	m.types(s.after(t, "to repair it, type:"), "")
	m.works(url)
}
