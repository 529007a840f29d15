package endtoend_test

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
)

// An lfsServer keeps the large files of one repository (Git LFS API, "Batch API" with the basic transfer,
// "File locking API").
type lfsServer struct {
	url string // of the objects

	mu      sync.Mutex
	objects map[string][]byte
}

// serveLFS has a git server keep large files too, of the repository r.git, for those who have a token.
func serveLFS(server *gitServer) *lfsServer {
	l := &lfsServer{url: server.url + "/objects/", objects: map[string][]byte{}}
	for pattern, handler := range map[string]http.HandlerFunc{
		"POST /r.git/info/lfs/objects/batch": l.batch,
		"POST /r.git/info/lfs/locks/verify": func(w http.ResponseWriter, _ *http.Request) {
			answerLFS(w, map[string]any{"ours": []any{}, "theirs": []any{}})
		},
		"PUT /objects/{oid}": l.put,
		"GET /objects/{oid}": l.get,
	} {
		server.mux.Handle(pattern, server.guard(handler))
	}
	return l
}

func answerLFS(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/vnd.git-lfs+json")
	_ = json.NewEncoder(w).Encode(answer)
}

// batch says where each object is to be sent, or got from.
func (l *lfsServer) batch(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Operation string
		Objects   []struct {
			OID  string `json:"oid"`
			Size int64  `json:"size"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	objects := []any{}
	for _, object := range request.Objects {
		answer := map[string]any{"oid": object.OID, "size": object.Size}
		if _, here := l.objects[object.OID]; here == (request.Operation == "download") {
			answer["actions"] = map[string]any{request.Operation: map[string]any{"href": l.url + object.OID}}
		}
		objects = append(objects, answer)
	}
	answerLFS(w, map[string]any{"transfer": "basic", "objects": objects})
}

func (l *lfsServer) put(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.objects[r.PathValue("oid")] = content
}

func (l *lfsServer) get(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = w.Write(l.objects[r.PathValue("oid")])
}

// wantObjects fails the test unless the server has n objects.
func (l *lfsServer) wantObjects(t *testing.T, n int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.objects) != n {
		t.Errorf("the server has %d large files, want %d", len(l.objects), n)
	}
}
