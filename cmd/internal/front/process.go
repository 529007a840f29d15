package front

import (
	"errors"
	"strings"
)

// A startError says that a program could not be started.
type startError struct {
	program string
	cause   error
}

func (e *startError) Error() string {
	message := "start " + e.program + ": " + e.cause.Error()
	if e.cause == errNotFound {
		message += "; install it beside " + self()
	}
	return message
}

// sibling returns the path of a program in the folder of this one. No other folder
// is searched, and PATH least of all: whoever can write there could have it started.
func sibling(name string) (string, error) {
	path := self()
	end := strings.LastIndexByte(path, separator)
	if end < 0 {
		return "", errors.New("this program's own path is not known, so " + name + " is not found: see that /proc is mounted")
	}
	return path[:end+1] + name + extension, nil
}
