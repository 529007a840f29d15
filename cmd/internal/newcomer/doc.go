// Package newcomer is the way of somebody who has never seen sesame, as tests: the Debian package is built and unpacked, only what is in
// it and the system's own programs are on the PATH, the home folder is empty, and what is typed is what the README says, or
// what sesame itself has said before.
package newcomer
