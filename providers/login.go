package providers

import "context"

// A LoginProvider is a [Provider] that a person can log in to: "sesame login URL" calls it.
// It is optional.
type LoginProvider interface {
	Provider
	// Login has a person log in, and returns the first token, which the core stores as if
	// Token had returned it. It tells the person what to do by show, which may be called any
	// number of times, and gives up when ctx ends: that is the person's time limit.
	Login(ctx context.Context, req Request, show func(Step)) (*Token, error)
	// Logout drops what the provider itself keeps of a login, outside req.Previous, and
	// has the issuer revoke what it can. The core removes its own record afterwards, even
	// if Logout fails. That nobody is logged in is no error.
	Logout(ctx context.Context, req Request) error
}

// A Step is one thing that a person is told during a login. Its texts hold no secret but
// the URL and the code, which are the person's to see.
type Step struct {
	// Open is a page to open in a browser, https or http on loopback; "" for none. The program
	// opens it where it can, and prints it in any case.
	Open string
	// Code is what to type on that page; "" where there is nothing to type.
	Code string
	// Message says what is going on, in lower case: "waiting for the login to be confirmed".
	Message string
}
