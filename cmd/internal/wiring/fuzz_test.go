package wiring

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzDockerUndo wants any object back: to the byte where nobody has touched it since, and with the
// same meaning where somebody has.
func FuzzDockerUndo(f *testing.F) {
	for _, text := range oddTexts["docker"] {
		f.Add(text, "a.test")
	}
	f.Fuzz(func(t *testing.T, text, registry string) {
		d := Docker{Replace: true}
		setting := credsStore
		if key, ok := registryKey(registry); ok {
			setting = credHelpers + "/" + key
		}
		e, err := d.set(text, setting)
		if err != nil {
			return
		}
		if e.text == text {
			return
		}
		if again, err := d.set(e.text, setting); err != nil || again.text != e.text {
			t.Fatalf("%q: set again: %q, %v", e.text, again.text, err)
		}
		s := newStep(text, e)
		if before, ok := s.revert(e.text); !ok || before != text {
			t.Fatalf("revert: %q, want %q", before, text)
		}
		rest, left, err := d.without(t.Context(), e.text, s)
		if err != nil || left != "" {
			t.Fatalf("%q: %s, %v", e.text, left, err)
		}
		want := meaning(t, text)
		if s.Made {
			delete(want, credHelpers) // it may have been null
		}
		if got := meaning(t, rest); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q without: %q, want what %q says", e.text, rest, text)
		}
		after := meaning(t, e.text)
		dropped, kept := dropHelpers(after), dropHelpers(meaning(t, text))
		if !reflect.DeepEqual(dropped, kept) {
			t.Fatalf("%q: has not what %q has", e.text, text)
		}
	})
}

// meaning reads an object as docker does.
func meaning(t *testing.T, text string) map[string]any {
	object := map[string]any{}
	if strings.TrimSpace(text) == "" {
		return object
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return object
}

func dropHelpers(object map[string]any) map[string]any {
	delete(object, credsStore)
	delete(object, credHelpers)
	return object
}

// FuzzBazelUndo wants any text back, and every line of it read as before.
func FuzzBazelUndo(f *testing.F) {
	for _, text := range oddTexts["bazel"] {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "sesame setup bazel") {
			return // it may have the marks in it, in whatever order
		}
		const line = "common --credential_helper=bazel-credential-sesame"
		e := edit{value: line, text: appendLine(text, line)}
		s := newStep(text, e)
		if before, ok := s.revert(e.text); !ok || before != text {
			t.Fatalf("revert: %q, want %q", before, text)
		}
		if got, want := len(rcHelpers(e.text)), len(rcHelpers(text))+1; got != want {
			t.Fatalf("%q names %d helpers, want %d", e.text, got, want)
		}
		b := &Bazel{}
		if found := b.marked(e.text); len(found) != 1 || found[0].Value != line {
			t.Fatalf("%q: found %+v", e.text, found)
		}
		rest, _, err := b.without(t.Context(), e.text, s)
		if err != nil || strings.TrimRight(rest, "\r\n") != strings.TrimRight(text, "\r\n") && !strings.Contains(text, line) {
			t.Fatalf("%q without: %q, %v", e.text, rest, err)
		}
	})
}

// FuzzMaskJSON wants no secret to be shown, wherever it stands, and the text to stay an object.
func FuzzMaskJSON(f *testing.F) {
	f.Add(`{"auths": {"a": {"auth": "X"}}, "b": [{"password": "X"}]}`)
	f.Add(`{"proxies": {"a": "http://u:X@h"}, "credsStore": "x"}`)
	f.Fuzz(func(t *testing.T, text string) {
		masked := maskJSON(text)
		doc, err := parse(masked)
		if _, wrong := parse(text); wrong != nil {
			if masked != hidden {
				t.Fatalf("%q is shown as %q", text, masked)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q is shown as %q: %v", text, masked, err)
		}
		for _, m := range doc.root.members {
			if strings.EqualFold(m.name, "auths") {
				allHidden(t, doc, m.value)
			}
		}
	})
}

func allHidden(t *testing.T, doc document, n node) {
	switch {
	case n.kind == '{':
		for _, m := range n.members {
			allHidden(t, doc, m.value)
		}
	case n.kind == '[':
		for _, element := range n.elements {
			allHidden(t, doc, element)
		}
	case doc.raw(n) != `"`+hidden+`"`:
		t.Fatalf("%q shows %q", doc.text, doc.raw(n))
	}
}
