// Package shell writes commands for a person to type into the shell of this system.
package shell
