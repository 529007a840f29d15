package front

import "os"

// runtimeArgs returns the arguments of the program, its name first.
func runtimeArgs() []string { return os.Args }
