package providers

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

type settings struct {
	File    string            `option:"secret_file"`
	Force   bool              `option:"force"`
	Retries int               `option:"retries"`
	Command []string          `option:"command"`
	Timeout time.Duration     `option:"timeout"`
	Fields  map[string]string `option:"fields"`
	Other   string            // a field without a tag is no option
}

func option(name string, kind OptionKind, values ...string) Option {
	return Option{Name: name, Kind: kind, Values: values}
}

func TestDecodeStoresEveryKindOfOption(t *testing.T) {
	options := Options{
		option("command", ListOption, "a", "b"), option("fields.expiry", StringOption, "exp"),
		option("fields.token", StringOption, "t"), option("force", BooleanOption, "true"),
		option("retries", IntegerOption, "-3"), option("secret_file", StringOption, "/f"),
		option("timeout", StringOption, "1m30s"),
	}
	want := settings{
		File: "/f", Force: true, Retries: -3, Command: []string{"a", "b"}, Timeout: 90 * time.Second,
		Fields: map[string]string{"token": "t", "expiry": "exp"},
	}
	var got settings
	if err := options.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A misspelt option that is ignored leaves someone with the wrong token.
func TestDecodeRefusesWhatDoesNotFitAndTellsNoValue(t *testing.T) {
	for _, row := range []struct {
		name   string
		option Option
		want   string
	}{
		{"unknown", option("secret_fil", StringOption, "hunter2"), `unknown option "secret_fil": known are command, fields, force, retries, secret_file, timeout`},
		{"a table where there is none", option("secret_file.x", StringOption, "hunter2"), `unknown option "secret_file.x"`},
		{"no table where there is one", option("fields", StringOption, "hunter2"), `unknown option "fields"`},
		{"a number for a string", option("secret_file", IntegerOption, "1"), "option secret_file: want a string"},
		{"a string for a number", option("retries", StringOption, "hunter2"), "option retries: want a number"},
		{"a string for a boolean", option("force", StringOption, "hunter2"), "option force: want true or false"},
		{"a string for a list", option("command", StringOption, "hunter2"), "option command: want a list of strings"},
		{"no duration", option("timeout", StringOption, "hunter2"), `option timeout: want a duration such as "50m"`},
		{"a negative duration", option("timeout", StringOption, "-1s"), "option timeout: want a duration"},
		{"no value at all", option("secret_file", StringOption), "option secret_file: want one value"},
		{"a list in a table", option("fields.x", ListOption, "hunter2"), "option fields.x: want a string"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := Options{row.option}.Decode(new(settings))
			if err == nil || !strings.HasPrefix(err.Error(), row.want) {
				t.Errorf("got %v, want %s", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the value: %v", err)
			}
		})
	}
	if err := (Options{option("x", StringOption, "y")}).Decode(new(struct{})); err == nil || !strings.Contains(err.Error(), "it has none") {
		t.Errorf("a provider without options: got %v", err)
	}
}

// The core tells the kinds apart by errors.Is alone, through any wrapping.
func TestErrorMatchesItsKind(t *testing.T) {
	for _, kind := range []error{ErrNotFound, ErrLoginRequired, ErrUnavailable} {
		e := &Error{Kind: kind, Message: "what happened"}
		if !errors.Is(e, kind) || e.Error() != "what happened" || (&Error{Kind: kind}).Error() != kind.Error() {
			t.Errorf("%v: %v", kind, e)
		}
	}
}
