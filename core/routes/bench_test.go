package routes

import (
	"strconv"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func benchmarkConfig(b *testing.B, n int) Config {
	c := Config{Routes: make([]Route, n)}
	for i := range c.Routes {
		host := "host-" + strconv.Itoa(i/4) + ".example.com"
		c.Routes[i] = Route{
			Pattern:  mustPattern(b, host+[]string{"", "/team", "/team/a", ":8443"}[i%4]),
			Provider: "static",
			Options:  providers.Options{{Name: "secret_file", Kind: providers.StringOption, Values: []string{"/x"}}},
		}
	}
	return c
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{10, 1000, 100000} {
		data := Compile(benchmarkConfig(b, n))
		for name, text := range map[string]string{
			"hit":  "https://host-" + strconv.Itoa(n/8) + ".example.com/team/b/c",
			"miss": "https://a.b.c.d.example.org/team/b/c",
		} {
			u := mustURL(b, text)
			b.Run(name+"-"+strconv.Itoa(n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					table, err := Open(data)
					if err != nil {
						b.Fatal(err)
					}
					if _, ok := table.Find(u); ok != (name == "hit") {
						b.Fatalf("Find(%s): %t", u, ok)
					}
				}
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{10, 1000, 100000} {
		c := benchmarkConfig(b, n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				Compile(c)
			}
		})
	}
}
