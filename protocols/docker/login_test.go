package docker

import (
	"maps"
	"strings"
	"testing"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
)

// login starts a tool that keeps for every host, and logs in to serverURL.
func login(t *testing.T, serverURL, username, secret string) *runs {
	run := &runs{t: t, tokens: &keeper{routes: []string{"*"}}}
	run.store(serverURL, username, secret)
	return run
}

func (r *runs) store(serverURL, username, secret string) {
	r.t.Helper()
	entry := &credentials.Credentials{ServerURL: serverURL, Username: username, Secret: secret}
	if err := client.Store(r.program, entry); err != nil || r.out != "" {
		r.t.Fatalf("store %s: %v, %q", serverURL, err, r.out)
	}
}

// wants checks what get finds; "" is nothing.
func (r *runs) wants(serverURL, username, secret string) {
	r.t.Helper()
	found, err := r.get(serverURL)
	if username == "" {
		if !credentials.IsErrCredentialsNotFound(err) {
			r.t.Errorf("get %s: got %+v, %v; want nothing", serverURL, found, err)
		}
		return
	}
	want := credentials.Credentials{ServerURL: serverURL, Username: username, Secret: secret}
	if err != nil || *found != want {
		r.t.Errorf("get %s: got %+v, %v; want %+v", serverURL, found, err, want)
	}
}

func (r *runs) lists(want map[string]string) {
	r.t.Helper()
	if got, err := client.List(r.program); err != nil || !maps.Equal(got, want) {
		r.t.Errorf("list: got %v, %v; want %v", got, err, want)
	}
}

func (r *runs) erase(serverURLs ...string) {
	r.t.Helper()
	for _, serverURL := range serverURLs {
		if err := client.Erase(r.program, serverURL); err != nil || r.out != "" {
			r.t.Errorf("erase %s: %v, %q", serverURL, err, r.out)
		}
	}
}

func TestALoginIsKeptAndALogoutDropsIt(t *testing.T) {
	tests := []struct{ name, serverURL, username, secret string }{
		{"a registry", "reg.example:5000", "tester", "s3cret"},
		{"by https", "https://reg.example", "tester", "s3cret"},
		{"the root of the API", "https://foobar.example.com:2376/v1", "tester", "s3cret"},
		{"a repository", "reg.example:5000/team/app", "tester", "s3cret"},
		{"this machine", "localhost:5000", "tester", "s3cret"},
		{"Docker Hub", hubURL, "tester", "s3cret"},
		{"a part of a web login", hubURL + "access-token", "tester", "s3cret"},
		{"an identity token", "reg.example:5000", "<token>", "s3cret"},
		{"quotes and signs", "reg.example:5000", `<a&b>"\`, "\"\\u0041<&>\u2028"},
		{"letters beyond ASCII", "reg.example:5000", "Zoë", "東京"},
		{"a colon in the username", "reg.example:5000", "u:v", "s:t"},
		{"white space around", "reg.example:5000", " u ", " s "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := login(t, tt.serverURL, tt.username, tt.secret)
			run.wants(tt.serverURL, tt.username, tt.secret)
			run.lists(map[string]string{tt.serverURL: tt.username})
			for range 2 {
				run.erase(tt.serverURL)
				run.wants(tt.serverURL, "", "")
				run.lists(map[string]string{})
			}
		})
	}
}

// docker login writes one name, and crane, skopeo or a build asks by another.
func TestALoginIsFoundByEveryNameOfTheRegistry(t *testing.T) {
	hub := []string{hubURL, "https://index.docker.io/v1", "index.docker.io", "docker.io", "registry-1.docker.io",
		"index.docker.io/library/alpine", "https://registry-1.docker.io/v2/"}
	tests := []struct {
		name, listed string
		stored, got  []string
		not          []string
	}{
		{"a registry", "reg.example:5000", []string{"reg.example:5000"},
			[]string{"https://reg.example:5000", "https://reg.example:5000/v2/", "reg.example:5000/team/app", "REG.example:5000"},
			[]string{"http://reg.example:5000", "reg.example", "evil-reg.example:5000", "reg.example:5000@evil.net"}},
		{"Docker Hub", hubURL, []string{hubURL, "index.docker.io", "docker.io", "registry-1.docker.io"}, hub,
			[]string{hubURL + "access-token", hubURL + "refresh-token", "docker.io:5000", "evil-docker.io"}},
		{"a repository", "reg.example/team", []string{"reg.example/team"}, []string{"reg.example/team", "reg.example/team/app"},
			[]string{"reg.example", "reg.example/teams"}},
	}
	for _, tt := range tests {
		for _, stored := range tt.stored {
			t.Run(tt.name+" as "+strings.ReplaceAll(stored, "/", "|"), func(t *testing.T) {
				run := login(t, stored, "tester", "s3cret")
				for _, name := range tt.got {
					run.wants(name, "tester", "s3cret")
				}
				for _, name := range tt.not {
					run.wants(name, "", "")
				}
				run.lists(map[string]string{tt.listed: "tester"})
			})
		}
	}
}

// docker has one account for a registry: the one that logged in last. Its logout must not
// bring the one before back.
func TestASecondLoginTakesThePlaceOfTheFirst(t *testing.T) {
	run := login(t, "reg.example:5000", "first", "s3cret")
	run.store("reg.example:5000", "second", "s3cret2")
	run.wants("reg.example:5000", "second", "s3cret2")
	run.lists(map[string]string{"reg.example:5000": "second"})
	run.store("reg.example:5000", "first", "s3cret3")
	run.wants("reg.example:5000", "first", "s3cret3")
	run.store("other.example", "third", "s3cret4")
	run.erase("reg.example:5000", "reg.example:5000", "http://reg.example:5000", "https://reg.example:5000") // docker logout
	run.wants("reg.example:5000", "", "")
	run.lists(map[string]string{"other.example": "third"})
}

// docker logout splits what it gets under the name of the refresh token, and has it
// revoked over the network.
func TestThePartsOfAWebLoginStayApart(t *testing.T) {
	run := login(t, hubURL, "tester", "s3cret")
	for _, part := range []string{"access-token", "refresh-token"} {
		run.wants(hubURL+part, "", "")
		run.erase(hubURL + part)
		run.wants(hubURL, "tester", "s3cret")
	}
	run.store(hubURL+"access-token", "tester", "access")
	run.store(hubURL+"refresh-token", "tester", "refresh..client")
	run.wants(hubURL, "tester", "s3cret")
	run.wants("docker.io", "tester", "s3cret")
	run.wants(hubURL+"access-token", "tester", "access")
	run.wants(hubURL+"refresh-token", "tester", "refresh..client")
	run.lists(map[string]string{hubURL: "tester", hubURL + "access-token": "tester", hubURL + "refresh-token": "tester"})
	run.erase(hubURL + "access-token")
	run.wants(hubURL+"access-token", "", "")
	run.wants(hubURL+"refresh-token", "tester", "refresh..client")
	run.wants(hubURL, "tester", "s3cret")
	run.erase(hubURL+"refresh-token", hubURL)
	run.lists(map[string]string{})
}

// Of an empty secret some tools make an error, and the others an anonymous request.
func TestAnEmptyPasswordIsKeptButNotFound(t *testing.T) {
	run := login(t, "reg.example:5000", "tester", "")
	run.wants("reg.example:5000", "", "")
	run.lists(map[string]string{"reg.example:5000": "tester"})
	run.erase("reg.example:5000")
	run.lists(map[string]string{})
}
