package keyring

import "github.com/sesame-auth/sesame/providers"

// unlockCommand is empty: what belongs to a user is unlocked with the login.
const unlockCommand = ""

// removeCommand returns the command that removes an item.
func removeCommand(name string) string { return "cmdkey /delete:" + service + ":" + name }

// ready has nothing to look at.
func ready() error { return nil }

func explainedHere(error) *providers.Error { return nil }
