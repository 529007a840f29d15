package endtoend_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

// wholeSeconds is the only form of an expiry that Bazel reads: no fraction, a zone.
var wholeSeconds = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$`)

// readAsBazel reads an answer by the rules of Bazel 7.7.1, and refuses what makes it stop, crash
// or call the program again for every request. It returns the Authorization header; "" if
// there is none.
func readAsBazel(answer string) (authorization string, err error) {
	if len(answer) > 64<<10-1 {
		return "", errors.New("longer than a pipe holds: Bazel reads when the program has ended")
	}
	members, err := readObject([]byte(answer))
	if err != nil {
		return "", err
	}
	if text, ok := members["expires"]; ok {
		if err := checkExpires(text); err != nil {
			return "", err
		}
	}
	headers, err := readObject(members["headers"])
	if err != nil {
		return "", fmt.Errorf("headers: %w", err)
	}
	for name, text := range headers {
		var values []*string
		if err := json.Unmarshal(text, &values); err != nil {
			return "", fmt.Errorf("header %s: %w", name, err)
		}
		for _, value := range values {
			if value == nil || strings.ContainsFunc(*value, func(r rune) bool { return r < ' ' || r > '~' }) {
				return "", fmt.Errorf("header %s: a value that no header can hold", name)
			}
			if name == "Authorization" {
				authorization = *value
			}
		}
	}
	return authorization, nil
}

// readObject reads one JSON object and nothing after it. Two headers whose names differ only
// in case crash Bazel's server.
func readObject(text []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	members, seen := map[string]json.RawMessage{}, map[string]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if lower := strings.ToLower(name.(string)); seen[lower] {
			return nil, fmt.Errorf("%q occurs twice", name)
		} else {
			seen[lower] = true
		}
		members[name.(string)] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text behind the object")
	}
	return members, nil
}

// checkExpires refuses a time that Bazel cannot read, one that is past, for which it calls the
// program again for every request, and one that overflows its clock.
func checkExpires(text json.RawMessage) error {
	var value *string
	if err := json.Unmarshal(text, &value); err != nil || value == nil || !wholeSeconds.MatchString(*value) {
		return fmt.Errorf("expires %s is not a time in whole seconds", text)
	}
	expires, err := time.Parse(time.RFC3339, *value)
	const longest = 292 * 365 * 24 * time.Hour
	if left := time.Until(expires); err != nil || left < 0 || left > longest {
		return fmt.Errorf("expires %s: %v, %v left", text, err, left)
	}
	return nil
}

// Rules that let everything through would make every test of an answer pass.
func TestRulesOfBazelRefuseWhatBazelRefuses(t *testing.T) {
	t.Parallel()
	const h = `"headers":{"Authorization":["Bearer a"]}`
	for _, answer := range []string{
		``, `null`, `[]`, `{` + h, `{` + h + `}{}`, `{}`, `{"headers":null}`, `{"headers":[]}`,
		`{"headers":{"Authorization":"Bearer a"}}`, `{"headers":{"Authorization":[null]}}`,
		`{"headers":{"Authorization":["a\nb"]}}`, `{"headers":{"a":["1"],"A":["1"]}}`,
		`{` + h + `,"expires":null}`, `{` + h + `,"expires":"2099-01-01T00:00:00.5Z"}`,
		`{` + h + `,"expires":"9999-12-31T00:00:00Z"}`, `{` + h + `,"expires":"2001-01-01T00:00:00Z"}`,
	} {
		if _, err := readAsBazel(answer); err == nil {
			t.Errorf("accepted %s", answer)
		}
	}
	if authorization, err := readAsBazel(`{` + h + `,"expires":"2099-01-01T00:00:00Z"}`); authorization != "Bearer a" || err != nil {
		t.Errorf("a good answer: %q, %v", authorization, err)
	}
}
