package keyring

import "github.com/sesame-auth/sesame/providers"

// unlockCommand asks for the password of the login keychain.
const unlockCommand = "security unlock-keychain"

// removeCommand returns the command that removes an item.
func removeCommand(name string) string {
	return "security delete-generic-password -s " + service + " -a '" + name + "'"
}

// ready has nothing to look at: whether the keychain would ask is not to be seen before.
func ready() error { return nil }

func explainedHere(error) *providers.Error { return nil }
