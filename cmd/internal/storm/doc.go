// Package storm has the tests that harm real processes, files and servers, and count what is
// lost: nothing is.
//
// The small size is part of every test run. STORM=full kills some two thousand processes.
// FAULT=full also tries what takes a minute each, and the build tag faults adds broken system
// calls and disks, for which it wants Linux, root and strace. Each test prints what it did and what
// came of it.
package storm
