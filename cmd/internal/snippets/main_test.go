//go:build linux

package snippets

import (
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// bin is the folder of the programs under test.
var bin string

func TestMain(m *testing.M) { programs.Main(m, &bin) }
