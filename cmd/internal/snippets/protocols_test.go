//go:build linux

package snippets

import (
	"testing"
)

// hourly is the command of routes whose token lives an hour.
func hourly(_ *testing.T, w *world) {
	w.write(w.local("/opt/acme/hourly"), "#!/bin/sh\n"+
		`printf '{"token":"TOKEN","expires":"%s"}\n' "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"`+"\n", 0o755)
}

// Routes to it: as a token, and as an account's password.
const (
	hourlyBearer = "[[route]]\nmatch = \"*.example.com\"\nprovider = \"exec\"\noptions = { command = [\"/opt/acme/hourly\"], format = \"json\" }\n"
	hourlyBasic  = hourlyBearer + "username = \"me\"\n"
)

var bazelPage = page{
	world: func(t *testing.T, w *world) {
		hourly(t, w)
		w.set("SESAME_TOKEN_CACHE_EXAMPLE_COM", token)
	},
	blocks: []special{
		{"| bazel-credential-sesame get", prints(`{"headers":{"Authorization":["Bearer TOKEN"]}}`)},
		{`\u003d`, sent("bazel-credential-sesame get", `{"headers":{"Authorization":["Bearer TOKEN"]}}`)},
		{`"expires":`, given(hourlyBearer, answers(`echo '{"uri":"https://cache.example.com/a"}' | bazel-credential-sesame get`))},
		{`{"headers":{}}`, each(
			answers(`echo '{"uri":"https://other.example.com/a"}' | bazel-credential-sesame get`),
			answers(`echo '{"uri":"unix:/run/cache.sock"}' | bazel-credential-sesame get`),
		)},
	},
}

// asked wants real git, which knows no more than what the block says, to be given a token.
func asked(t *testing.T, w *world, b block) {
	t.Helper()
	typed(t, w, b)
	w.must(t, b, "HOME=$(mktemp -d)\n"+b.text+"git ls-remote https://git.example.com/team/app")
}

const request = "printf 'capability[]=authtype\\ncapability[]=state\\nprotocol=https\\nhost=git.example.com\\n\\n' | git-credential-sesame get"

var gitPage = page{
	world: func(t *testing.T, w *world) {
		hourly(t, w)
		w.set("SESAME_TOKEN_GIT_EXAMPLE_COM", token)
	},
	blocks: []special{
		{"git config --global credential.helper sesame", asked},
		{"git config --global credential.https://git.example.com.helper sesame", asked},
		{"git config --global credential.https://git.example.com.helper ''", asked},
		{"credential.useHttpPath", each(typed, given(
			"[[route]]\nmatch = \"https://git.example.com/team\"\nprovider = \"static\"\noptions = { secret_file = \"/run/secrets/git\" }\n"+
				"[[route]]\nmatch = \"https://git.example.com\"\nprovider = \"static\"\noptions = { secret_file = \"/not/there\" }\n",
			func(t *testing.T, w *world, b block) { w.must(t, b, "git ls-remote https://git.example.com/team/app") }))},
		{"| git-credential-sesame get", prints("password=TOKEN")},
		{"path=org/repo.git", given(hourlyBasic, sent("git-credential-sesame get", "username=me\npassword=TOKEN"))},
		{"username=me\npassword=TOKEN", given(hourlyBasic, answers("printf 'protocol=https\\nhost=git.example.com\\n\\n' | git-credential-sesame get"))},
		{"authtype=Bearer", given(hourlyBearer, within(request))},
		{"state[]=sesame:FINGERPRINT", given(hourlyBearer, within(request+" >/dev/null; "+request))},
	},
}

var dockerPage = page{
	world: func(_ *testing.T, w *world) { w.set("SESAME_TOKEN_REGISTRY_EXAMPLE_COM", token) },
	blocks: []special{
		{"echo registry.example.com", prints(`{"ServerURL":"registry.example.com","Username":"__token__","Secret":"TOKEN"}`)},
		{"no credentials username", answers(`docker-credential-sesame get </dev/null || true
			echo '{"ServerURL":"registry.example.com","Secret":"x"}' | docker-credential-sesame store || true`)},
		{"[[route]]\nmatch = \"registry.example.com\"\nprovider", given("[[route]]\nmatch = \"registry.example.com\"\nprovider = \"static\"\n", each(accepted,
			answered("mkdir -p ~/.docker; echo '{\"credsStore\":\"sesame\"}' >~/.docker/config.json; echo "+token+" | docker login -u ann --password-stdin registry.example.com && docker-credential-sesame list", `{"registry.example.com":"ann"}`)))},
		{"store: no route keeps tokens", answers(`
			echo '{"ServerURL":"registry.example.com","Username":"ann","Secret":"x"}' >request
			SESAME_TOKEN_REGISTRY_EXAMPLE_COM= docker-credential-sesame store <request || true
			docker-credential-sesame store <request || true`)},
	},
}

// answered wants a command that is not on the page to print a text.
func answered(command, want string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		if out := w.must(t, b, command); !contains(want, out) {
			t.Errorf("%s:%d: %s prints\n%s\nwant %s", b.page, b.line, command, out, want)
		}
	}
}
