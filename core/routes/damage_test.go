package routes

import (
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A value that splits a record in two would let one setting become another.
func TestCompilePanicsOnNUL(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Compile took a NUL byte")
		}
	}()
	Compile(Config{Routes: []Route{{Username: "a\x00b"}}})
}

// A file that was cut short, or written by another version, must be noticed and
// compiled again, not searched.
func TestOpenRefusesAnotherFrame(t *testing.T) {
	data := Compile(full(t))
	for n := range data {
		if _, err := Open(data[:n]); err == nil {
			t.Fatalf("Open took the first %d of %d bytes", n, len(data))
		}
	}
	change := func(at int, to byte) []byte {
		changed := slices.Clone(data)
		changed[at] = to
		return changed
	}
	for name, damaged := range map[string][]byte{
		"longer":             append(slices.Clone(data), "end\n"...),
		"another version":    change(len(magic)-2, '1'),
		"another length":     change(len(magic), data[len(magic)]+1),
		"too many routes":    change(len(magic)+7, 0x7f),
		"too many plugins":   change(len(magic)+11, 0xff),
		"first record amiss": change(headerSize+3, 0x7f),
		"no end mark":        change(len(data)-1, ' '),
	} {
		if _, err := Open(damaged); err == nil {
			t.Errorf("%s: Open took it", name)
		}
	}
}

// No damage may crash a front, or make it hand out a route for another URL.
func TestDamagedTableNeverAnswersForAnotherURL(t *testing.T) {
	data := Compile(full(t))
	u := mustURL(t, "https://a.example.com:8443/team/x")
	for at := range data {
		for _, bit := range []byte{0x01, 0x40, 0x80, 0xff} {
			damaged := slices.Clone(data)
			damaged[at] ^= bit
			useAll(t, damaged, u)
		}
	}
}

// A record that lost its end, an option say, is no route at all: without its option it
// would be another.
func TestDamagedRecordIsNotDecoded(t *testing.T) {
	c := full(t)
	route, plugin := routeRecord(c.Routes[0]), pluginRecord(c.Plugins[1])
	for n := range route {
		if got, ok := decodeRoute(route[:n]); ok {
			t.Errorf("decodeRoute of the first %d bytes is %+v", n, got)
		}
	}
	for n := range plugin {
		if got, ok := decodePlugin(plugin[:n]); ok {
			t.Errorf("decodePlugin of the first %d bytes is %+v", n, got)
		}
	}
	if _, ok := decodeRoute(route + "x\x00"); ok {
		t.Error("decodeRoute took a record with a field too many")
	}
}

// useAll calls every method on a table that may be damaged.
func useAll(t testing.TB, data []byte, u providers.URL) {
	table, err := Open(data)
	if err != nil {
		return
	}
	table.Source()
	table.Tolerance()
	table.AuditLog()
	table.Plugin("acme")
	for route := range table.All() {
		if route.Pattern == (Pattern{}) {
			t.Errorf("All has a route without a pattern: %+v", route)
		}
	}
	if route, ok := table.Find(u); ok && !route.Pattern.Matches(u) {
		t.Errorf("Find(%s) is the route for %s", u, route.Pattern)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(Compile(full(f)), "https://a.example.com:8443/team/x")
	f.Add(Compile(Config{}), "https://example.com")
	f.Add([]byte(magic), "https://example.com")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		if u, err := providers.ParseURL(text); err == nil {
			useAll(t, data, u)
		}
	})
}
