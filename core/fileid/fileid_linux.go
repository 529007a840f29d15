package fileid

import (
	"syscall"

	"github.com/sesame-auth/sesame/core/system"
)

// Of returns the identity of the file that path leads to, symbolic links followed. It
// changes whenever the file is written, replaced, or given another owner or mode, and has no
// blanks. One that cannot be reached has an identity too, which begins with "error"; exists is false if
// nothing has that name.
func Of(path string) (identity string, exists bool) {
	var st syscall.Stat_t
	if err := system.Stat(path, &st); err != nil {
		return unreachable(err), err != syscall.ENOENT && err != syscall.ENOTDIR
	}
	return join(int64(st.Dev), int64(st.Ino), st.Size, int64(st.Mtim.Sec), int64(st.Mtim.Nsec),
		int64(st.Ctim.Sec), int64(st.Ctim.Nsec)), true
}
