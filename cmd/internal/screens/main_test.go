package screens

import (
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

var bin string // the folder of the programs

func TestMain(m *testing.M) { programs.Main(m, &bin) }
