package keyring

import (
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A newer version may have written it: what it holds must neither be served nor written over.
func TestDamagedItemIsLeftAsItIs(t *testing.T) {
	readers := map[string][]string{
		host:  {"Token", "Keep", "Drop"}, // Kept still lists the other hosts
		index: {"Kept", "Keep", "Drop"},
	}
	for _, damage := range []string{
		"", "s3cr3t", "{}", `[{"value":"s3cr3t"}`, `[{"value":"s3cr3t"}] []`, `[{"value":"s3cr3t","new":1}]`,
		`[{"value":"s3cr3t","state":"*"}]`, `[{"expires":"s3cr3t"}]`, `["s3cr3t",1]`,
	} {
		for item, names := range readers {
			for name, operation := range operations(t) {
				t.Run(item+"/"+damage+"/"+name, func(t *testing.T) {
					ring := filled(t)
					ring.items[service+" "+item] = damage
					err := operation(t.Context(), Provider{ring: ring})
					if slices.Contains(names, name) {
						checkMessage(t, err, providers.ErrLoginRequired, "the item "+item)
					} else if err != nil {
						t.Error(err)
					}
					if got := ring.items[service+" "+item]; got != damage {
						t.Errorf("it is now %q", got)
					}
				})
			}
		}
	}
}

// Whatever lies in the keyring under our name, what is read from it is written back the same.
func FuzzEntries(f *testing.F) {
	f.Add("[]")
	f.Add(`[{"username":"ann","path":"/team","value":"p","scheme":"Basic","expires":1,"state":"AA==","name":"n"}]`)
	f.Add(`[{"value":"\ud800"},{"VALUE":"x","value":"y"}] `)
	f.Fuzz(func(t *testing.T, text string) {
		ring := &fakeRing{items: map[string]string{service + " " + host: text}}
		i := items{ring}
		entries, err := i.entries(t.Context(), host)
		if err != nil {
			if !isDamaged(err) {
				t.Fatal(err)
			}
			return
		}
		for n := range entries {
			entries[n].token()
		}
		if err := i.save(t.Context(), host, nil, entries); err != nil || len(entries) == 0 {
			return
		}
		again, err := i.entries(t.Context(), host)
		if err != nil || !slices.Equal(again, entries) {
			t.Fatalf("read %+v, written back %+v, %v", entries, again, err)
		}
	})
}
