package sdk

import (
	"fmt"
	"os"
)

// harden takes the stdin of another program from the process. Of the rest, what there is on Unix is not to be had here:
// see Serve.
func harden() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("stdin: %w", err)
	}
	os.Stdin = null
	return nil
}
