//go:build unix

package sources_test

import (
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// bin is the directory of the programs under test.
var bin string

func TestMain(m *testing.M) { programs.Main(m, &bin) }
