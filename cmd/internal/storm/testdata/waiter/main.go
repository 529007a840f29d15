// Command waiter takes the lock of a file, says when, and holds it until its stdin ends. It is the least that can
// be done after a kill.
package main

import (
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

func main() {
	file, err := os.OpenFile(os.Args[1], os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "waiter:", err)
		os.Exit(1)
	}
	fmt.Println(time.Now().UnixNano())
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = file.Close()
}
