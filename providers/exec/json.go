package exec

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// decode reads text as one JSON document. Its errors do not quote it.
func decode(text string, v any) error {
	if !utf8.ValidString(text) {
		return errors.New("its answer is not UTF-8")
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	switch err := decoder.Decode(v); {
	case err == io.EOF:
		return errors.New("it printed nothing")
	case err != nil:
		return errors.New("its answer is not the JSON that its format has")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("it printed something after its answer")
	}
	return nil
}

// defaultFields are the fields that are looked for where no option names one, in
// this order: those of OAuth 2.0 (RFC 6749, section 5.1), and what is widely used beside them.
func defaultFields() map[string][]string {
	return map[string][]string{
		"token":      {"token", "access_token", "accessToken"},
		"username":   {"username"},
		"expires":    {"expires", "expires_at", "expires_on"},
		"expires_in": {"expires_in"},
	}
}

// readJSON reads the format json: an object, or objects in it, with the fields that the
// options name.
func readJSON(a ask, r reply) (answer, error) {
	d := document{names: a.fields}
	if err := decode(r.stdout, &d.value); err != nil {
		return answer{}, err
	}
	if _, ok := d.value.(map[string]any); !ok {
		return answer{}, errors.New("its answer is not a JSON object")
	}
	got := answer{value: d.text("token"), username: d.text("username")}
	expires, expiresIn := d.time("expires"), d.time("expires_in")
	switch {
	case d.err != nil:
		return answer{}, d.err
	case got.value == "":
		return answer{}, errors.New("its answer has no token: want one of the fields " +
			strings.Join(d.fields("token"), ", "))
	case expires != "":
		var ok bool
		if got.expires, ok = parseTime(expires); !ok {
			return answer{}, errors.New("its field for expires is not a time that can be read")
		}
	case expiresIn != "":
		life, ok := parseSeconds(expiresIn)
		if !ok {
			return answer{}, errors.New("its field for expires_in is not a number of seconds")
		}
		got.expires = r.started.Add(life)
	}
	return got, nil
}

// A document is a JSON document and the fields in it.
type document struct {
	value any
	names map[string]string // what the options say
	err   error             // the first
}

// fields returns the fields that may be the one of that name.
func (d *document) fields(name string) []string {
	if field := d.names[name]; field != "" {
		return []string{field}
	}
	return defaultFields()[name]
}

// find returns the first field that is there; null counts as not there. That one which an option
// names is missing is an error: nobody would notice a misspelt one.
func (d *document) find(name string) any {
	for _, field := range d.fields(name) {
		value, there := lookUp(d.value, field)
		if value != nil {
			return value
		}
		if d.names[name] != "" && !there && d.err == nil {
			d.err = errors.New("its answer does not have the field that the option fields." + name + " names")
		}
	}
	return nil
}

// text returns a field that is a string, "" where there is none.
func (d *document) text(name string) string {
	value := d.find(name)
	text, ok := value.(string)
	if value != nil && !ok && d.err == nil {
		d.err = errors.New("its field for " + name + " is not a string")
	}
	return text
}

// time is text for a field that may also be a number.
func (d *document) time(name string) string {
	value := d.find(name)
	if n, ok := value.(json.Number); ok {
		return n.String()
	}
	text, ok := value.(string)
	if value != nil && !ok && d.err == nil {
		d.err = errors.New("its field for " + name + " is neither a number nor a string")
	}
	return text
}

// lookUp follows a path of names with dots between them.
func lookUp(value any, path string) (field any, there bool) {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		if value, there = object[name]; !there {
			return nil, false
		}
	}
	return value, true
}
