// This file lets args_unix.go declare a function that the runtime defines.
