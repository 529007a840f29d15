package config

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// An error that names the wrong line is worse than one that names none.
func TestFindLinesKnowsEveryWayToWriteAKey(t *testing.T) {
	const text = `a = 1
b.c.d = 2
b.c.e = 3
"q.r" = { x = 1, y = { z = [
  { k = 1 },
  { k = 2 } ] } }

[t]
u = """
two lines"""
v = 1

[[r]]
m = 1
[r.o]
n = 1

[[r]]
[r.o.p]
n = 1
[[r.s]]
w = 1
[[r.s]]

w = 2
`
	var values map[string]any
	if err := toml.Unmarshal([]byte(text), &values); err != nil {
		t.Fatalf("the example is not TOML: %v", err)
	}
	found := findLines([]byte(text))
	want := map[string]int{
		"a": 1, "b": 2, "b c": 2, "b c d": 2, "b c e": 3,
		"q.r": 4, "q.r x": 4, "q.r y": 4, "q.r y z": 4,
		"q.r y z #0": 5, "q.r y z #0 k": 5, "q.r y z #1": 6, "q.r y z #1 k": 6,
		"t": 8, "t u": 9, "t v": 11,
		"r": 13, "r #0": 13, "r #0 m": 14, "r #0 o": 15, "r #0 o n": 16,
		"r #1": 18, "r #1 o": 19, "r #1 o p": 19, "r #1 o p n": 20,
		"r #1 s": 21, "r #1 s #0": 21, "r #1 s #0 w": 22, "r #1 s #1": 23, "r #1 s #1 w": 25,
	}
	for path, line := range want {
		key := "\x00" + strings.ReplaceAll(path, " ", "\x00")
		if found[key] != line {
			t.Errorf("%s is in line %d, want %d", path, found[key], line)
		}
		delete(found, key)
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		t.Errorf("there is no %q", key)
	}
}

// Noting each of a million parts of a key, with all before it, would take all memory.
func TestFindLinesBoundsTheDepth(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a.", 5000) + "b = 1\n",
		"[" + strings.Repeat("a.", 5000) + "b]\n",
		"[[" + strings.Repeat("a.", 5000) + "b]]\n",
		strings.Repeat("a = {", 500) + "b = 1" + strings.Repeat("}", 500),
		"a = " + strings.Repeat("[", 500) + strings.Repeat("]", 500),
	} {
		if found := findLines([]byte(text)); len(found) == 0 || len(found) > 2*maxDepth {
			t.Errorf("findLines(%.10q...) notes %d keys", text, len(found))
		}
	}
}
