package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const head = "[[route]]\nmatch = \"example.com\"\nprovider = \"static\"\n" // lines 1 to 3

const wantFile = `want an absolute path without "." or "..", or one that begins with "~/"`

// What a person gets wrong must be named with its line, and with what would be
// right; a wrong key that is ignored is a rule that does not hold.
func TestParseNamesTheFaultAndItsLine(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{
			"unknown key", "# a comment\n\ntolerance = \"5m\"\n",
			`c:3: unknown key "tolerance": known are audit_log, plugin, refresh_tolerance, route`,
		},
		{
			"unknown table", "[routes]\nmatch = 1",
			`c:1: unknown key "routes": known are audit_log, plugin, refresh_tolerance, route`,
		},
		{
			"unknown key in a route", head + "\n# x\nhost = 1\n",
			`c:6: unknown key "host" in [[route]]: known are exclusive, lifetime, match, options, provider, refresh_tolerance, store, username`,
		},
		{"key of the file in a route", head + "audit_log = '/a'\n", `c:4: audit_log is not a key of [[route]]: put the line at the top of the file`},
		{"key of the file in a plugin", plugin + "refresh_tolerance = '5m'", `c:4: refresh_tolerance is not a key of [plugin.acme]: put the line at the top of the file`},
		{
			"unknown key in a plugin", plugin + "sha1 = ''\n",
			`c:4: unknown key "sha1" in [plugin.acme]: known are keeps, path, sha256, variables`,
		},
		{
			"table instead of array", "[route]\nmatch = 'example.com'\nprovider = 'env'",
			`c:1: route: want [[route]], with two brackets`,
		},
		{"array of no tables", "x = 1\nroute = ['example.com']", `c:1: unknown key "x": known are audit_log, plugin, refresh_tolerance, route
c:2: route: want tables: [[route]]`},
		{"plugin is no table", "plugin = 'acme'", `c:1: plugin: want tables: [plugin.NAME]`},
		{"plugin's value", "[plugin]\nacme = '/opt/acme'", `c:2: plugin: want a table: [plugin.NAME]`},
		{"no match", "[[route]]\nprovider = 'env'", `c:1: [[route]] has no match: such as match = "https://example.com"`},
		{"no provider", "\n[[route]]\nmatch = 'example.com'", `c:2: [[route]] has no provider: known are env, pyx, static`},
		{
			"unknown provider", plugin + "[[route]]\nmatch = 'example.com'\nprovider = 'pix'",
			`c:6: unknown provider "pix": known are acme, env, pyx, static`,
		},
		{"bad pattern", "[[route]]\nmatch = '*'\nprovider = 'env'", `c:2: match: "*" is for a provider that keeps tokens, such as static without a secret: any other would give one token to every host`},
		{"store of a provider that keeps nothing", head + `store = "file"`, `c:4: store: the route's provider keeps no tokens: remove the line`},
		{"exclusive is no truth", head + `exclusive = "yes"`, `c:4: exclusive: want true or false`},
		{"match is no string", "[[route]]\nmatch = ['example.com']\nprovider = 'env'", `c:2: match: want a string`},
		{"control character in match", "[[route]]\nmatch = \"example.com/\\u009b\"\nprovider = 'env'", `c:2: match: a control character is not allowed`},
		{"control character in username", head + `username = "a\nb"`, `c:4: username: a control character is not allowed`},
		{"username is no string", head + `username = 7`, `c:4: username: want a string`},
		{"tolerance", head + `refresh_tolerance = "-5m"`, `c:4: refresh_tolerance: want a duration from 0s to 24h, such as "5m"`},
		{"audit log by a relative path", "audit_log = 'audit'", `c:1: audit_log: ` + wantFile},
		{"audit log by a path with dots", "audit_log = '/var/../audit'", `c:1: audit_log: ` + wantFile},
		{"audit log outside the home", "audit_log = '~/../audit'", `c:1: audit_log: ` + wantFile},
		{"audit log that is the home", "audit_log = '~/.'", `c:1: audit_log: ` + wantFile},
		{"audit log in another's home", "audit_log = '~me/audit'", `c:1: audit_log: ` + wantFile},
		{"empty audit log", "audit_log = ''", `c:1: audit_log: ` + wantFile},
		{"audit log that is no string", "audit_log = true", `c:1: audit_log: want a string`},
		{"control character in the audit log", "audit_log = \"/a\\nb\"", `c:1: audit_log: a control character is not allowed`},
		{"lifetime", head + `lifetime = "0s"`, `c:4: lifetime: want a duration from 1s to 8760h, such as "1h"`},
		{"options are no table", head + `options = "secret"`, `c:4: options: want a table`},
		{
			"unknown option", head + "[route.options]\n\ntoken = 'x'",
			`c:6: unknown option "token": known are fields, quick, scheme, scopes, secret, secret_file, size, wait`,
		},
		{"option of another kind", head + "options = { secret = 5 }", `c:4: option secret: want a string`},
		{"option as a table", head + "options.secret.file = 'x'", `c:4: unknown option "secret.file": known are fields, quick, scheme, scopes, secret, secret_file, size, wait`},
		{"fraction", head + "options.size = 1.5", `c:4: option size: want a string, a whole number, true or false, or a list of strings`},
		{"date", head + "options.wait = 2020-01-01", `c:4: option wait: want a string, a whole number, true or false, or a list of strings`},
		{"mixed list", head + "options.scopes = [\n'a',\n1]", `c:4: option scopes: want a string, a whole number, true or false, or a list of strings`},
		{"NUL in an option", head + `options.secret = "a\u0000b"`, `c:4: option secret: a NUL character is not allowed`},
		{"unprintable option", head + `options.fields."\u001b" = "a"`, `c:4: options: a name is longer than 128 bytes or cannot be printed`},
		{"option nested too deep", head + `options.fields.a.b.c.d.e.f.g.h = "a"`, `c:4: options: tables are nested more than 8 deep`},
		{
			"one option in two spellings", head + "[route.options]\n\"fields.a\" = 'x'\n[route.options.fields]\na = 'y'",
			`c:7: option "fields.a" is in line 5 already`,
		},
		{
			"third route", head + head2("a") + head2("b") + "options.secert = 'x'",
			`c:10: unknown option "secert": known are fields, quick, scheme, scopes, secret, secret_file, size, wait`,
		},
		{
			"third route's options", head + head2("a") + head2("b") + "[route.options]\nsize = 1\n\nquick = 2",
			`c:13: option quick: want true or false`,
		},
		{
			"inline routes", "route = [\n {match='a.com', provider='env'},\n {match='b.com',\n provider='x'}]",
			`c:4: unknown provider "x": known are env, pyx, static`,
		},
		{
			"an inline route lacks its match", "route = [\n {match='a.com', provider='env'},\n {provider='env'}]",
			`c:3: [[route]] has no match: such as match = "https://example.com"`,
		},
		{
			"two routes for the same", head + head2("a") + "[[route]]\nmatch = \"HTTPS://Example.com:443\"\nprovider = \"env\"\nusername = 'me'",
			`c:7: the route for https://example.com is in line 1 already: nobody could tell which one is meant: remove one`,
		},
		{"windows line ends", "[[route]]\r\nmatch = 'example.com'\r\nprovider = 'x'\r\n", `c:3: unknown provider "x": known are env, pyx, static`},
		{"plugin with a built-in's name", "[plugin.env]\npath = '/opt/x'\nsha256 = '" + sum + "'", `c:1: [plugin.env]: a provider of that name is built in: choose another name`},
		{"plugin name", "[plugin.\"../x\"]\npath = '/opt/x'\nsha256 = '" + sum + "'", `c:1: plugin name "../x": want lower-case letters, digits and hyphens, a letter first, 64 at most`},
		{"long plugin name", "[plugin." + strings.Repeat("a", 65) + "]\npath = '/opt/x'\nsha256 = '" + sum + "'", `c:1: plugin name "` + strings.Repeat("a", 65) + `": want lower-case letters, digits and hyphens, a letter first, 64 at most`},
		{"empty plugin name", "[plugin.\"\"]\npath = '/opt/x'\nsha256 = '" + sum + "'", `c:1: plugin name "": want lower-case letters, digits and hyphens, a letter first, 64 at most`},
		{"no pin", "[plugin.acme]\npath = '/opt/x'", "c:1: [plugin.acme] has no sha256: the executable's pin; to print it, type: sesame plugins pin PATH"},
		{"no path", "[plugin.acme]\nsha256 = '" + sum + "'", `c:1: [plugin.acme] has no path: such as path = "/usr/local/libexec/sesame-provider-acme"`},
		{"short pin", "[plugin.acme]\npath = '/opt/x'\nsha256 = 'abc'", "c:3: sha256: want 64 hexadecimal digits; to print them, type: sesame plugins pin PATH"},
		{"relative path", "[plugin.acme]\nsha256 = '" + sum + "'\npath = 'acme'", `c:3: path: want an absolute path without "." or ".."`},
		{"path with dots", "[plugin.acme]\nsha256 = '" + sum + "'\npath = '/opt/../acme'", `c:3: path: want an absolute path without "." or ".."`},
		{"variables", plugin + "variables = ['OK', 'A=B']", `c:4: variables: "A=B" is not the name of an environment variable`},
		{"variables are no list", plugin + "variables = 'A'", `c:4: variables: want a list of strings`},
		{"no TOML", head + "options = { secret = hunter2 }", `c:4: not TOML: unexpected character at start of value`},
		{"no quotes", head + "username = 2hunter", `c:4: not TOML: strings must be quoted`},
		{"key twice", head + "match = 'x'", `c:4: not TOML: key match is already defined`},
		{"table twice", "[plugin.acme]\n\n[plugin.acme]", `c:3: not TOML: table acme already exists`},
		{"two on a line", head + "username = 'x' y", `c:4: not TOML: expected newline`},
		{"odd key", "!x = 1", `c:1: not TOML: invalid character at start of key`},
		{"too large a number", head + "options.size = 9e999", `c:4: not TOML: unable to parse float`},
		{"not closed", head + "[route.options\nx = 1", `c:4: not TOML: expected ']' to close table name`},
		{"not UTF-8", "# \n# \xff", `c:2: not TOML: invalid UTF-8 character in comment`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("c", []byte(test.text), profiles())
			if got := fmt.Sprint(err); got != test.want {
				t.Errorf("Parse:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

const plugin = "[plugin.acme]\npath = '/opt/acme'\nsha256 = '" + sum + "'\n"

func head2(host string) string { return strings.Replace(head, "example", host, 1) }

// Fixing a file one error at a time is tedious; a screen full of them is no help either.
func TestParseReportsManyFaultsInOrder(t *testing.T) {
	_, err := Parse("c", []byte(strings.Repeat("[[route]]\nmatch = '*'\n", 7)), profiles())
	got := strings.Split(fmt.Sprint(err), "\n")
	if len(got) != 11 || got[10] != "c: and 4 more" {
		t.Fatalf("Parse reports\n%v, want ten lines and the count of four more", err)
	}
	for i, line := range got[:10] {
		if want := fmt.Sprintf("c:%d: ", i+1); !strings.HasPrefix(line, want) {
			t.Errorf("line %d is %q, want it to begin with %q", i, line, want)
		}
	}
}

// The file holds secrets; its errors end up in the logs of builds.
func TestParseNeverRepeatsAValue(t *testing.T) {
	const secret = "hunter2hunter2"
	for _, line := range []string{
		`secret = "` + secret, `secret = '` + secret, `secret = ` + secret, `secret = """` + secret, `secret = "` + secret + `\q"`,
		`secret = ["` + secret + `", 1]`, `size = "` + secret + `"`, `quick = "` + secret + `"`, `wait = "` + secret + `"`,
		`secret = "` + secret + `\u0000"`, `scopes = "` + secret + `"`, `fields.a = ["` + secret + `"]`, `unknown = "` + secret + `"`,
		`secret = 12e` + secret, `secret = 1979-05-27T` + secret, `secret = "x" ` + secret, `secret = "` + secret + "\x01\"",
	} {
		_, err := Parse("c", []byte(head+"[route.options]\n"+line+"\n"), profiles())
		if err == nil || !strings.HasPrefix(err.Error(), "c:") || strings.Contains(err.Error(), secret[:3]) {
			t.Errorf("%s: the error is %v", line, err)
		}
	}
	for _, line := range []string{`match = "https://me:` + secret + `@example.com"`, `match = "` + secret + `_"`} {
		_, err := Parse("c", []byte("[[route]]\n"+line+"\nprovider = 'env'\n"), profiles())
		if err == nil || strings.Contains(err.Error(), secret[:3]) {
			t.Errorf("%s: the error is %v", line, err)
		}
	}
	for _, number := range []string{"99999999999999999999", "1e999", "-0x12345678901234567890"} {
		_, err := Parse("c", []byte(head+"options.secret = "+number), profiles())
		if err == nil || strings.Contains(err.Error(), number[:4]) {
			t.Errorf("%s: the error is %v", number, err)
		}
	}
}

// The next version of go-toml may quote more of the file than this one.
func TestReasonKeepsNoQuotation(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"toml: unexpected character U+0068 'h' at start of value", "unexpected character at start of value"},
		{"toml: expected newline but got U+0068 'h'", "expected newline"},
		{"toml: expected newline but got U+0001", "expected newline"},
		{"toml: invalid character at start of key: U+0068 'h'", "invalid character at start of key"},
		{`toml: unable to parse float: strconv.ParseFloat: parsing "1e999"`, "unable to parse float"},
		{`toml: unexpected string "hunter2" here`, "unexpected string"},
		{"toml: table a\x1bb already exists", `"table a\x1bb already exists"`},
	} {
		if got := reason(errors.New(test.text)); got != test.want {
			t.Errorf("reason(%q) is %q, want %q", test.text, got, test.want)
		}
	}
}

// A file may have been written to make a terminal obey it.
func TestErrorsHoldNoControlCharacters(t *testing.T) {
	for _, text := range []string{
		"\"\\u001b[2J\" = 1", "[[route]]\n\"\\u009b\" = 1", "[plugin.\"\\u001b\"]", "[[route]]\nprovider = \"x\\u202ey\"",
		"\"\\u001b\" = 1\n\"\\u001b\" = 2", head + "options.\"\\u0007\" = 1", plugin + "variables = [\"\\u001b\"]",
		"\"" + strings.Repeat("k", 5000) + "\" = 1", strings.Repeat("k", 5000) + " = 1\n" + strings.Repeat("k", 5000) + " = 1",
		"[plugin.\"\\u202e" + strings.Repeat("k", 5000) + "\"]\nx = 1\n[[route]]\nprovider = 'x'",
		small + "[[route]]\nmatch = \"example.com/\\u202e" + strings.Repeat("k", 5000) + "\"\nprovider = 'env'\n" +
			"[[route]]\nmatch = \"example.com/\\u202e" + strings.Repeat("k", 5000) + "\"\nprovider = 'env'\n",
	} {
		_, err := Parse("a\x1bb", []byte(text), profiles())
		checkPlain(t, text, err)
	}
}

// checkPlain fails unless err is one that a terminal shows as it is, on few short lines.
func checkPlain(t *testing.T, text string, err error) {
	t.Helper()
	lines := strings.Split(fmt.Sprint(err), "\n")
	if err == nil || len(lines) > maxProblems+1 {
		t.Errorf("Parse(%q) has %d lines of error", text, len(lines))
	}
	for _, line := range lines {
		if line != printable(line) || len(line) > 1000 {
			t.Errorf("Parse(%q): %q", text, line)
		}
	}
}
