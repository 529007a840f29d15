// Package environ reads the environment for what runs in a front.
package environ

import "syscall"

// Get returns the value of a variable; "" if it is not set. Upper and lower case are the same.
func Get(name string) string {
	value, _ := Lookup(name)
	return value
}

// Lookup returns the value of a variable, and whether it is set. Upper and lower case are the same.
func Lookup(name string) (value string, set bool) { return syscall.Getenv(name) }
