// Package endtoend holds the tests of the main job: a tool that nobody changed starts a front
// and is served. Git, docker, skopeo and, outside the usual run, Bazel are the real
// programs of this machine; what they speak to is a server on the loopback address.
//
// Everything a test writes is in a directory of its own. No test reads the developer's
// configuration of git, docker or sesame, and none reaches another machine.
package endtoend
