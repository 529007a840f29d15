package endtoend_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A log is switched on when something does not work, and sent to people who should not have the token.
func TestNothingLeaksWhereEverythingIsLogged(t *testing.T) {
	t.Parallel()
	programs.RunTraced(t, bin)
}

// A search of logs that nobody wrote finds nothing.
func TestTracedSandboxHasALogOfAllPrograms(t *testing.T) {
	t.Parallel()
	if !programs.Traced() {
		t.Skip("there is no log")
	}
	server, pyx := newPyxGitServer(t, pyxtest.Config{})
	s := newSandbox(t)
	loginPyx(s, pyx, -time.Minute)
	checkAnswer(t, s.run(`{"uri":"`+server.url+`"}`, bazelFront, "get"))
	log, err := os.ReadFile(s.env["SESAME_LOG_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"refreshing", "served"} {
		if !strings.Contains(string(log), want) {
			t.Errorf("the log does not tell %q:\n%s", want, log)
		}
	}
}
