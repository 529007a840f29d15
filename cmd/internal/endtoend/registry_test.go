package endtoend_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// The accounts of the registry.
const (
	registryUser  = "robot"
	registryToken = "registry-token"
	secondUser    = "person"
	secondToken   = `pass "w' =\\ü&<word>`
)

// A registry is Debian's docker-registry, which wants a password, on the loopback address.
type registry struct {
	host string // host:port
}

// startRegistry starts a registry that holds the image "tiny:latest".
func startRegistry(t *testing.T) *registry {
	t.Helper()
	programs.Need(t, "docker-registry", "docker-registry")
	programs.Need(t, "htpasswd", "apache2-utils")
	dir := t.TempDir()
	var hashes []byte
	for user, token := range map[string]string{registryUser: registryToken, secondUser: secondToken} {
		hash, err := exec.Command("htpasswd", "-Bbn", user, token).Output()
		if err != nil {
			t.Fatalf("htpasswd: %v", err)
		}
		hashes = append(hashes, hash...)
	}
	passwords, config := filepath.Join(dir, "htpasswd"), filepath.Join(dir, "config.yml")
	writeFile(t, passwords, hashes)
	writeFile(t, config, fmt.Appendf(nil, `version: 0.1
log:
  level: info
storage:
  filesystem:
    rootdirectory: %s
http:
  addr: 127.0.0.1:0
auth:
  htpasswd:
    realm: registry
    path: %s
`, filepath.Join(dir, "data"), passwords))
	r := &registry{host: listen(t, exec.Command("docker-registry", "serve", config))}
	r.push(t, "tiny", "latest")
	return r
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

var listening = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)

// listen starts the registry, and returns the address that it says it listens on.
func listen(t *testing.T, serve *exec.Cmd) (host string) {
	t.Helper()
	log, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Kill()
		_ = serve.Wait()
	})
	var said strings.Builder
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if match := listening.FindStringSubmatch(lines.Text()); match != nil {
			go io.Copy(io.Discard, log)
			return match[1]
		}
		said.WriteString(lines.Text() + "\n")
	}
	t.Fatalf("docker-registry ended: %s", said.String())
	return ""
}

// push puts an image of one empty layer into the registry (OCI Distribution Specification,
// section "Pushing a blob monolithically").
func (r *registry) push(t *testing.T, name, tag string) {
	t.Helper()
	layer := []byte("an empty layer")
	config := []byte(`{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["` +
		digest(layer) + `"]}}`)
	for _, blob := range [][]byte{layer, config} {
		location := r.send(t, "POST", "http://"+r.host+"/v2/"+name+"/blobs/uploads/", "", nil, http.StatusAccepted)
		r.send(t, "PUT", location+"&digest="+digest(blob), "application/octet-stream", blob, http.StatusCreated)
	}
	const kind = "application/vnd.docker.distribution.manifest.v2+json"
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": kind,
		"config": descriptor("application/vnd.docker.container.image.v1+json", config),
		"layers": []any{descriptor("application/vnd.docker.image.rootfs.diff.tar", layer)},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.send(t, "PUT", "http://"+r.host+"/v2/"+name+"/manifests/"+tag, kind, manifest, http.StatusCreated)
}

// send sends a request as the registry's account, and returns the answer's Location.
func (r *registry) send(t *testing.T, method, url, kind string, body []byte, want int) (location string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(registryUser, registryToken)
	request.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != want {
		t.Fatalf("%s %s: %s: %s", method, url, answer.Status, text)
	}
	return answer.Header.Get("Location")
}

func descriptor(kind string, content []byte) map[string]any {
	return map[string]any{"mediaType": kind, "size": len(content), "digest": digest(content)}
}

func digest(content []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(content)) }
