//go:build unix && !linux

package sdk

const knowsDumpable = false

func dumpable() bool { return false }
