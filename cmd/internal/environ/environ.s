// This file lets environ_unix.go declare a function that the runtime defines.
