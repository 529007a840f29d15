// Package keyring has the tests of the provider static, as the plugin that sesame starts,
// against real keyrings: a Secret Service that is unlocked, locked, absent, or never answers.
package keyring
