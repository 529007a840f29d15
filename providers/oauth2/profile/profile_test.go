package profile

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func text(name, value string) providers.Option {
	return providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}}
}

// A variable that is not named does not reach the plugin, and does not change the key.
func TestVariablesNamesTheSecret(t *testing.T) {
	variables := Profile().Variables
	tests := []struct {
		name string
		o    providers.Options
		want []string
	}{
		{"none", nil, nil},
		{"file", providers.Options{text("client_secret_file", "/f")}, nil},
		{"variable", providers.Options{text("client_secret_variable", "CI_SECRET"), text("grant", "device")}, []string{"CI_SECRET"}},
		{"wrong options", providers.Options{text("client_secret_variable", "CI_SECRET"), text("grunt", "device")}, nil},
	}
	for _, test := range tests {
		if got := variables(providers.URL{}, test.o); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Without a route nobody has said which server to ask.
func TestProfileServesNothingByItself(t *testing.T) {
	p := Profile()
	if p.Name != "oauth2" || p.New != nil || p.Serves != nil || p.Keeps != nil || p.Sources != nil {
		t.Errorf("%+v", p)
	}
	if _, ok := p.NewOptions().(*Options); !ok {
		t.Errorf("%T", p.NewOptions())
	}
}

// A wrong letter in an endpoint sends a secret to a stranger.
func TestPresetsAreEndpointsOfTheirHosts(t *testing.T) {
	hosts := map[string]string{
		"bitbucket": "bitbucket.org", "github": "github.com", "gitlab": "gitlab.com", "huggingface": "huggingface.co",
	}
	if len(presets) != len(hosts) {
		t.Errorf("%d presets, the test knows %d", len(presets), len(hosts))
	}
	for _, p := range presets {
		if p.endpoints.Token == "" || p.clientAuth != ClientAuthBasic && p.clientAuth != ClientAuthPost {
			t.Errorf("%s: %+v", p.name, p)
		}
		for _, endpoint := range []string{p.endpoints.Authorization, p.endpoints.Token, p.endpoints.Device, p.endpoints.Revocation} {
			if endpoint == "" {
				continue
			}
			u, err := providers.ParseURL(endpoint)
			if clean, cleanErr := CleanURL(endpoint); err != nil || cleanErr != nil || clean != endpoint || u.Host != hosts[p.name] || u.Scheme != "https" {
				t.Errorf("%s: %s", p.name, endpoint)
			}
		}
	}
}

func TestOptionsGoBeforeThePreset(t *testing.T) {
	o := Options{Preset: "gitlab", TokenURL: "https://Gitlab.Example:443/oauth/token"}
	e := o.Endpoints()
	if e.Token != "https://gitlab.example/oauth/token" || e.Device != "https://gitlab.com/oauth/authorize_device" {
		t.Errorf("%+v", e)
	}
	if o.AuthStyle() != ClientAuthPost || (Options{Preset: "gitlab", ClientAuth: ClientAuthBasic}).AuthStyle() != ClientAuthBasic ||
		(Options{}).AuthStyle() != ClientAuthBasic {
		t.Error("want the option's way to send a secret, else the preset's, else basic")
	}
}

// An option that is not in the document is not there for people, and one that is only there is an
// error in their configuration.
func TestDocumentHasEveryOptionAndPreset(t *testing.T) {
	document, err := os.ReadFile("../../../docs/providers/oauth2.md")
	if err != nil {
		t.Fatal(err)
	}
	table := func(head string) (first []string) {
		_, rest, _ := strings.Cut(string(document), head)
		rest, _, _ = strings.Cut(rest, "\n\n")
		for row := range strings.SplitSeq(rest, "\n") {
			cell, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
			for i, word := range strings.Split(cell, "`") {
				if i%2 == 1 {
					first = append(first, word)
				}
			}
		}
		slices.Sort(first)
		return first
	}
	if got, want := table("| option | meaning | default |"), providers.OptionNames(new(Options)); !slices.Equal(got, want) {
		t.Errorf("the document has the options %q, want %q", got, want)
	}
	for _, p := range presets {
		row := "| `" + p.name + "` | " + yes(p.endpoints.Device) + " | " + yes(p.endpoints.Authorization) + " | " + yes(p.endpoints.Revocation) + " |"
		if !strings.Contains(string(document), row) {
			t.Errorf("the document does not have the row %s", row)
		}
	}
}

func yes(endpoint string) string {
	if endpoint == "" {
		return "no"
	}
	return "yes"
}
