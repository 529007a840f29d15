//go:build unix

package host

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// The plugin's child must not live on: it may hold the token, and the lock.
func TestCloseKillsTheWholeGroup(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	w.ask(p, request("/child"))
	p.Close()
	w.nothingLeft(2)
}

// A plugin that does not end when it is asked to is killed.
func TestCloseKillsAPluginThatStays(t *testing.T) {
	t.Run("its main goes on", func(t *testing.T) {
		w := newWorld(t, "/linger")
		w.limits.stop = 10 * time.Millisecond
		w.open().Close()
		w.nothingLeft(1)
	})
	t.Run("it is stopped", func(t *testing.T) {
		w := newWorld(t, "/good")
		w.limits.stop = 10 * time.Millisecond
		p := w.open()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := p.Token(ctx, request("/stop")); err == nil {
			t.Error("it answered")
		}
		p.Close()
		w.nothingLeft(1)
	})
}

// Linux sends the death signal when the thread ends that started the plugin.
func TestPluginOutlivesTheThreadThatOpenedIt(t *testing.T) {
	w := newWorld(t, "/raw")
	var p *Provider
	var err error
	onDyingThread(func() { p, err = open(t.Context(), w.plugin, w.limits) })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for range 100 { // whichever thread it was
		onDyingThread(func() {})
	}
	for range 100 {
		w.ask(p, request("/token"))
		time.Sleep(time.Millisecond) // the threads have time to end
	}
}

// onDyingThread calls f on a thread that ends after it, as one does whose goroutine
// leaves it locked.
func onDyingThread(f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.LockOSThread()
		f()
	}()
	<-done
}

// A plugin whose host was killed would wait for ever, with a refresh token in its memory.
func TestPluginEndsWithAHostThatIsKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("elsewhere the sdk watches its parent, which its own test shows")
		return
	}
	w := newWorld(t, "/good")
	host := exec.Command(w.plugin.Path)
	host.Env = append(w.plugin.Env, behaviourVariable+"=/host", "TEST_EXECUTABLE="+w.plugin.Path, "TMPDIR="+w.temp)
	host.Stderr = os.Stderr
	stdout, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the host says %q, error %v", line, err)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	w.nothingLeft(2)
}
