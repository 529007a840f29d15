// This file lets args.go declare a function that the runtime defines.
