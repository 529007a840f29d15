package endtoend_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// bin is the directory of the programs under test.
var bin string

func TestMain(m *testing.M) {
	dir, remove, err := programs.Build()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	bin = dir
	code := m.Run()
	remove()
	os.Exit(code)
}
