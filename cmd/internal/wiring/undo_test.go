package wiring

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

// Whatever was written to the file since, by a person or by the tool itself, is not ours to lose.
func TestUndoKeepsWhatWasWrittenSince(t *testing.T) {
	docker := func(b *bench) maker { return Docker{Programs: b.programs, Replace: true} }
	registry := func(b *bench) maker { return Docker{Programs: b.programs, Registries: []string{"a.test"}} }
	bazel := func(b *bench) maker { return Bazel{Programs: b.programs, Hosts: []string{"a.test", "b.test"}} }
	git := func(b *bench) maker { return Git{Programs: b.programs, Only: true, Paths: true} }
	rows := []struct {
		name, file    string
		maker         func(*bench) maker
		before, after string // after is what stands there when undo is called
		want          string
		left          string // what undo says that it left
	}{
		{"docker wrote it anew", ".docker/config.json", docker, `{"auths":{}}`,
			"{\n\t\"auths\": {\n\t\t\"r.test\": {}\n\t},\n\t\"credsStore\": \"sesame\"\n}",
			"{\n\t\"auths\": {\n\t\t\"r.test\": {}\n\t}\n}", ""},
		{"first of several", ".docker/config.json", docker, `{}`,
			`{"credsStore": "sesame", "z": 1}`, `{"z": 1}`, ""},
		{"the only one, and a line end", ".docker/config.json", docker, `{}`,
			"{ \"credsStore\" : \"sesame\" }\n", "{}\n", ""},
		{"the other helper comes back", ".docker/config.json", docker, `{"credsStore": "pa\u0073s"}`,
			`{"new": 1, "credsStore": "sesame"}`, `{"new": 1, "credsStore": "pa\u0073s"}`, ""},
		{"another helper by now", ".docker/config.json", docker, `{}`,
			`{"credsStore": "desktop"}`, `{"credsStore": "desktop"}`, `credsStore is "desktop" by now`},
		{"removed by hand", ".docker/config.json", docker, `{}`, `{"x": 1}`, `{"x": 1}`, ""},
		{"helpers made for it", ".docker/config.json", registry, `{"x": 1}`,
			`{"credHelpers": {"a.test": "sesame"}, "y": 2, "x": 1}`, `{"y": 2, "x": 1}`, ""},
		{"helpers that have another by now", ".docker/config.json", registry, `{"x": 1}`,
			`{"x": 1, "credHelpers": {"a.test": "sesame", "b.test": "gcr"}}`, `{"x": 1, "credHelpers": {"b.test": "gcr"}}`, ""},
		{"helpers that were there", ".docker/config.json", registry, `{"credHelpers": {}}`,
			`{"x": 1, "credHelpers": {"a.test": "sesame"}}`, `{"x": 1, "credHelpers": {}}`, ""},
		{"lines around", ".bazelrc", bazel, "build --x\n",
			"# new\nbuild --x\n" + bazelBegin + "\ncommon --credential_helper=a.test=bazel-credential-sesame\n" +
				"common --credential_helper=b.test=bazel-credential-sesame\n" + bazelEnd + "\ntest --y\n",
			"# new\nbuild --x\ntest --y\n", ""},
		{"a line between ours", ".bazelrc", bazel, "",
			bazelBegin + "\ncommon --credential_helper=a.test=bazel-credential-sesame\nbuild --mine\n" +
				"common --credential_helper=b.test=bazel-credential-sesame\n" + bazelEnd + "\n",
			bazelBegin + "\nbuild --mine\n" + bazelEnd + "\n", ""},
		{"marks removed", ".bazelrc", bazel, "",
			"common --credential_helper=b.test=bazel-credential-sesame\nbuild --x\n", "build --x\n", ""},
		{"a section after", ".gitconfig", git, "",
			"[credential]\n\thelper = \n\thelper = sesame\n\tuseHttpPath = true\n\tusername = me\n[user]\n\tname = me\n",
			"[credential]\n\tusername = me\n[user]\n\tname = me\n", ""},
		{"an empty helper of the person's", ".gitconfig", git, "",
			"[credential]\n\thelper = \n\thelper = x\n\thelper =\n\thelper = sesame\n",
			"[credential]\n\thelper = \n\thelper = x\n\thelper =\n", `credential.helper = "" stands there 2 times by now`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			needFor(t, row.file)
			b := newBench(t)
			path := b.write(row.file, row.before, 0o600)
			m := row.maker(b)
			b.change(m)
			b.write(row.file, withNames(row.after), 0o600)
			b.undo(m)
			if got, _ := read(t, path); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
			if notes := strings.Join(b.notes, "\n"); (row.left == "") != (notes == "") || !strings.Contains(notes, row.left) {
				t.Errorf("notes %q, want %q", notes, row.left)
			}
			if entries, _ := filepath.Glob(filepath.Join(b.home, "state", "*.json")); len(entries) > 0 {
				t.Errorf("%v still remembers what was undone", entries)
			}
		})
	}
}

