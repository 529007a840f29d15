// Package herd has the tests that start many processes at once: real fronts, the real
// refresher and the real plugin, against a server that spends each refresh token once.
package herd
