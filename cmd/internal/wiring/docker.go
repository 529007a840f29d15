package wiring

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
	"github.com/sesame-auth/sesame/protocols"
)

const (
	// dockerHelper is what docker's configuration calls sesame: what follows "docker-credential-".
	dockerHelper = "sesame"
	// dockerHub is docker's key for Docker Hub.
	dockerHub               = "https://index.docker.io/v1/"
	credsStore, credHelpers = "credsStore", "credHelpers"
)

// A Docker is a config.json of docker's that is to name sesame as credential helper.
type Docker struct {
	// Programs is the folder that sesame's programs are in.
	Programs string
	// Registries are the registries to ask sesame for, host[:port]. None is every registry.
	Registries []string
	// Replace has sesame take the place of another helper.
	Replace bool
}

// dockerRegistry is a registry as images name it.
var dockerRegistry = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?$`)

// Tool returns the tool. Its error is a [protocols.UsageError] where a registry is none.
func (d Docker) Tool() (Tool, error) {
	d.Registries = slices.Clone(d.Registries)
	t := Tool{command: []string{"docker"}, mask: maskJSON, editor: &d}
	for i, registry := range d.Registries {
		key, ok := registryKey(registry)
		if !ok {
			return t, protocols.UsageError(fmt.Sprintf("--registry %q: want a host such as registry.example.com:5000, "+
				"without https:// and without a path: docker knows none there", userinfo.ReplaceAllString(registry, "://")))
		}
		d.Registries[i] = key
		t.command = append(t.command, "--registry", key)
	}
	if d.Replace {
		t.options = append(t.options, "--replace")
	}
	folder := os.Getenv("DOCKER_CONFIG")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return t, fmt.Errorf("docker's configuration: %w; set DOCKER_CONFIG to its folder", err)
		}
		folder = filepath.Join(home, ".docker")
	}
	path, err := filepath.Abs(filepath.Join(folder, "config.json"))
	t.place = place{path: path, mode: 0o600, makeFolder: true}
	return t, err
}

// registryKey returns the key of credHelpers for a registry. docker compares it to the letter.
func registryKey(registry string) (key string, ok bool) {
	switch strings.TrimSuffix(registry, "/") {
	case "docker.io", "index.docker.io", "registry-1.docker.io", strings.TrimSuffix(dockerHub, "/"):
		return dockerHub, true
	}
	return registry, dockerRegistry.MatchString(registry)
}

// chosen: a setting is named credsStore, or credHelpers/ and the registry's key.
func (d *Docker) chosen(setting string) bool {
	registry, _ := strings.CutPrefix(setting, credHelpers+"/")
	return len(d.Registries) == 0 || slices.Contains(d.Registries, registry)
}

func (d *Docker) plan(_ context.Context, f file) (plan, error) {
	var p plan
	settings := []string{credsStore}
	if len(d.Registries) > 0 {
		settings = nil
		for _, registry := range d.Registries {
			settings = append(settings, credHelpers+"/"+registry)
		}
	}
	text := f.text
	for _, setting := range settings {
		e, err := d.set(text, setting)
		if err != nil {
			return plan{}, fmt.Errorf("%s: %w", f.path, err)
		}
		if e.text != text {
			text, p.edits = e.text, append(p.edits, e)
		}
	}
	if len(p.edits) == 0 {
		return p, nil
	}
	notes, err := d.notes(f)
	p.notes = notes
	return p, err
}

// set returns the edit that makes a setting. Its text is the same if that is there already.
func (d *Docker) set(text, setting string) (edit, error) {
	e := edit{setting: setting, value: dockerHelper, text: text}
	doc, err := parse(text)
	if err != nil {
		return e, err
	}
	registry, scoped := strings.CutPrefix(setting, credHelpers+"/")
	if !scoped {
		there, err := doc.root.member(credsStore)
		return d.name(e, doc, doc.root, there, err)
	}
	helpers, err := doc.root.member(credHelpers)
	if err != nil {
		return e, err
	}
	if helpers == nil || doc.raw(helpers.value) == "null" {
		e.made, e.text = true, doc.set(doc.root, credHelpers, doc.object(registry, dockerHelper))
		return e, nil
	}
	if helpers.value.kind != '{' {
		return e, errors.New(credHelpers + " is not an object; docker cannot read it")
	}
	there, err := helpers.value.lookup(registry, true)
	return d.name(e, doc, helpers.value, there, err)
}

// name has the edit name sesame, in the place of the member that is there, if one is.
func (d *Docker) name(e edit, doc document, parent node, there *member, err error) (edit, error) {
	if err != nil {
		return e, err
	}
	registry := strings.TrimPrefix(e.setting, credHelpers+"/")
	if there != nil {
		switch value, isString := doc.string(there.value); {
		case isString && value == dockerHelper:
			return e, nil
		case isString && value != "" && !d.Replace:
			return e, taken(registry, value)
		case !isString && doc.raw(there.value) != "null":
			return e, fmt.Errorf("%s is not a string; docker cannot read it", e.setting)
		}
		e.before = doc.raw(there.value)
	}
	e.text = doc.set(parent, registry, `"`+dockerHelper+`"`)
	return e, nil
}

// taken is the error for a setting that names another helper.
func taken(registry, helper string) error {
	if registry == credsStore {
		return fmt.Errorf("docker asks %q for every registry already: to have it ask sesame instead, type: %s; "+
			"for one registry only: sesame setup docker --registry HOST --write",
			helper, command([]string{"docker"}, "--replace", "--write"))
	}
	return fmt.Errorf("docker asks %q for %s already: to have it ask sesame instead, type: %s",
		helper, registry, command([]string{"docker"}, "--registry", registry, "--replace", "--write"))
}

// notes tells what docker does not do any more, or cannot.
func (d *Docker) notes(f file) (notes []string, err error) {
	found, err := find(d.Programs, "docker-credential-sesame")
	if err != nil {
		return nil, err
	}
	if !found.inPath {
		notes = append(notes, "docker finds its helpers in the PATH only, and docker-credential-sesame is not there: "+
			"add "+filepath.Dir(found.path)+" to the PATH")
	}
	doc, err := parse(f.text)
	if err != nil {
		return nil, err
	}
	auths, err := doc.root.member("auths")
	if err != nil || auths == nil {
		return notes, err
	}
	for _, m := range auths.value.members {
		if len(m.value.members) > 0 && (len(d.Registries) == 0 || slices.Contains(d.Registries, m.name)) {
			host := userinfo.ReplaceAllString(m.name, "://")
			notes = append(notes, "docker will no longer use what auths holds for "+host+
				": to have sesame keep it, add a route that keeps tokens, and type: docker login "+shell.Word(host))
		}
	}
	return notes, nil
}

// without gives a setting that still names sesame the value that it had before, or removes it.
func (d *Docker) without(_ context.Context, text string, s step) (rest, left string, err error) {
	doc, err := parse(text)
	if err != nil {
		return "", "", err
	}
	registry, scoped := strings.CutPrefix(s.Setting, credHelpers+"/")
	name, parent := s.Setting, doc.root
	if scoped {
		helpers, err := doc.root.member(credHelpers)
		if err != nil || helpers == nil {
			return text, "", err
		}
		name, parent = registry, helpers.value
	}
	there, err := parent.lookup(name, scoped)
	if err != nil || there == nil {
		return text, "", err
	}
	if value, _ := doc.string(there.value); value != s.Value {
		return text, s.Setting + " is " + doc.raw(there.value) + " by now, and left as it is", nil
	}
	switch {
	case s.Before != "":
		return doc.set(parent, name, s.Before), "", nil
	case scoped && s.Made && len(parent.members) == 1:
		return doc.remove(doc.root, credHelpers), "", nil
	}
	return doc.remove(parent, name), "", nil
}
