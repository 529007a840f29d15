// Package setup makes a fresh Debian machine that has Go and git ready for sesame's tests, and
// runs them.
//
//	go run ./cmd/internal/setup/main.go            install what is missing, vet, test
//	go run ./cmd/internal/setup/main.go install    install what is missing
//	go run ./cmd/internal/setup/main.go bazel      make a system with Bazel, and test with it
//
// It installs Debian packages where it may, as root or with a sudo that asks no password, and says
// what to install where it may not. Clients that Debian 12 has not, or too old, it unpacks
// below .cache, from packages of a later Debian.
//
// The program is main.go, which the build of all programs leaves out: nobody wants it installed.
package setup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/sesame-auth/sesame/cmd/internal/oidc"
)

// Run does what the arguments say.
func Run(args []string) error {
	switch strings.Join(args, " ") {
	case "":
		if err := install(); err != nil {
			return err
		}
		if err := others(); err != nil {
			return err
		}
		return test()
	case "install":
		if err := install(); err != nil {
			return err
		}
		return others()
	case "bazel":
		return bazel()
	}
	return errors.New("usage: go run ./cmd/internal/setup/main.go [install|bazel]")
}

// others fetches what is in no package of this Debian.
func others() error {
	clients()
	if _, err := exec.LookPath("npm"); err != nil {
		return nil // install has said so
	}
	return oidc.Install()
}

// test is what has to pass before a change is accepted.
func test() error {
	if _, err := exec.LookPath("gcc"); err != nil {
		return errors.New("go test -race needs a C compiler; type: sudo apt-get install gcc libc6-dev")
	}
	if err := command("go", "vet", "./..."); err != nil {
		return err
	}
	return command("go", "test", "-race", "./...")
}

// command runs a program and shows what it prints.
func command(name string, args ...string) error {
	fmt.Println("+", name, strings.Join(args, " "))
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
