package bazel

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/protocols"
)

// readAsBazel checks an answer by what Bazel 7.7.1 accepts without an error, a crash
// or a surprise, and that it carries the token of want, unless that has none.
func readAsBazel(answer []byte, want protocols.Answer) error {
	if len(answer) > 60_000 {
		return errors.New("longer than the pipe")
	}
	if !bytes.HasSuffix(answer, []byte("}\n")) || bytes.Count(answer, []byte("\n")) != 1 {
		return errors.New("not one line")
	}
	members, err := readObject(answer)
	if err != nil {
		return err
	}
	header, err := readHeaders(members["headers"])
	if err != nil {
		return err
	}
	expires, err := readExpires(members["expires"])
	if err != nil {
		return err
	}
	for name := range members {
		if name != "headers" && name != "expires" {
			return fmt.Errorf("unknown member %q", name)
		}
	}
	token := want.Token
	if token == nil {
		return nil
	}
	if wanted := wantHeader(want); header != wanted {
		return fmt.Errorf("header %q, want %q", header, wanted)
	}
	if !expires.IsZero() && expires.After(token.Expires) {
		return fmt.Errorf("expires %v is after %v", expires, token.Expires)
	}
	if year := token.Expires.UTC().Year(); expires.IsZero() && year >= 1970 && year <= 2200 {
		return errors.New("no expiry, where it is known")
	}
	return nil
}

func wantHeader(a protocols.Answer) string {
	t := a.Token
	if strings.EqualFold(t.Scheme, "Basic") {
		username := t.Username
		if username == "" && a.Origin != protocols.Kept {
			username = "__token__"
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+t.Value.Reveal()))
	}
	if t.Scheme == "" {
		return "Bearer " + t.Value.Reveal()
	}
	return t.Scheme + " " + t.Value.Reveal()
}

// readObject reads one JSON object whose names are all different, in any case.
func readObject(text []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("not an object: %v, %v", open, err)
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
		lower := strings.ToLower(name.(string))
		if seen[lower] {
			return nil, fmt.Errorf("%q occurs twice", name)
		}
		seen[lower] = true
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

// readHeaders returns the value of the header Authorization; "" if there is no header.
func readHeaders(text json.RawMessage) (string, error) {
	headers, err := readObject(text)
	if err != nil || len(headers) == 0 {
		return "", err
	}
	var values []*string
	if err := json.Unmarshal(headers["Authorization"], &values); err != nil {
		return "", err
	}
	if len(headers) != 1 || len(values) != 1 || values[0] == nil {
		return "", errors.New("not one Authorization header of one value")
	}
	for _, c := range *values[0] {
		if c < ' ' || c > '~' {
			return "", fmt.Errorf("%q in a header", c)
		}
	}
	return *values[0], nil
}

var wholeSeconds = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"$`)

// readExpires returns the zero time if there is no expiry.
func readExpires(text json.RawMessage) (time.Time, error) {
	if text == nil {
		return time.Time{}, nil
	}
	if !wholeSeconds.Match(text) {
		return time.Time{}, fmt.Errorf("expires %s has not the one form that Bazel reads", text)
	}
	expires, err := time.Parse(`"`+time.RFC3339+`"`, string(text))
	const limit = 292 * 365 * 24 * time.Hour
	if d := expires.Sub(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); d > limit || d < -limit {
		return time.Time{}, fmt.Errorf("expires %s overflows Bazel's clock", text)
	}
	return expires, err
}

// The rules above would prove nothing if they let through what crashes Bazel's server.
func TestRulesRefuseWhatBazelRefuses(t *testing.T) {
	const h = `"headers":{"Authorization":["Bearer a"]}`
	for _, answer := range []string{
		``, `null`, `[]`, `"x"`, `{` + h, `{` + h + `}{}`, `{` + h + `}x`,
		`{"headers":null}`, `{"headers":[]}`, `{"headers":{"Authorization":"Bearer a"}}`,
		`{"headers":{"Authorization":[null]}}`, `{"headers":{"Authorization":[1]}}`,
		`{"headers":{"Authorization":["a\nb"]}}`, `{"headers":{"Authorization":["é"]}}`,
		`{"headers":{"Authorization":["a"],"authorization":["a"]}}`,
		`{` + h + `,"expires":null}`, `{` + h + `,"expires":""}`, `{` + h + `,"expires":1}`,
		`{` + h + `,"expires":"2026-01-02T03:04:05.5Z"}`, `{` + h + `,"expires":"9999-12-31T00:00:00Z"}`,
		`{` + h + `,"expires":"0001-01-01T00:00:00Z"}`, `{` + h + `,"expires":"2026-01-02t03:04:05z"}`,
	} {
		if err := readAsBazel([]byte(answer+"\n"), protocols.Answer{}); err == nil {
			t.Errorf("accepted %s", answer)
		}
	}
}
