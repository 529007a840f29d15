//go:build linux

package snippets

import (
	"net/http"
	"strings"
	"testing"
)

const registryURL = "https://registry.example.com/v2/"

var envPage = page{
	world: func(_ *testing.T, w *world) { w.set("CI_JOB_TOKEN", "job-token") },
	blocks: []special{
		{"export SESAME_TOKEN", each(typed, then("sesame token "+registryURL, "the-token"))},
		{"token_variable", serves(registryURL, "job-token")},
	},
}

var staticPage = page{
	world: func(_ *testing.T, w *world) { w.write("~/registry-token", token+"\n", 0o600) },
	blocks: []special{
		{"secret_file", serves(registryURL, token)},
		{`match = "*"`, installed},
		{"sesame login", each(typed, then("sesame token "+registryURL, token))},
	},
}

var execPage = page{blocks: []special{
	{"docker-credential-ecr-login\"]", serves("https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/team", "ecr-token")},
	{`"gh", "auth"`, serves("https://ghcr.io/v2/", "gh-token")},
	{"gcloud", serves("https://europe-docker.pkg.dev/v2/", "gcloud-token")},
	{"capability[]=authtype", helperReads},
	{"docker-credential-ecr-login get", saysWhyNot},
}}

// helperReads compares the block with what sesame writes to a helper for git.
func helperReads(t *testing.T, w *world, b block) {
	t.Helper()
	w.write(w.local("/opt/acme/helper"), "#!/bin/sh\n[ \"$1\" = get ] && cat >~/read; echo password=x\n", 0o755)
	given("[[route]]\nmatch = \"https://git.example.com/org/repo.git\"\nprovider = \"exec\"\nusername = \"ann\"\n"+
		"options = { command = [\"/opt/acme/helper\"], format = \"git\", path = \"/org/repo.git\" }\n",
		answers("sesame token https://git.example.com/org/repo.git >/dev/null; cat ~/read"))(t, w, b)
}

// saysWhyNot wants the command to fail, and to say why: that is what a reader types it for.
func saysWhyNot(t *testing.T, w *world, b block) {
	t.Helper()
	if out, ok := w.try(b.text); ok || !strings.Contains(out, "not a valid ECR registry") {
		t.Errorf("%s:%d: the helper does not say why it has nothing: %s", b.page, b.line, out)
	}
}

const issuerHost = "issuer.example.com"

var oauth2Page = page{
	world: func(_ *testing.T, w *world) { w.set("CI_CLIENT_SECRET", "ci-secret") },
	blocks: []special{
		{`scopes = ["offline_access"]`, installed},
		{"sesame login", each(watched(confirm), then("sesame token "+registryURL, ""))},
		{`grant = "refresh_token"`, func(t *testing.T, w *world, b block) {
			w.write("~/.config/registry-refresh-token", w.issuers[issuerHost].Login()+"\n", 0o600)
			serves(registryURL, "")(t, w, b)
		}},
		{`grant = "client_credentials"`, func(t *testing.T, w *world, b block) {
			w.serveAs(issuerHost, newIssuer(t, "https://"+issuerHost, "ci-secret"))
			serves(registryURL, "")(t, w, b)
		}},
		{`grant = "token_exchange"`, func(t *testing.T, w *world, b block) {
			w.serveAs(issuerHost, w.issuers[issuerHost])
			w.write(w.local("/var/run/secrets/tokens/registry"), w.issuers[issuerHost].SubjectToken()+"\n", 0o600)
			serves(registryURL, "")(t, w, b)
		}},
	},
}

// confirm is a person who sees a code on the screen, and types it on another device.
func confirm(w *world, line string) {
	if code, ok := strings.CutPrefix(line, "the code is "); ok {
		w.issuers[issuerHost].Confirm(code)
	}
}

// serveAs puts another server behind a host.
func (n *network) serveAs(host string, server http.Handler) {
	n.Serve(host, n.logs(host, server))
}
