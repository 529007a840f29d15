package wiring

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
)

// The new member looks as if the file's writer had written it.
func TestDockersFileKeepsItsStyle(t *testing.T) {
	store := Docker{}
	one := Docker{Registries: []string{"a.test"}}
	rows := []struct {
		name         string
		docker       Docker
		before, want string
	}{
		{"new", store, "", "{\n\t\"credsStore\": \"sesame\"\n}\n"},
		{"empty", store, "{}\n", "{\n\t\"credsStore\": \"sesame\"\n}\n"},
		{"one line", store, `{"a": 1}`, `{"a": 1, "credsStore": "sesame"}`},
		{"compact", store, `{"a":1,"b":2}`, `{"a":1,"b":2,"credsStore":"sesame"}`},
		{"blanks in braces", store, `{ "a" : 1 }`, `{ "a" : 1, "credsStore" : "sesame" }`},
		{"four blanks", store, "{\n    \"a\": 1\n}", "{\n    \"a\": 1,\n    \"credsStore\": \"sesame\"\n}"},
		{"comma first", store, "{\n  \"a\": 1\n, \"b\": 2\n}", "{\n  \"a\": 1\n, \"b\": 2, \"credsStore\": \"sesame\"\n}"},
		{"CRLF", one, "{\r\n\t\"a\": 1\r\n}", "{\r\n\t\"a\": 1,\r\n\t\"credHelpers\": {\r\n\t\t\"a.test\": \"sesame\"\r\n\t}\r\n}"},
		{"helpers, new", one, "", "{\n\t\"credHelpers\": {\n\t\t\"a.test\": \"sesame\"\n\t}\n}\n"},
		{"helpers, one line", one, `{"a":1}`, `{"a":1,"credHelpers":{"a.test":"sesame"}}`},
		{"helpers, empty", one, "{\n  \"credHelpers\": {}\n}", "{\n  \"credHelpers\": {\n    \"a.test\": \"sesame\"\n  }\n}"},
		{"helpers, one more", one, "{\n  \"credHelpers\": {\n    \"b\": \"x\"\n  }\n}",
			"{\n  \"credHelpers\": {\n    \"b\": \"x\",\n    \"a.test\": \"sesame\"\n  }\n}"},
		{"null", store, `{"credsStore": null, "z": 0}`, `{"credsStore": "sesame", "z": 0}`},
		{"other capitals in a host", one, `{"credHelpers": {"A.test": "x"}}`, `{"credHelpers": {"A.test": "x", "a.test": "sesame"}}`},
		{"in its place", Docker{Replace: true}, `{"credsStore": "pass", "z": 0}`, `{"credsStore": "sesame", "z": 0}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			path := b.write(".docker/config.json", row.before, 0o600)
			row.docker.Programs = b.programs
			b.change(row.docker)
			if got, _ := read(t, path); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
			b.undo(row.docker)
			if got, _ := read(t, path); got != row.before {
				t.Errorf("after undo: %q, want %q", got, row.before)
			}
		})
	}
}

// What cannot be changed without a guess is refused, with what is wrong, and is not touched.
func TestDockersFileIsRefusedWhereItIsNotClear(t *testing.T) {
	store := Docker{}
	one := Docker{Registries: []string{"a.test"}}
	rows := []struct {
		name   string
		docker Docker
		text   string
		want   string
	}{
		{"not JSON", store, "{\n  \"a\": 1,\n}\n", "line 3, column 1: not JSON: invalid character '}'"},
		{"cut off", store, `{"a": `, "line 1, column 6: not JSON: unexpected end"},
		{"comment", store, "{\n  // mine\n}", "line 2, column 3: not JSON"},
		{"BOM", store, "\xef\xbb\xbf{}", "line 1, column 1: not JSON"},
		{"more than one", store, "{} {}", "line 1, column 4: not JSON"},
		{"a list", store, "[]", "is not a JSON object"},
		{"null", store, "null", "is not a JSON object"},
		{"another helper", store, `{"credsStore": "pass"}`,
			`docker asks "pass" for every registry already: to have it ask sesame instead, type: sesame setup docker --replace --write`},
		{"another helper for the registry", one, `{"credHelpers": {"a.test": "gcr"}}`,
			`docker asks "gcr" for a.test already: to have it ask sesame instead, type: sesame setup docker --registry a.test --replace --write`},
		{"other capitals", store, `{"CredsStore": "pass"}`, `credsStore is spelled "CredsStore" there`},
		{"twice", store, `{"credsStore": "sesame", "credsStore": "pass"}`, "credsStore stands there 2 times"},
		{"registry twice", one, `{"credHelpers": {"a.test": "sesame", "a.test": "x"}}`, "a.test stands there 2 times"},
		{"not a string", Docker{Replace: true}, `{"credsStore": ["pass"]}`, "credsStore is not a string"},
		{"not an object", one, `{"credHelpers": "pass"}`, "credHelpers is not an object"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			path := b.write(".docker/config.json", row.text, 0o600)
			row.docker.Programs = b.programs
			for name, do := range map[string]func(*Setup) error{
				"preview": func(s *Setup) error { return s.Preview(t.Context()) },
				"write":   func(s *Setup) error { return s.Write(t.Context()) },
			} {
				err := do(b.setup(row.docker))
				if err == nil || !strings.Contains(err.Error(), path+": "+row.want) {
					t.Errorf("%s: got %v, want %s", name, err, row.want)
				}
			}
			if got, _ := read(t, path); got != row.text {
				t.Errorf("the file is %q", got)
			}
		})
	}
}

// docker compares a key to the letter, so a key that it never asks for is a silent failure.
func TestARegistryIsNamedAsDockerNamesIt(t *testing.T) {
	rows := []struct {
		registry, want string // want is "" where it is refused
	}{
		{"registry.test", "registry.test"},
		{"Registry.test:5000", "Registry.test:5000"},
		{"[::1]:5000", "[::1]:5000"},
		{"docker.io", dockerHub},
		{"index.docker.io", dockerHub},
		{"registry-1.docker.io", dockerHub},
		{"https://index.docker.io/v1/", dockerHub},
		{"https://index.docker.io/v1", dockerHub},
		{"https://registry.test", ""},
		{"registry.test/team", ""},
		{"registry.test/", ""},
		{"me@registry.test", ""},
		{`a"b`, ""},
		{"a b", ""},
		{"*.test", ""},
		{"", ""},
	}
	for _, row := range rows {
		tool, err := Docker{Registries: []string{row.registry}}.Tool()
		if _, usage := errors.AsType[protocols.UsageError](err); usage != (row.want == "") {
			t.Errorf("%q: %v", row.registry, err)
		}
		if row.want != "" && tool.command[2] != row.want {
			t.Errorf("%q: got %q, want %q", row.registry, tool.command[2], row.want)
		}
	}
}

// Each of these makes docker fail without a word, so the word is ours.
func TestAPersonIsToldWhatDockerDoesNot(t *testing.T) {
	b := newBench(t)
	b.write(".docker/config.json", `{"auths": {"a.test": {"auth": "x"}, "b.test": {}, "c.test": {"auth": "x"}}}`, 0o600)
	b.preview(Docker{Programs: b.programs})
	if got := strings.Join(b.notes, "\n"); !strings.Contains(got, "auths holds for a.test") ||
		!strings.Contains(got, "auths holds for c.test") || strings.Contains(got, "b.test") {
		t.Errorf("got %q", got)
	}
	b.preview(Docker{Programs: b.programs, Registries: []string{"c.test"}})
	if got := strings.Join(b.notes, "\n"); strings.Contains(got, "a.test") || !strings.Contains(got, "c.test") {
		t.Errorf("got %q", got)
	}
	b.write("elsewhere/docker-credential-sesame"+extension, "", 0o755)
	b.preview(Docker{Programs: filepath.Join(b.home, "elsewhere"), Registries: []string{"d.test"}})
	if got := strings.Join(b.notes, "\n"); !strings.Contains(got, "add "+filepath.Join(b.home, "elsewhere")+" to the PATH") {
		t.Errorf("got %q", got)
	}
}
