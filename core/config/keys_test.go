package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A key that the tables have and nothing reads is a promise of the manual that is silently not kept.
func TestEveryKeyIsRead(t *testing.T) {
	for _, table := range []struct {
		head string
		keys []Key
	}{{"", topKeys}, {head, routeKeys}, {plugin, pluginKeys}} {
		if !slices.IsSortedFunc(table.keys, func(a, b Key) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("%v is not sorted", names(table.keys))
		}
		for _, key := range table.keys {
			lines := slices.DeleteFunc(strings.Split(table.head, "\n"), func(line string) bool { return strings.HasPrefix(line, key.Name+" ") })
			line := max(len(lines), 1)
			lines = append(slices.Insert(lines, line-1, key.Name+" = 1979-05-27"), "")
			_, err := Parse("c", []byte(strings.Join(lines, "\n")), profiles())
			if want := fmt.Sprintf("c:%d: %s: want ", line, key.Name); !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%s, a date: the error is %v, want %q", key.Name, err, want)
			}
			if key.Usage == "" || key.Default == "" {
				t.Errorf("%s has no description, or no default", key.Name)
			}
		}
	}
}

// The home is that of whoever starts a tool, so it is not put in when the file is read.
func TestAuditLogIsPassedOnAsItIsWritten(t *testing.T) {
	for _, path := range []string{"/var/log/sesame/audit", "~/.local/state/audit", "~/audit"} {
		if got := mustParse(t, "audit_log = '"+path+"'").AuditLog; got != path {
			t.Errorf("AuditLog is %q, want %q", got, path)
		}
	}
	if got := mustParse(t, small).AuditLog; got != "" {
		t.Errorf("AuditLog is %q where there is none", got)
	}
}

func TestDurationsAreWrittenAsPeopleWriteThem(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "90ms": 90 * time.Millisecond, "1m30s": 90 * time.Second, "5m": 5 * time.Minute, "10m": 10 * time.Minute,
		"24h": 24 * time.Hour, "1h30m": 90 * time.Minute, "8760h": maxLifetime, "1h0m1s": time.Hour + time.Second,
	} {
		if got := written(d); got != "`\""+want+"\"`" {
			t.Errorf("%v is written %s, want %q", d, got, want)
		}
		if back, err := time.ParseDuration(want); err != nil || back != d {
			t.Errorf("%q is %v, want %v", want, back, d)
		}
	}
}
