package static

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// Whoever keeps decides where a password lies on the disk, and which variables a plugin is given.
func TestProfileSaysWhoKeepsAndWithWhat(t *testing.T) {
	bus := []string{"DBUS_SESSION_BUS_ADDRESS"}
	for _, row := range []struct {
		name      string
		options   providers.Options
		want      providers.Keeping
		variables []string
	}{
		{"no options", nil, providers.KeepsInStore, nil},
		{"file", providers.Options{text("store", "file")}, providers.KeepsInStore, nil},
		{"keyring", providers.Options{text("store", "keyring")}, providers.KeepsItself, bus},
		{"secret", providers.Options{text("secret", "t1")}, providers.KeepsNothing, nil},
		{"secret_file", providers.Options{text("secret_file", "/f")}, providers.KeepsNothing, nil},
		// What fills in the secret may fill in nothing; a password must not be kept for that.
		{"empty secret", providers.Options{text("secret", "")}, providers.KeepsNothing, nil},
		{"empty secret_file", providers.Options{text("secret_file", "")}, providers.KeepsNothing, nil},
		{"empty secret and keyring", providers.Options{text("secret", ""), text("store", "keyring")}, providers.KeepsNothing, nil},
		{"another store", providers.Options{text("store", "Keyring")}, providers.KeepsNothing, nil},
		{"keyring and a secret", providers.Options{text("secret", "t1"), text("store", "keyring")}, providers.KeepsNothing, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := Profile()
			if got := p.Keeps(row.options); got != row.want {
				t.Errorf("Keeps = %v, want %v", got, row.want)
			}
			if got := p.Variables(request("").URL, row.options); !slices.Equal(got, row.variables) {
				t.Errorf("Variables = %v, want %v", got, row.variables)
			}
		})
	}
}

// Two answers to the question where the token is leave a person with the other one.
func TestCheckRefusesOptionsThatContradictEachOther(t *testing.T) {
	const both, store = "not both", "want store, or secret_file or secret"
	for _, row := range []struct {
		name    string
		options providers.Options
		mention string // "" where they are good
	}{
		{"none", nil, ""},
		{"file", providers.Options{text("store", "file")}, ""},
		{"keyring", providers.Options{text("store", "keyring")}, ""},
		{"a secret with a scheme", providers.Options{text("scheme", "Token"), text("secret", "hunter2")}, ""},
		{"secret and secret_file", providers.Options{text("secret", "hunter2"), text("secret_file", "/f")}, both},
		{"another store", providers.Options{text("store", "hunter2")}, `option store: want "file" or "keyring"`},
		{"keyring with a secret", providers.Options{text("secret", "hunter2"), text("store", "keyring")}, store},
		{"file with a secret_file", providers.Options{text("secret_file", "/f"), text("store", "file")}, store},
		{"a scheme for what is kept", providers.Options{text("scheme", "Token"), text("store", "keyring")}, "option scheme"},
		{"a scheme alone", providers.Options{text("scheme", "Token")}, "option scheme"},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := Profile().NewOptions()
			if err := row.options.Decode(o); err != nil {
				t.Fatal(err)
			}
			err := o.(interface{ Check() error }).Check()
			if row.mention == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.mention) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %v: want a mention of %q and no secret", err, row.mention)
			}
			if _, err := (Provider{}).Token(t.Context(), request("", row.options...)); !errors.Is(err, providers.ErrLoginRequired) {
				t.Errorf("Token: error %v, want %v", err, providers.ErrLoginRequired)
			}
		})
	}
}

// "Nothing is kept" would make a tool go on without a password that the keyring has.
func TestTokenDoesNotSpeakForTheKeyring(t *testing.T) {
	_, err := Provider{}.Token(t.Context(), request("", text("store", "keyring")))
	if !errors.Is(err, providers.ErrUnavailable) || !strings.Contains(err.Error(), "plugin") {
		t.Errorf("error %v, want %v and a mention of the plugin", err, providers.ErrUnavailable)
	}
}
