// Command git-credential-sesame is what git starts for a token.
package main

import (
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/protocols/git"
)

func main() {
	front.Main("git", git.Serve, 30*time.Second)
}
