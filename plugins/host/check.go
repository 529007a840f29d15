package host

import (
	"errors"
	"strings"
)

// Check tells what [Open] would say of a plugin's executable, without starting it: whether it can
// be trusted, and has the digest that is pinned. It returns the digest that it has, in
// hexadecimal, which is what to pin; "" where the file cannot be trusted.
func Check(p Plugin) (digest string, err error) {
	provider := &Provider{plugin: p, filter: newFilter(nil)}
	p.SHA256 = "" // the digest is wanted even if it is not the pinned one
	program, err := openProgram(p, "")
	if err != nil {
		return "", provider.fail(err)
	}
	digest, err = digestOf(program.file)
	if err := errors.Join(err, program.Close()); err != nil {
		return "", provider.fail(err)
	}
	if want := provider.plugin.SHA256; want != "" {
		// The comparison that Open makes, on a digest instead of a file.
		err = compare(p.Path, digest, want)
	}
	if err != nil {
		return digest, provider.fail(err)
	}
	return digest, nil
}

// compare returns an error with the repair where a digest is not the pinned one.
func compare(name, got, want string) error {
	if got == strings.ToLower(want) {
		return nil
	}
	return &repairError{
		cause: "its SHA-256 is " + got + ", the configuration pins " + want +
			"; if it was you who changed the file, pin the new one",
		command: "sesame plugins pin " + word(name),
	}
}

// A repairError is an error that a person can repair with a command.
type repairError struct {
	cause   string
	command string
}

// Error returns the cause.
func (e *repairError) Error() string { return e.cause }
