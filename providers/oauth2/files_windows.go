package oauth2

import "io/fs"

const nonblocking = 0

// checkOwner checks nothing: the mode bits of Windows do not say who may read a file.
func checkOwner(string, fs.FileInfo) error { return nil }
