//go:build linux

package cost

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A House is a home directory in which sesame is configured and has a login, and the issuer of its
// tokens.
type House struct {
	Issuer *pyxtest.Server
	Env    []string // for every program that is started in the house
	Config string   // the path of the configuration

	bin   string // the folder of the programs
	home  string
	state string
}

// The tokens that no issuer makes.
const (
	envToken    = "token-of-the-env-provider"
	staticToken = "token-of-the-static-provider"
)

// NewHouse makes a house in home, a folder that is there and empty, for the programs in bin. Its
// configuration has that many routes, ten at the least.
func NewHouse(bin, home string, routes int, issuer *pyxtest.Server) (*House, error) {
	h := &House{
		Issuer: issuer, bin: bin, home: home,
		Config: filepath.Join(home, "config.toml"), state: filepath.Join(home, "state"),
	}
	h.Env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8",
		"SESAME_CONFIG=" + h.Config, "SESAME_STATE_DIR=" + h.state,
		"PYX_API_URL=" + issuer.URL, "PYX_CREDENTIALS_DIR=" + filepath.Join(home, "logins"),
		"SESAME_TOKEN_ENV_EXAMPLE_COM=" + envToken,
	}
	secret := filepath.Join(home, "secret")
	if err := os.WriteFile(secret, []byte(staticToken+"\n"), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(h.Config, h.configuration(routes, secret), 0o600); err != nil {
		return nil, err
	}
	_, err := issuer.Login(filepath.Join(home, "logins"))
	return h, err
}

// configuration returns one route to pyx, and all others to static. Where they are too many for the 4 MiB
// that a configuration has at most, they are written as short as may be.
func (h *House) configuration(routes int, secret string) []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "[[route]]\nmatch = %q\nprovider = \"pyx\"\n", h.Issuer.URL+"/routed")
	for i := range routes - 1 {
		if routes <= 10_000 || i == 0 {
			fmt.Fprintf(&text, "[[route]]\nmatch = \"r%04d.example.com\"\nprovider = \"static\"\noptions = { secret_file = %q }\n", i, secret)
			continue
		}
		fmt.Fprintf(&text, "[[route]]\nmatch=\"%s.h\"\nprovider=\"env\"\n", strconv.FormatInt(int64(i), 36))
	}
	return []byte(text.String())
}

// A Scene is one request to one front, and how its answer is known to be right.
type Scene struct {
	Program Program
	good    func(answer string) bool
}

// The requests, by what answers them.
const (
	BuiltIn = "built-in route" // a token in the store
	Routed  = "configured route"
	Env     = "env"
	Static  = "static"
)

// Scene returns the scene in which a front of the protocol (bazel, git or docker) is asked
// for one of the requests above.
func (h *House) Scene(protocol, request string) (Scene, error) {
	token := ""
	url := h.Issuer.URL + "/simple"
	switch request {
	case Routed:
		url = h.Issuer.URL + "/routed"
	case Env:
		url, token = "https://env.example.com/simple", envToken
	case Static:
		url, token = "https://r0000.example.com/simple", staticToken
	}
	input := filepath.Join(h.home, protocol+"-"+strings.ReplaceAll(request, " ", "-"))
	scene := Scene{
		Program: Program{
			Path: filepath.Join(h.bin, protocol+"-credential-sesame"), Args: []string{"get"},
			Env: h.Env, Input: input,
		},
		good: func(answer string) bool {
			if token != "" {
				return strings.Contains(answer, token)
			}
			return h.Issuer.Accepts(tokenIn(answer))
		},
	}
	return scene, os.WriteFile(input, []byte(asks(protocol, url)), 0o600)
}

func asks(protocol, url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	switch protocol {
	case "git":
		return "protocol=" + scheme + "\nhost=" + host + "\npath=" + path + "\n\n"
	case "docker":
		return url
	}
	return fmt.Sprintf(`{"uri":%q}`, url)
}

// tokenIn returns what looks like a JWT in an answer of any protocol.
func tokenIn(answer string) string {
	from := strings.Index(answer, "eyJ")
	if from < 0 {
		return ""
	}
	rest := answer[from:]
	end := strings.IndexFunc(rest, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && !(r >= '0' && r <= '9') && !(r|0x20 >= 'a' && r|0x20 <= 'z')
	})
	if end < 0 {
		return rest
	}
	return rest[:end]
}

// Check says what is wrong with an answer.
func (s Scene) Check(answer string) error {
	if !s.good(answer) {
		return fmt.Errorf("%s: the answer has no good token: %q", s.Program.Path, answer)
	}
	return nil
}

// WarmUp asks twice, so that the token is in the store and the configuration compiled, and
// checks the answers.
func (s Scene) WarmUp() error {
	for range 2 {
		answer, err := s.Program.Output()
		if err != nil {
			return err
		}
		if err := s.Check(answer); err != nil {
			return err
		}
	}
	return nil
}

// Tokens returns the paths of the stored tokens.
func (h *House) Tokens() ([]string, error) {
	return filepath.Glob(filepath.Join(h.state, "*.token"))
}

// Crowd adds stored tokens that nobody asks for, until there are n.
func (h *House) Crowd(n int) error {
	paths, err := h.Tokens()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return errors.New("no token is stored to be copied")
	}
	text, err := os.ReadFile(paths[0])
	if err != nil {
		return err
	}
	for i := range n - len(paths) {
		if err := os.WriteFile(filepath.Join(h.state, fmt.Sprintf("%064x.token", i)), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Expire makes every stored token one that has expired a minute ago, and forgets when it was last asked for.
func (h *House) Expire() error {
	paths, err := h.Tokens()
	if err != nil {
		return err
	}
	store := &filestore.Store{Dir: h.state}
	for _, path := range paths {
		key := strings.TrimSuffix(filepath.Base(path), ".token")
		record, err := store.Load(key)
		if err != nil {
			return err
		}
		expire(record)
		if err := store.Save(key, record); err != nil {
			return err
		}
	}
	return nil
}

func expire(r *core.Record) {
	const ago = time.Minute
	shift := r.Token.Expires.Sub(time.Now().Add(-ago))
	for _, t := range []*time.Time{&r.Token.Expires, &r.Token.Issued, &r.Obtained, &r.Attempt} {
		if !t.IsZero() {
			*t = t.Add(-shift)
		}
	}
}
