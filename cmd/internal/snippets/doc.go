// Package snippets runs what the documentation says, as tests: every fenced block of README.md and of docs is typed, read or
// compared, and every command in backquotes is one that there is. A block that nobody runs is a failure. A page is a machine
// of its own, with an empty home folder, on which its blocks are done from the top to the bottom.
//
// Nothing has to be said here of a block that a reader can type as it stands. What the others need is in the table pages.
package snippets
