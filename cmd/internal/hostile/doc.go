// Package hostile holds the tests against those who mean harm: a repository that names tricky URLs, a
// tool that writes anything to stdin, a file that others can write, a plugin that was exchanged.
// They start the real programs. docs/security.md names them.
package hostile
