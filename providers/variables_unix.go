//go:build unix

package providers

// systemVariables are the common variables of this system alone.
var systemVariables []string
