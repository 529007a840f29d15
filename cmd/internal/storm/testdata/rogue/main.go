// Command rogue is a plugin that does what no plugin should: its option "behave" says what.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers"
)

const (
	startVariable = "ROGUE_START" // what to do before the handshake
	childVariable = "ROGUE_CHILD" // set in a child of the plugin
)

func main() {
	if os.Getenv(childVariable) != "" {
		time.Sleep(time.Hour)
	}
	switch os.Getenv(startVariable) {
	case "/exit":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(3)
	case "/print":
		fmt.Println("hello, world")
	case "/sleep":
		time.Sleep(time.Hour)
	}
	sdk.Serve(rogue{})
}

type rogue struct{}

type options struct {
	Behave string `option:"behave"`
	Flood  int    `option:"flood"` // in MiB
}

// Token does what the option says, and then answers, if it still can.
func (rogue) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	var o options
	if err := req.Options.Decode(&o); err != nil {
		return nil, err
	}
	size := 16
	switch o.Behave {
	case "hang":
		time.Sleep(time.Hour) // whatever ctx says
	case "crash":
		fmt.Fprintln(os.Stderr, "the roof is on fire")
		os.Exit(3)
	case "panic":
		panic("the roof is on fire")
	case "stdout":
		io.Copy(os.Stdout, io.LimitReader(lines{}, int64(o.Flood)<<20))
	case "stderr":
		io.Copy(os.Stderr, io.LimitReader(lines{}, int64(o.Flood)<<20))
	case "child":
		child()
	case "leave":
		child()
		os.Exit(0)
	case "large":
		size = 20 << 10
	}
	now := time.Now()
	return &providers.Token{
		Value: providers.NewSecret("rogue-" + strings.Repeat("x", size)), Scheme: providers.Bearer,
		Issued: now, Expires: now.Add(time.Hour), State: providers.NewSecret("refresh-" + now.String()),
	}, nil
}

// child starts a process that holds the plugin's pipes.
func child() {
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{os.Args[0], "child"}
	cmd.Env = []string{childVariable + "=1"}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "start a child:", err)
	}
}

// lines is a file of short lines without end.
type lines struct{}

func (lines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
		if i%100 == 99 {
			p[i] = '\n'
		}
	}
	return len(p), nil
}
