//go:build unix

package hostile

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// An issuer speaks pyx's endpoints with tokens that are nowhere else, and knows them all.
type issuer struct {
	url   string
	held  chan struct{}   // an answer is held back until it is closed; nil holds none
	asked chan<- struct{} // is told of each request; nil is not

	mu      sync.Mutex
	status  int  // of its answers, if not 200
	echo    bool // it repeats the request in its answer, as careless servers do
	secrets []string
}

func newIssuer(t *testing.T) *issuer {
	i := &issuer{}
	server := httptest.NewServer(http.HandlerFunc(i.answer))
	t.Cleanup(server.Close)
	i.url = server.URL
	return i
}

func (i *issuer) answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if i.asked != nil {
		i.asked <- struct{}{}
	}
	if i.held != nil {
		select {
		case <-i.held:
		case <-r.Context().Done():
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.echo {
		w.WriteHeader(i.status)
		fmt.Fprintf(w, "refused %s %s", r.Header.Get("Authorization"), body)
		return
	}
	_ = json.NewEncoder(w).Encode(i.pair(time.Hour))
}

// pair makes new tokens.
func (i *issuer) pair(left time.Duration) map[string]string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iat":%d,"exp":%d}`, time.Now().Add(left-time.Hour).Unix(), time.Now().Add(left).Unix())
	access := encode([]byte(`{"alg":"none"}`)) + "." + encode([]byte(claims)) + "." + strings.Trim(newSecret("access"), "~")
	refresh := newSecret("refresh")
	i.secrets = append(i.secrets, access, access[strings.LastIndexByte(access, '.')+1:], refresh)
	return map[string]string{"access_token": access, "refresh_token": refresh}
}

// login writes an expired login as uv does.
func (i *issuer) login(t *testing.T, root string) {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	text, err := json.Marshal(i.pair(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, profile.Digest(i.url+"/"))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, profile.TokensFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
}
