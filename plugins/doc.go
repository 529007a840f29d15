// Package plugins is the seam between sesame and a provider that runs in a process of
// its own. It has no code: plugins/sdk is for those who write a plugin, plugins/host
// is for sesame, which starts one, and plugins/internal/wire is what the two say to
// each other. The executables that sesame brings lie beside them.
//
// The tests here run the conformance suite of providers over every way there is to
// ask a provider.
package plugins
