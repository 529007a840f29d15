//go:build unix

package exec

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/exec/profile"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

func TestProviderConforms(t *testing.T) {
	answers := map[string]string{
		"token":  "token-%s\n",
		"json":   `{"token":"token-%s","expires_in":3600}`,
		"git":    "username=ann\npassword=token-%s\n",
		"docker": `{"ServerURL":"registry.example.com","Username":"ann","Secret":"token-%s"}`,
		"bazel":  `{"headers":{"Authorization":["Bearer token-%s"]},"expires":"2100-01-01T00:00:00Z"}`,
	}
	for format, answer := range answers {
		t.Run(format, func(t *testing.T) {
			providerstest.Run(t, func(t *testing.T) providerstest.Case {
				file := filepath.Join(t.TempDir(), "hang")
				failing := self(t, "fail", "1", "printed-to-stdout", "no: printed-to-stdout\n")
				return providerstest.Case{
					Provider: Provider{},
					Request:  request(t, format, self(t, "hang if", file, answer)),
					Options:  new(profile.Options),
					Hang: func() {
						if err := os.WriteFile(file, nil, 0o600); err != nil {
							t.Error(err)
						}
					},
					Failing: []providers.Request{request(t, format, failing), request(t, format, nil)},
					Secrets: []string{"printed-to-stdout"},
				}
			})
		})
	}
}

// A helper that has nothing for a host must not stop a tool that needs nothing.
func TestHelpersConformWhereTheyHaveNothing(t *testing.T) {
	for format, command := range map[string][]string{
		"git":    self(t, "print", ""),
		"docker": self(t, "fail", "1", dockerNotFound+"\n", ""),
		"bazel":  self(t, "print", `{"headers":{}}`+"\n"),
	} {
		_, err := Provider{}.Token(t.Context(), request(t, format, command))
		wantError(t, err, providers.ErrNotFound, "command "+command[0]+": has no token for it")
	}
}
