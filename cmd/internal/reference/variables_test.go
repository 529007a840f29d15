package reference

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// variables are those that sesame reads, but for those of the providers and of the system. A name that ends in "_"
// goes on with what only a person knows.
var variables = []struct{ name, usage string }{
	{"SESAME_CONFIG", "the configuration file: an absolute path"},
	{"SESAME_REFRESH_TOLERANCE", "a tolerance for every request, such as `30m`"},
	{
		"SESAME_STATE_DIR",
		"the directory for tokens and locks: an absolute path. Default: `$XDG_STATE_HOME/sesame`, else `~/.local/state/sesame`",
	},
	{"SESAME_TOKEN_", "and a host: the token for it, from the provider [env](providers/env.md)"},
	{"SESAME_USERNAME_", "and a host: the account that this token belongs to"},
	{
		"SESAME_LOG",
		"how much to log: `error`, `warn`, `info`, `debug` or `trace`. Default: nothing; `info` where `SESAME_LOG_FILE` is set",
	},
	{"SESAME_LOG_FILE", "the file that the log is appended to. Default: stderr"},
	{
		"SESAME_AUDIT_LOG",
		"the file for the [audit log](commands.md#the-audit-log): an absolute path, which goes before the key `audit_log`; empty, " +
			"it switches that log off",
	},
	{"SESAME_EXEC", "set by the provider [exec](providers/exec.md) for its command: a sesame that is asked there starts no refresh"},
	{"SESAME_PROVIDER_PLUGIN", "set by sesame for a [plugin](wire.md), by which it knows that no person started it"},
}

func variableRows() [][]string {
	rows := [][]string{{"variable", "value"}}
	for _, v := range variables {
		rows = append(rows, []string{"`" + v.name + "`", v.usage})
	}
	return rows
}

// forTests are the variables of our own tests, and of the tools that they use.
const forTests = "SESAME_TEST_"

// A variable that no page names changes what sesame does, and nobody finds out why; one that nobody reads is
// set in vain.
func TestEveryVariableOfTheCodeIsInTheTable(t *testing.T) {
	read := named(t, "../../..", func(path string) bool {
		return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
	})
	found := map[string]bool{}
	for name, path := range read {
		if variable := entry(name); variable != "" {
			found[variable] = true
		} else if !strings.HasPrefix(name, forTests) {
			t.Errorf("%s names the variable %s: describe it in variables", path, name)
		}
	}
	for _, v := range variables {
		if !found[v.name] {
			t.Errorf("no code names the variable %s any more", v.name)
		}
	}
}

// A page that misspells a variable sends people to one that does nothing.
func TestNoPageNamesAnotherVariable(t *testing.T) {
	for name, path := range named(t, "../../..", func(path string) bool { return strings.HasSuffix(path, ".md") }) {
		if entry(name) == "" {
			t.Errorf("%s names the variable %s, which nobody reads", path, name)
		}
	}
}

// entry returns the name in the table that covers a variable's; "" if there is none.
func entry(name string) string {
	for _, v := range variables {
		if name == v.name || strings.HasSuffix(v.name, "_") && strings.HasPrefix(name, v.name) {
			return v.name
		}
	}
	return ""
}

var variableName = regexp.MustCompile(`\bSESAME_[A-Z0-9_]+`)

// named returns every variable that the chosen files below root name, and one file of each.
func named(t *testing.T, root string, chosen func(path string) bool) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if err == nil && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
				return fs.SkipDir
			}
			return err
		}
		if !chosen(path) {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, name := range variableName.FindAllString(string(text), -1) {
			found[name] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 5 {
		t.Fatalf("only %d variables are named below %s: the test does not see them all", len(found), root)
	}
	return found
}
