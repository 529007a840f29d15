package sdk

import "golang.org/x/sys/windows"

// endWithParent calls end once the process that started this one has ended. sesame's job ends a plugin together with
// sesame; this is for a host that has none.
func endWithParent(getppid func() int, end func()) {
	parent, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(getppid()))
	if err == windows.ERROR_INVALID_PARAMETER { // there is no such process any more
		end()
		return
	}
	if err != nil {
		return // of another user, say: it cannot be watched
	}
	go func() {
		_, _ = windows.WaitForSingleObject(parent, windows.INFINITE)
		end()
	}()
}
