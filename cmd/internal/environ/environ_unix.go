//go:build unix

// Package environ reads the environment for what runs in a front.
package environ

import _ "unsafe" // for go:linkname

// runtimeEnvs returns a copy of the environment that the process was started with: what
// package syscall makes a map of at its first use. A front reads a dozen variables once,
// and the map costs more than that.
//
//go:linkname runtimeEnvs syscall.runtime_envs
func runtimeEnvs() []string

var environment []string

// Get returns the value of a variable; "" if it is not set. See [Lookup].
func Get(name string) string {
	value, _ := Lookup(name)
	return value
}

// Lookup returns the value of a variable, and whether it is set: it may be set and empty. It is not for several
// goroutines at once, nor for a process that changes its environment.
func Lookup(name string) (value string, set bool) {
	if environment == nil {
		environment = runtimeEnvs()
	}
	for _, pair := range environment {
		if len(pair) > len(name) && pair[len(name)] == '=' && pair[:len(name)] == name {
			return pair[len(name)+1:], true
		}
	}
	return "", false
}
