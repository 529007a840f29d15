//go:build bazelreal

package endtoend_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// An ask is one start of the helper.
type ask struct {
	server string // the process of Bazel that started it
	uri    string
}

// A keptBazel is a Bazel whose server is kept from one command to the next.
type keptBazel struct {
	*realBazel
	holder *exec.Cmd
	builds int
}

// keepBazel keeps the system's /proc for all commands. Bazel starts a server anew that it does not find there.
func keepBazel(t *testing.T, real *realBazel) *keptBazel {
	t.Helper()
	b := &keptBazel{realBazel: real}
	b.holder = exec.Command("unshare", "--mount", "sh", "-c", `mount -t proc proc "$0/proc" && echo ready && exec sleep infinity`, b.root)
	ready, err := b.holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.holder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = b.bazel("shutdown")
		_ = b.holder.Process.Kill()
		_ = b.holder.Wait()
	})
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *keptBazel) bazel(args ...string) ([]byte, error) {
	return b.inside("bazel", append([]string{"--output_user_root=" + b.dir + "/out"}, args...)...)
}

// inside runs a program in the system.
func (b *keptBazel) inside(name string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	line := []string{"--mount=/proc/" + strconv.Itoa(b.holder.Process.Pid) + "/ns/mnt", "chroot", b.root, "sh", "-c",
		`cd "$0" && exec "$@"`, b.dir + "/w", "env", "-i"}
	line = append(append(line, b.env...), name)
	return exec.CommandContext(ctx, "nsenter", append(line, args...)...).CombinedOutput()
}

// helped is a Bazel whose helper writes down each ask, and answers the token in a file with an expiry
// that is far ahead.
func helped(t *testing.T) *keptBazel {
	t.Helper()
	pyx := pyxtest.New(pyxtest.Config{})
	t.Cleanup(pyx.Close)
	b := keepBazel(t, newRealBazel(t, pyx, time.Hour))
	b.write("w/helper", `#!/bin/sh
echo "$PPID $(cat)" >>`+b.dir+`/asks
echo "{\"headers\":{\"Authorization\":[\"Bearer $(cat `+b.dir+`/token)\"]},\"expires\":\"2099-01-01T00:00:00Z\"}"
`, 0o755)
	b.write("token", "first", 0o644)
	return b
}

// newAsks returns the asks since it was called last.
func (b *keptBazel) newAsks() (asks []ask) {
	b.t.Helper()
	content, _ := os.ReadFile(b.root + b.dir + "/asks")
	for line := range strings.Lines(string(content)) {
		server, request, _ := strings.Cut(strings.TrimSpace(line), " ")
		var r struct{ URI string }
		if err := json.Unmarshal([]byte(request), &r); err != nil {
			b.t.Fatalf("%q: %v", line, err)
		}
		asks = append(asks, ask{server, r.URI})
	}
	b.write("asks", "", 0o644)
	return asks
}

// build changes every action, and builds with the further arguments.
func (b *keptBazel) build(args ...string) ([]byte, error) {
	b.builds++
	b.write("w/BUILD", fmt.Sprintf(`[genrule(name = "g%%d" %% i, outs = ["o%%d" %% i], cmd = "sleep 0.3; echo %%d-%d > $@" %% i)`+
		" for i in range(%d)]\n", b.builds, actions), 0o644)
	return b.bazel(append([]string{"build", "--noenable_bzlmod", "--enable_workspace", "--jobs=1",
		"--spawn_strategy=local", "--credential_helper=%workspace%/helper", "//:all"}, args...)...)
}

// Bazel says to no helper that a token was refused; all it does is to ask again, long before the expiry that it
// was told. This test is why sesame does not take that for a refusal: the same Bazel asks again for the same
// URI, after as little time, where nobody refused anything.
func TestRealBazelAsksAgainForMoreThanARefusal(t *testing.T) {
	b := helped(t)
	cache, events := newGRPCCache(t), newGRPCCache(t)
	build := func() []ask {
		t.Helper()
		if out, err := b.build("--remote_cache="+cache.url, "--bes_backend="+events.url); err != nil {
			t.Fatalf("bazel build: %v\n%s", err, out)
		}
		return b.newAsks()
	}
	of := func(asks []ask, c *grpcCache) (mine []ask) {
		for _, a := range asks {
			if strings.HasPrefix(a.uri, strings.Replace(c.url, "grpc://", "https://", 1)+"/") {
				mine = append(mine, a)
			}
		}
		return mine
	}
	asked := build()
	if len(of(asked, cache)) != 3 || len(of(asked, events)) != 1 {
		t.Errorf("the first build asks %v, want each service once", asked)
	}
	if again := build(); len(again) != 0 {
		t.Errorf("the second build asks %v", again)
	}

	cache.revokeAfter(3)
	again := build()
	_, refused := cache.counts()
	t.Logf("the cache refused %d calls; Bazel asked %d times for it", refused, len(of(again, cache)))
	if n := len(of(again, cache)); n == 0 || n >= refused || again[0].server != asked[0].server {
		t.Errorf("%d refusals, asked %v; want fewer asks than that, by the same process", refused, again)
	}
	if _, refused := events.counts(); refused != 0 || len(of(again, events)) != 1 {
		t.Errorf("the service that refused %d calls is asked for %v; want none, and once", refused, of(again, events))
	}

	if out, err := b.bazel("clean"); err != nil {
		t.Fatalf("bazel clean: %v\n%s", err, out)
	}
	b.write("token", "second", 0o644)
	events.mu.Lock()
	events.good = "second"
	events.mu.Unlock()
	if clean := build(); len(of(clean, events)) != 1 || clean[0].server != asked[0].server {
		t.Errorf("after bazel clean it asks %v; want everything again, by the same process", clean)
	}
}
