// Command docker-credential-sesame is what docker starts for a token.
package main

import (
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols/docker"
)

func main() {
	docker.Version = core.Version
	front.Main("docker", docker.Serve, 30*time.Second)
}
