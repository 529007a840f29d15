// Package reference holds the tables of the manual to the code: the keys of the configuration, the environment
// variables, the options of the providers. Those of docs/configuration.md are written by "go generate" here.
package reference

//go:generate go test . -run TestConfigurationPage -update
