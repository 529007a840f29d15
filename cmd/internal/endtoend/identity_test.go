package endtoend_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A tokenRegistry is a registry that takes tokens of its own only, and gives those who log in an identity
// token (CNCF Distribution, "Token Authentication Specification" and "OAuth2 Token Authentication").
type tokenRegistry struct {
	host     string
	identity string

	mu         sync.Mutex
	tokens     map[string]bool
	passwords  int // tokens that were given for a password
	identities int // tokens that were given for the identity token
}

func startTokenRegistry(t *testing.T) *tokenRegistry {
	t.Helper()
	r := &tokenRegistry{identity: "identity-" + rand.Text(), tokens: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/token", r.token)
	mux.HandleFunc("/v2/", r.serve)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.host = strings.TrimPrefix(server.URL, "http://")
	return r
}

// token gives a token for a password, and to those who ask for it the identity token, or one for the
// identity token.
func (r *tokenRegistry) token(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	user, password, _ := request.BasicAuth()
	answer := map[string]any{"expires_in": 300}
	switch {
	case request.Method == http.MethodGet && user == registryUser && password == registryToken:
		r.passwords++
		if request.FormValue("offline_token") == "true" {
			answer["refresh_token"] = r.identity
		}
	case request.FormValue("grant_type") == "refresh_token" && request.FormValue("refresh_token") == r.identity:
		r.identities++
	default:
		http.Error(w, "neither a password nor an identity token", http.StatusUnauthorized)
		return
	}
	token := rand.Text()
	r.tokens[token] = true
	answer["token"], answer["access_token"] = token, token
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// serve shows an image without layers to those who have a token.
func (r *tokenRegistry) serve(w http.ResponseWriter, request *http.Request) {
	token, _ := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	r.mu.Lock()
	known := r.tokens[token]
	r.mu.Unlock()
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	if !known {
		w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.host+`/token",service="test",scope="repository:tiny:pull"`)
		http.Error(w, "a token is needed", http.StatusUnauthorized)
		return
	}
	const kind = "application/vnd.docker.distribution.manifest.v2+json"
	config := []byte(`{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}`)
	if strings.Contains(request.URL.Path, "/blobs/") {
		_, _ = w.Write(config)
		return
	}
	manifest, _ := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": kind, "layers": []any{},
		"config": descriptor("application/vnd.docker.container.image.v1+json", config),
	})
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Docker-Content-Digest", digest(manifest))
	_, _ = w.Write(manifest)
}

func (r *tokenRegistry) counts() (passwords, identities int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.passwords, r.identities
}

// A registry may want no password to be kept: docker then keeps an identity token, under a name that the tools
// tell it by. A name that came back as anything else would have it sent as a password.
func TestAnIdentityTokenOfDockerLoginServesAllTools(t *testing.T) {
	t.Parallel()
	docker := registryTools[0]
	docker.path(t)
	registry := startTokenRegistry(t)
	s := newSandbox(t)
	keepEverything(s)
	docker.mustLogIn(s, registry.host, registryUser, registryToken)
	wantList(s, `{"`+registry.host+`":"<token>"}`)
	loggedIn, _ := registry.counts()
	for _, tool := range registryTools {
		t.Run(tool.name, func(t *testing.T) {
			tool.path(t)
			_, before := registry.counts()
			if !tool.reads(s, registry.host) {
				t.Errorf("%s cannot read with an identity token", tool.name)
			}
			if passwords, identities := registry.counts(); passwords != loggedIn || identities == before {
				t.Errorf("%d tokens for a password since the login, %d for the identity token; want none, and some",
					passwords-loggedIn, identities-before)
			}
		})
	}
	docker.mustLogOut(s, registry.host)
	wantNothingKept(s, registry.identity)
}
