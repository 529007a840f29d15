package leak

import (
	"slices"
	"strings"
)

// A Sighting is what everybody on the machine, or its owner, can see of a process.
type Sighting struct {
	Program   string // the name of its executable
	Arguments string // as in /proc/PID/cmdline, each with a zero byte behind it
	Environ   string // as in /proc/PID/environ; "" if it cannot be read
}

// lookAt looks at the arguments of a process, and at those of its variables that it was not started
// with by the test. A plugin may have only its own provider's.
func (s *Scan) lookAt(search *search, seen Sighting) {
	search.look("an argument of "+seen.Program, seen.Arguments)
	given := s.env()
	for variable := range strings.SplitSeq(seen.Environ, "\x00") {
		name, value, _ := strings.Cut(variable, "=")
		if !slices.Contains(given, variable) || !mayHave(seen.Program, name) {
			search.look("the variable "+name+" of "+seen.Program, value)
		}
	}
}

// mayHave reports whether a program may be given a variable that holds a secret. A plugin's own variables begin
// with its name, but for those that pyx has from uv.
func mayHave(program, variable string) bool {
	name := strings.TrimPrefix(program, "sesame-provider-")
	return mayHaveAll(program) || strings.HasPrefix(variable, strings.ToUpper(name)+"_") ||
		name == "pyx" && strings.HasPrefix(variable, "UV_")
}

// mayHaveAll reports whether a program has the environment of those who start it, people and tools; so does the
// refresher.
func mayHaveAll(program string) bool {
	return program == "sesame" || strings.HasSuffix(program, "-credential-sesame")
}
