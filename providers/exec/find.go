package exec

import "os"

// Find returns the executable that a route's command would start, looked up in path, the variable PATH. The error is
// what [Provider.Token] would say: it is not there, or somebody else could replace it.
func Find(name, path string) (string, error) { return find(name, path, os.Geteuid()) }
