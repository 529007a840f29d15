// This file lets environ.go declare a function that the runtime defines.
