package core

import "github.com/sesame-auth/sesame/providers"

// An Answer is a token for a tool, and where it comes from.
type Answer struct {
	// Token is the token; see [protocols.Answer] for what its fields then mean.
	Token *providers.Token
	// Origin says where it comes from.
	Origin Origin
	// Path is the path that a kept token was kept for.
	Path string
	// Exclusive is the route's, beside an error too.
	Exclusive bool
}

// An Origin says where a token comes from.
type Origin int

// The origins.
const (
	Minted Origin = iota // obtained since the tool asked
	Stored               // in the store before: if its server refuses it, another can be had
	Passed               // from a provider that is asked every time
	Kept                 // as a tool handed it in
)
