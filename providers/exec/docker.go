package exec

import (
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// dockerNotFound is what a docker helper prints where it has nothing, and fails. The tools compare
// the whole text, without the white space around it.
const dockerNotFound = "credentials not found in native keychain"

// dockerRequest names the registry as docker does: the host without a scheme, and Docker Hub by a
// name of its own. There is no line end after it.
func dockerRequest(a ask) string {
	switch host := a.url.Authority(); host {
	case "index.docker.io", "docker.io", "registry-1.docker.io":
		return "https://index.docker.io/v1/"
	default:
		return host
	}
}

func dockerHasNothing(r reply) bool { return strings.TrimSpace(r.stdout) == dockerNotFound }

// readDocker reads the format docker. The ServerURL in the answer is not looked at: docker
// does not either. The username "<token>", for an identity token, stays as it is.
func readDocker(_ ask, r reply) (answer, error) {
	var got struct{ Username, Secret string }
	if err := decode(r.stdout, &got); err != nil {
		return answer{}, err
	}
	if got.Secret == "" {
		return answer{}, errNothing
	}
	return answer{username: got.Username, value: got.Secret, scheme: providers.Basic}, nil
}
