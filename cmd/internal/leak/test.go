package leak

import (
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// Test returns a scan of what a test's programs do in a folder, which fails the test for each leak when it is over.
// Where the tests are traced, it watches the processes too, and lets them end first. What is removed in a
// cleanup must be registered before.
func Test(t *testing.T, home string, env func() []string) *Scan {
	t.Helper()
	s := New(home, env)
	s.AddIssued()
	if programs.Traced() {
		Common() // it watches from here on
	}
	t.Cleanup(func() {
		if programs.Traced() {
			Common().AwaitEnd(home)
			s.Saw(Common().Sightings(home)...)
		}
		s.Report(t)
	})
	return s
}

// Report looks at everything and fails the test for each leak.
func (s *Scan) Report(t testing.TB) {
	t.Helper()
	for _, leak := range s.Leaks() {
		t.Error(leak)
	}
}
