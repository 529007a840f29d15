//go:build unix

package front

import _ "unsafe" // for go:linkname

// runtimeArgs returns the arguments of the program, its name first: what os.Args is set
// from, without package os, whose initialisers cost a front 4 % of its CPU time.
//
//go:linkname runtimeArgs os.runtime_args
func runtimeArgs() []string
