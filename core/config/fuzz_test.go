package config

import (
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/core/routes"
)

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", small, plugin, head, head + "options = { secret = 'x', fields = { a = 'b' }, scopes = ['c'] }\n",
		"refresh_tolerance = '5m'\nroute = [{match='a.com', provider='env', lifetime='1h', username='u'}]",
		"[[route]]\nmatch = '*'\n[route.options.a.b]\nc.d = [1, 2]\n", "\"\\u0000\" = 1", "a = 1e999", "[a]\n[a]", "x = [[[[",
		"audit_log = '~/a/../b'", "audit_log = '/a'\n" + small,
		"[plugin]\n\"\" = {path='/a/../b', variables=[1]}", "route = [1]", "[route]", "refresh_tolerance = 1979-05-27",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("c", []byte(text), profiles())
		if err != nil {
			checkPlain(t, text, err)
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "c:") {
					t.Errorf("Parse(%q): no line number: %s", text, line)
				}
			}
			return
		}
		table, err := routes.Open(routes.Compile(c))
		if err != nil {
			t.Fatalf("Open of what was compiled: %v", err)
		}
		if table.AuditLog() != c.AuditLog {
			t.Errorf("Parse(%q): the compiled audit log is %q, want %q", text, table.AuditLog(), c.AuditLog)
		}
		n := 0
		for range table.All() {
			n++
		}
		if n != len(c.Routes) {
			t.Errorf("%d of %d routes are left in the compiled form", n, len(c.Routes))
		}
	})
}
