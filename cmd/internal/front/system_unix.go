//go:build unix

package front

import (
	"strings"
	"syscall"
)

const (
	separator   = '/' // of a path's parts
	extension   = ""  // of a program
	errNotFound = syscall.ENOENT
)

func isAbs(path string) bool { return strings.HasPrefix(path, "/") }
