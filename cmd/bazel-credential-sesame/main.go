// Command bazel-credential-sesame is what bazel starts for a token.
package main

import (
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/protocols/bazel"
)

func main() { front.Main("bazel", bazel.Serve, 8*time.Second) }
