package host

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/windows"
)

// encrypt is true: go-plugin listens on a port of loopback here, which every user of the machine can connect to, or
// take before the plugin does.
const encrypt = true

// dirPrefix begins the name of our directory; the host's process number follows.
const dirPrefix = "sesame-"

// socketDir makes a fresh directory in temp, for go-plugin, which puts an empty one into it.
func socketDir(temp string) (string, error) {
	sweep(temp)
	dir, err := os.MkdirTemp(temp, dirPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", fmt.Errorf("a directory for it: %w", err)
	}
	return dir, nil
}

// sweep removes what hosts that were killed left in temp, if it is empty.
func sweep(temp string) {
	left, _ := filepath.Glob(filepath.Join(temp, dirPrefix+"*-*"))
	for _, dir := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
		pid, err := strconv.ParseUint(number, 10, 32)
		if err != nil || isProcess(uint32(pid)) {
			continue
		}
		inner, _ := filepath.Glob(filepath.Join(dir, "plugin-dir*"))
		for _, name := range append(inner, dir) {
			_ = os.Remove(name)
		}
	}
}

// isProcess reports whether there may be a process of that number. One that has ended has it as long as somebody
// has a handle of it.
func isProcess(pid uint32) bool {
	handle, err := windows.OpenProcess(windows.SYNCHRONIZE, false, pid)
	if err != nil {
		return !errors.Is(err, windows.ERROR_INVALID_PARAMETER)
	}
	defer windows.CloseHandle(handle)
	event, err := windows.WaitForSingleObject(handle, 0)
	return err != nil || event != windows.WAIT_OBJECT_0
}

// checkAddress refuses any address but a port of loopback whose certificate came with the handshake: by it the
// host knows the plugin, which knows the host by another.
func (p *process) checkAddress(network, address string) error {
	port, err := netip.ParseAddrPort(address)
	if network != "tcp" || err != nil || !port.Addr().IsLoopback() {
		return fmt.Errorf("listens on %s %s: want a port of 127.0.0.1", network, address)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if fields := strings.Split(p.line, "|"); len(fields) < 6 || fields[5] == "" {
		return errors.New("offers a connection that is not encrypted, which every user of this machine can reach: " +
			"want the certificate that PLUGIN_CLIENT_CERT asks for")
	}
	return nil
}

// closeOnExec does nothing: a process inherits only the handles that it is given.
func closeOnExec() {}