// Who names hosts means these, and the others stay.
func TestUndoOfOneHostLeavesTheOthers(t *testing.T) {
	b := newBench(t)
	path := b.write(".docker/config.json", `{"x": 1}`, 0o600)
	one := Docker{Programs: b.programs, Registries: []string{"a.test"}}
	two := Docker{Programs: b.programs, Registries: []string{"b.test"}}
	b.change(one)
	b.change(two)
	b.undo(one)
	if got, _ := read(t, path); got != `{"x": 1, "credHelpers": {"b.test": "sesame"}}` {
		t.Errorf("after the undo of one: %q", got)
	}
	b.undo(two)
	if got, _ := read(t, path); got != `{"x": 1, "credHelpers": {}}` {
		t.Errorf("after the undo of both: %q", got)
	}
}

// What somebody else wrote is not ours, though it says the same.
func TestUndoTakesNothingThatItDidNotWrite(t *testing.T) {
	programs.Need(t, "git", "git")
	rows := map[string]string{
		".docker/config.json": `{"credsStore": "sesame"}`,
		".bazelrc":            "common --credential_helper=" + bazelProgram + "\n",
		".gitconfig":          "[credential]\n\thelper = sesame\n",
	}
	b := newBench(t)
	for file, text := range rows {
		path := b.write(file, text, 0o600)
		for _, m := range []maker{Docker{Programs: b.programs}, Bazel{Programs: b.programs}, Git{Programs: b.programs}} {
			if out := b.change(m); strings.Contains(out, path) && !strings.HasPrefix(out, "nothing to change") {
				t.Errorf("write said %q", out)
			}
			if out := b.undo(m); strings.Contains(out, path) && !strings.HasPrefix(out, "nothing to undo") {
				t.Errorf("undo said %q", out)
			}
		}
		if got, _ := read(t, path); got != text {
			t.Errorf("%s: got %q, want %q", file, got, text)
		}
	}
}

// The state folder may be lost. Bazel's file has marks, so its lines are found all the same.
func TestUndoFindsMarkedLinesWithoutARecord(t *testing.T) {
	b := newBench(t)
	path := b.write(".bazelrc", "build --x\n", 0o600)
	m := Bazel{Programs: b.programs, Hosts: []string{"a.test"}}
	b.change(m)
	if err := os.RemoveAll(filepath.Join(b.home, "state")); err != nil {
		t.Fatal(err)
	}
	b.undo(Bazel{Programs: b.programs})
	if got, _ := read(t, path); got != "build --x\n" {
		t.Errorf("got %q", got)
	}
}

// A kill between the record and the file leaves a step that was never made.
func TestAStepThatWasRememberedButNotMadeIsDropped(t *testing.T) {
	b := newBench(t)
	path := b.write(".docker/config.json", `{"x": 1}`, 0o600)
	m := Docker{Programs: b.programs}
	b.change(m)
	b.write(".docker/config.json", `{"x": 1}`, 0o600)
	if out := b.undo(m); !strings.HasPrefix(out, "nothing to undo") {
		t.Errorf("undo said %q", out)
	}
	b.change(m)
	b.undo(m)
	if got, _ := read(t, path); got != `{"x": 1}` {
		t.Errorf("got %q", got)
	}
}

// A record that is damaged, or that is another file's, must not be written into this one.
func TestADamagedRecordIsNotUsed(t *testing.T) {
	b := newBench(t)
	path := b.write(".docker/config.json", `{"x": 1}`, 0o600)
	m := Docker{Programs: b.programs}
	b.change(m)
	written, _ := read(t, path)
	records, err := filepath.Glob(filepath.Join(b.home, "state", "*.json"))
	if err != nil || len(records) != 1 {
		t.Fatalf("records %v, %v", records, err)
	}
	for name, text := range map[string]string{
		"not JSON":     "{",
		"another file": `{"file": "/etc/passwd", "steps": []}`,
	} {
		if err := os.WriteFile(records[0], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := b.setup(m).Undo(t.Context())
		if err == nil || !strings.Contains(err.Error(), "type: "+shell.Remove(records[0])) {
			t.Errorf("%s: %v", name, err)
		}
		if got, _ := read(t, path); got != written {
			t.Errorf("%s: the file is %q", name, got)
		}
	}
}

// Provisioning starts several at once. None may lose what another has written.
func TestManySetupsAtOnceLoseNothing(t *testing.T) {
	b := newBench(t)
	const text = "{\n  \"x\": 1\n}\n"
	path := b.write(".docker/config.json", text, 0o600)
	hosts := strings.Fields("a.test b.test c.test d.test e.test f.test g.test h.test")
	var all sync.WaitGroup
	for _, host := range hosts {
		s := b.setup(Docker{Programs: b.programs, Registries: []string{host}})
		s.Out = new(strings.Builder)
		all.Go(func() {
			if err := s.Write(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, _ := read(t, path)
	for _, host := range hosts {
		if strings.Count(got, `"`+host+`": "sesame"`) != 1 {
			t.Errorf("%s is not there once: %q", host, got)
		}
	}
	b.undo(Docker{Programs: b.programs})
	if got, _ := read(t, path); got != text {
		t.Errorf("after undo: %q", got)
	}
}
