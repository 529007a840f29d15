package release

import (
	"fmt"
	"strings"

	"github.com/sesame-auth/sesame/core"
)

// control is the package's control file (deb-control(5)), without its version, processor and size in KiB.
const control = `Package: sesame
Version: %s
Architecture: %s
Maintainer: sesame authors <sesame@users.noreply.github.com>
Installed-Size: %d
Recommends: ca-certificates
Suggests: bash-completion, git, gnome-keyring
Section: utils
Priority: optional
Homepage: https://github.com/sesame-auth/sesame
Description: credential helper for Bazel, git and docker
 One credential helper for every tool on a build machine. It answers from a
 token that it holds when that is good for long enough, and gets a new one
 exactly once, however many processes ask, when it is not.
 .
 Tokens come from files, variables, the keyring, other commands, or an OAuth
 server. The command sesame sets the tools up, explains what happens for a URL,
 and finds what is wrong.
`

// overrides are the findings of lintian that are meant.
const overrides = `# Go programs are linked statically; THIRD-PARTY-LICENSES and the bill of material name what is in them.
sesame: statically-linked-binary [usr/libexec/sesame/*]
`

// copyright is the file that Debian wants of every package (DEP 5).
func (r *release) copyright() string {
	return fmt.Sprintf(`Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: sesame
Source: https://github.com/sesame-auth/sesame
Comment: The programs are linked with modules of others. Their licences and
 notices are in /usr/share/doc/sesame/THIRD-PARTY-LICENSES.gz.

Files: *
Copyright: %d the sesame authors
License: Apache-2.0

License: Apache-2.0
 On Debian systems, the full text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`, r.when.Year())
}

// changelog is Debian's, which tells of packages (deb-changelog(5)).
func (r *release) changelog(version string) string {
	return fmt.Sprintf(`sesame (%s) unstable; urgency=medium

  * Built from commit %s.
    What has changed for users is in CHANGELOG.md.

 -- sesame authors <sesame@users.noreply.github.com>  %s
`, version, r.commit, r.when.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
}

// tested says what was run on a platform before a release. docs/install.md has the same words.
var tested = map[target]string{
	{"linux", "amd64"}:   "all tests were run, on Debian 12",
	{"windows", "amd64"}: "compiled; parts of it, setup and doctor among them, run under Wine, and never on Windows",
}

// compiledOnly is what is said of the other platforms.
const compiledOnly = "compiled only: not one test was ever run on it"

func (t target) tested() string {
	if said, ok := tested[t]; ok {
		return said
	}
	return compiledOnly
}

// readme is what an archive says of itself.
func (r *release) readme(t target) string {
	var text strings.Builder
	fmt.Fprintf(&text, `sesame %s for %s/%s
One credential helper for Bazel, git and docker.

This platform: %s.
`, r.version, t.system, t.processor, t.tested())
	if r.version != core.Version {
		text.WriteString("This is a snapshot, and not a release.\n")
	}
	text.WriteString(`
Install: put the folder bin on your PATH, or move all that is in it, together,
to a folder that is: the programs look for one another beside themselves.
`)
	if t.system != "windows" {
		text.WriteString("Manual pages and completions for bash, zsh and fish are in share.\n")
	}
	fmt.Fprintf(&text, `
Check: SHA256SUMS, which is beside the archive, has its digest; type
    sha256sum --ignore-missing -c SHA256SUMS

First steps: sesame --help, sesame doctor, and share/doc/sesame/README.md.

Built from commit %s
with CGO_ENABLED=0 and -trimpath; "task release-verify" makes the same bytes.
The licences of sesame and of the modules in it are in share/doc/sesame.
`, r.commit)
	if t.system == "windows" {
		return strings.ReplaceAll(text.String(), "\n", "\r\n")
	}
	return text.String()
}
