//go:build linux

package snippets

import (
	"encoding/base64"
	"strings"
	"testing"
)

// movingGit is of somebody whose git has the helper store, and another one for another host.
var movingGit = page{
	world: func(_ *testing.T, w *world) {
		w.write("~/.git-credentials", "https://ann:"+token+"@git.example.com\n", 0o600)
		w.write("~/.gitconfig", "[credential]\n\thelper = store\n[credential \"https://other.example.com\"]\n"+
			"\thelper = \"!printf 'username=bob\\\\npassword="+token+"\\\\n' #\"\n", 0o600)
	},
	blocks: []special{
		{"--show-origin", prints("file:/home/me/.gitconfig\tstore")},
		{"mv ~/.git-credentials ~/.git-credentials.old", prints("HEAD", "handed out")},
		{"git-credential-manager", serves("https://git.example.com/team/app", "manager-token")},
		{"git credential approve", each(
			then("printf 'url=https://ann:NEWER@git.example.com\\n\\n' | git-credential-sesame store", ""),
			typed, then("cat ~/.git-credentials", "https://ann:NEWER@git.example.com"))},
	},
}

// movingDocker is of somebody who has one registry with pass, and one in auths.
var movingDocker = page{
	world: func(_ *testing.T, w *world) {
		auth := base64.StdEncoding.EncodeToString([]byte("bob:" + token))
		w.write("~/.docker/config.json", `{"credsStore": "pass", "auths": {"registry.example.com": {}, "registry2.example.com": {"auth": "`+auth+`"}}}`, 0o600)
		w.write("~/.password-store.json", `{"registry.example.com": {"Username": "ann", "Secret": "`+token+`"}}`, 0o600)
	},
	blocks: []special{
		{"docker manifest inspect", prints(`"schemaVersion": 2`, "handed out")},
		{"del(.auths[]?.auth)", each(typed, then("jq -c .auths ~/.docker/config.json", `{"registry.example.com":{},"registry2.example.com":{}}`))},
		{"amazonaws", serves("https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/team", "ecr-token")},
		{"docker-credential-$old store", each(typed, then("docker-credential-pass list", `"registry2.example.com":"bob"`))},
	},
}

// movingUV is of somebody whose uv is logged in to one index.
var movingUV = page{
	world: func(_ *testing.T, w *world) {
		w.write("~/.local/share/uv/credentials/credentials.toml", "[[credential]]\nservice = \"https://pypi.example.com\"\n"+
			"username = \"ann\"\npassword = \""+token+"\"\nscheme = \"basic\"\n", 0o600)
	},
	blocks: []special{
		{"uv --preview-features", each(typed, printsTheSameTwice)},
		{"sesame setup bazel --write", each(typed, then("bazel build https://pypi.example.com/simple/", `["Basic `))},
	},
}

// printsTheSameTwice wants two lines that are the same, and have a token.
func printsTheSameTwice(t *testing.T, w *world, b block) {
	t.Helper()
	first, second, _ := strings.Cut(w.printed, "\n")
	if strings.TrimSpace(second) != first || !strings.Contains(first, "Basic ") {
		t.Errorf("%s:%d: these are not the same header:\n%s", b.page, b.line, w.printed)
	}
}

// bazelAsks wants Bazel to be given the token of the pages' host.
var bazelAsks = then("bazel build https://cache.example.com/a", `{"headers":{"Authorization":["Bearer `+token+`"]}`)

// movingTweag is of somebody whose workspace has the other helper, for Bazel alone.
var movingTweag = page{
	world: func(_ *testing.T, w *world) {
		w.begin = w.home + "/workspace"
		w.write("~/.secrets/cache", token+"\n", 0o600)
		w.write("~/workspace/tools/credential-helper", "#!/bin/sh\ncat >/dev/null; [ \"$*\" = get ] && echo '{\"headers\":{\"Authorization\":[\"Bearer "+token+"\"]}}'\n", 0o755)
	},
	blocks: []special{
		{"gcloud", each(serves("https://storage.googleapis.com/bucket", "gcloud-token"), serves("https://cache.example.com/a", token), installed)},
		{"tools/credential-helper get", prints("Bearer TOKEN\"]}}\n{\"headers\":{\"Authorization\":[\"Bearer TOKEN")},
		{"sesame setup bazel --write", each(typed, bazelAsks)},
		{"sesame explain", prints("handed out")},
	},
}

// movingScript is of somebody whose workspace has the script that the page shows.
var movingScript = page{
	world: func(t *testing.T, w *world) {
		w.begin = w.home + "/workspace"
		w.write("~/.secrets/cache", token+"\n", 0o600)
		for _, b := range blocks("", readPage(t, "docs/moving/bazel-script.md")) {
			if strings.HasPrefix(b.text, "#!/bin/sh") {
				w.write("~/workspace/tools/credential-helper.sh", b.text, 0o755)
				w.write(w.local("/opt/acme/credential-helper.sh"), b.text, 0o755)
			}
		}
	},
	blocks: []special{
		{`provider = "exec"`, serves("https://cache.example.com/a", token)},
		{"sesame setup bazel --write", each(typed, bazelAsks)},
		{"sesame explain", prints(`{"headers":{"Authorization":["Bearer TOKEN"]}}`, "handed out")},
	},
}
