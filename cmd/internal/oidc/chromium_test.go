//go:build linux

package oidc

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// A chromium is a real browser without a window, told what to do by the Chrome DevTools Protocol over a pair of
// pipes: messages of JSON, each with a NUL after it. It reaches no address but 127.0.0.1.
type chromium struct {
	t        *testing.T
	commands *os.File
	messages chan message // closed when the browser ends
	serial   int
}

// startChromium starts a browser that ends with the test.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	programs.Need(t, "chromium-headless-shell", "chromium-headless-shell")
	readCommands, commands, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	events, writeEvents, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	browser := exec.Command("chromium-headless-shell", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir="+home)
	browser.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}
	browser.ExtraFiles = []*os.File{readCommands, writeEvents}
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the program is a script, with children
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	readCommands.Close()
	writeEvents.Close()
	t.Cleanup(func() {
		_ = syscall.Kill(-browser.Process.Pid, syscall.SIGKILL)
		_ = browser.Wait()
		commands.Close()
		events.Close()
	})
	c := &chromium{t: t, commands: commands, messages: make(chan message)}
	go c.read(events)
	return c
}

// read passes on what the browser says, until it ends or the test does.
func (c *chromium) read(events io.Reader) {
	defer close(c.messages)
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 16<<20)
	lines.Split(untilNUL)
	for lines.Scan() {
		var m message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return // which whoever waits for more is told
		}
		select {
		case c.messages <- m:
		case <-c.t.Context().Done():
			return
		}
	}
}

func untilNUL(data []byte, _ bool) (advance int, token []byte, err error) {
	if end := bytes.IndexByte(data, 0); end >= 0 {
		return end + 1, data[:end], nil
	}
	return 0, nil, nil
}

// A message is an answer to a command, or an event.
type message struct {
	ID     int
	Method string
	Result json.RawMessage
	Error  *struct{ Message string }
}

// send sends a command; session is the page's, "" for the browser's own.
func (c *chromium) send(session, method string, params map[string]any) (id int) {
	c.serial++
	command := map[string]any{"id": c.serial, "method": method, "params": params}
	if session != "" {
		command["sessionId"] = session
	}
	text, err := json.Marshal(command)
	if err == nil {
		_, err = c.commands.Write(append(text, 0))
	}
	if err != nil {
		c.t.Errorf("chromium: %s: %v", method, err)
	}
	return c.serial
}

// call sends a command and decodes its answer into result. Events meanwhile are dropped.
func (c *chromium) call(session, method string, params map[string]any, result any) error {
	id := c.send(session, method, params)
	for m := range c.messages {
		switch {
		case m.ID != id:
		case m.Error != nil:
			return errors.New("chromium: " + method + ": " + m.Error.Message)
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
	return errors.New("chromium: " + method + ": the browser has ended")
}

// act is what a person does on a page: write a name and a password where there are fields for them, and
// press the first button. A page that sends itself has none.
const act = `
for (const field of document.querySelectorAll('input[name=login], input[name=password]')) field.value = 'ann';
document.querySelector('[type=submit]')?.click();
`

// visit opens a page, and acts on every page that comes, until ctx ends.
func (c *chromium) visit(ctx context.Context, page string) {
	var target struct{ TargetID string }
	var attached struct{ SessionID string }
	err := c.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	if err == nil {
		err = c.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	}
	if err == nil {
		err = c.call(attached.SessionID, "Page.enable", nil, &struct{}{})
	}
	if err != nil {
		c.t.Error(err)
		return
	}
	c.send(attached.SessionID, "Page.navigate", map[string]any{"url": page})
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-c.messages:
			if !ok {
				c.t.Error("chromium: the browser has ended")
				return
			}
			if m.Method == "Page.loadEventFired" {
				c.send(attached.SessionID, "Runtime.evaluate", map[string]any{"expression": act})
			}
		}
	}
}
