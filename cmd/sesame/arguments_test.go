package main

import (
	"slices"
	"strings"
	"testing"
)

// A person who is told that the URL is missing, though it is there, looks for the mistake in the URL.
func TestOptionsMayStandAnywhere(t *testing.T) {
	for _, row := range []struct{ name, typed, want string }{
		{"none", "explain u", "explain u"},
		{"before", "explain --json u", "explain --json u"},
		{"behind", "explain u --json", "explain --json u"},
		{"with a value", "explain u --protocol git", "explain --protocol git u"},
		{"with a value behind an equals sign", "explain u --protocol=git", "explain --protocol=git u"},
		{"a short one", "login u -u bob", "login -u bob u"},
		{"of the whole program", "explain u --config f --json", "--config f explain --json u"},
		{"before a command below", "setup --write docker", "setup docker --write"},
		{"behind it", "setup docker --registry r --write", "setup docker --registry r --write"},
		{"help", "completion bash --help", "completion --help bash"},
		{"one that is not known", "explain u --nope", "explain --nope u"},
		{"no more options", "explain -- --json", "explain -- --json"},
		{"a value that looks like one", "config init --option --json --match m", "config init --option --json --match m"},
		{"a value that is missing", "explain u --protocol", "explain --protocol"},
		{"a completion", "explain u --p --generate-bash-completion", "explain u --p --generate-bash-completion"},
		{"what a tool says to a front", "docker --version", "docker --version"},
		{"a lone hyphen", "git - get", "git - get"},
		{"a command's name as an argument", "explain git --json", "explain --json git"},
		{"nothing", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			args := append([]string{"sesame"}, strings.Fields(row.typed)...)
			got := flagsFirst(newApp(), args)
			if want := append([]string{"sesame"}, strings.Fields(row.want)...); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
