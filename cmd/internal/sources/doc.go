// Package sources has one test, a table: every tool is served from every source of tokens. The tools
// are played by the bytes that they send, the sources are servers of the test's own, helpers of
// other makers, files and variables; the programs between them are the real ones.
package sources
