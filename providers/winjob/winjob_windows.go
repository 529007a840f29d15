// Package winjob starts a program on Windows so that it can be ended with all that it started, and ends with
// the one that started it: what process groups and death signals do elsewhere. It has nothing for other systems.
//
// Not a stable API: it serves sesame's own programs.
package winjob

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"unicode/utf16"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A Job is a program and all that it starts, directly or not. When the process that has the Job
// ends, they are killed.
type Job struct {
	job     windows.Handle
	process windows.Handle
}

// Start starts cmd as its own Start does, in a job from its first moment on: a program that is put into
// one later may have started another by then. Cmd.Wait can be called afterwards. Of cmd the Path, the Args and the
// Env count, which have no default, the Dir, which is the system's folder if it is empty, since nobody else can put a library
// there, and the three streams, each an *os.File or nil. The program has no console that can be seen, and inherits no
// other handle.
func Start(cmd *exec.Cmd) (*Job, error) {
	job, err := newJob()
	if err != nil {
		return nil, err
	}
	j := &Job{job: job}
	pid, err := j.create(cmd)
	if err == nil {
		// Its id is its own as long as we have a handle of it.
		cmd.Process, err = os.FindProcess(pid)
	}
	if err != nil {
		j.Close()
		return nil, &os.PathError{Op: "start", Path: cmd.Path, Err: err}
	}
	return j, nil
}

// AwaitEnd waits for the program to end; what it started may go on.
func (j *Job) AwaitEnd() { _, _ = windows.WaitForSingleObject(j.process, windows.INFINITE) }

// Kill ends the program and all that it started.
func (j *Job) Kill() { _ = windows.TerminateJobObject(j.job, 1) }

// Close does so too, and gives up the Job. The program's own exit code remains, if it had ended.
func (j *Job) Close() {
	j.Kill()
	windows.CloseHandle(j.job)
	if j.process != 0 {
		windows.CloseHandle(j.process)
	}
}

// newJob makes a job that ends when its last handle is closed, and in which no dialogue appears for a
// program that crashes.
func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE |
		windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		windows.CloseHandle(job)
		return 0, err
	}
	return job, nil
}

// create makes the process.
func (j *Job) create(cmd *exec.Cmd) (pid int, err error) {
	// Until they are closed again, the copies could be inherited by any other program.
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	streams, err := streamsOf(cmd)
	defer closeAll(streams)
	if err != nil {
		return 0, err
	}
	attributes, err := j.attributes(streams)
	if err != nil {
		return 0, err
	}
	defer attributes.Delete()
	startup := windows.StartupInfoEx{ProcThreadAttributeList: attributes.List()}
	startup.Cb = uint32(unsafe.Sizeof(startup))
	startup.Flags = windows.STARTF_USESTDHANDLES
	startup.StdInput, startup.StdOutput, startup.StdErr = streams[0], streams[1], streams[2]
	path, err := windows.UTF16PtrFromString(cmd.Path)
	if err != nil {
		return 0, err
	}
	line, err := windows.UTF16PtrFromString(windows.ComposeCommandLine(cmd.Args))
	if err != nil {
		return 0, err
	}
	dir, err := dirOf(cmd)
	if err != nil {
		return 0, err
	}
	env, err := block(cmd.Env)
	if err != nil {
		return 0, err
	}
	const flags = windows.EXTENDED_STARTUPINFO_PRESENT | windows.CREATE_UNICODE_ENVIRONMENT |
		windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP
	var process windows.ProcessInformation
	err = windows.CreateProcess(path, line, nil, nil, true, flags, &env[0], dir, &startup.StartupInfo, &process)
	runtime.KeepAlive(streams)
	if err != nil {
		return 0, err
	}
	windows.CloseHandle(process.Thread)
	j.process = process.Process
	return int(process.ProcessId), nil
}

func dirOf(cmd *exec.Cmd) (*uint16, error) {
	dir := cmd.Dir
	if dir == "" {
		var err error
		if dir, err = windows.GetSystemDirectory(); err != nil {
			return nil, err
		}
	}
	return windows.UTF16PtrFromString(dir)
}

// attributes say which handles the process inherits, and the job that it is born in.
func (j *Job) attributes(streams []windows.Handle) (*windows.ProcThreadAttributeListContainer, error) {
	const jobList = 0x2000d // PROC_THREAD_ATTRIBUTE_JOB_LIST
	attributes, err := windows.NewProcThreadAttributeList(2)
	if err != nil {
		return nil, err
	}
	err = attributes.Update(windows.PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
		unsafe.Pointer(&streams[0]), uintptr(len(streams))*unsafe.Sizeof(streams[0]))
	if err == nil {
		err = attributes.Update(jobList, unsafe.Pointer(&j.job), unsafe.Sizeof(j.job))
	}
	if err != nil {
		attributes.Delete()
		return nil, err
	}
	return attributes, nil
}

// streamsOf returns copies of the streams that can be inherited. They are to be closed on an error too.
func streamsOf(cmd *exec.Cmd) (streams []windows.Handle, err error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	self := windows.CurrentProcess()
	for _, stream := range []any{cmd.Stdin, cmd.Stdout, cmd.Stderr} {
		file, ok := stream.(*os.File)
		if !ok && stream != nil {
			return streams, errors.New("a stream is no file")
		}
		if file == nil {
			file = null
		}
		var copied windows.Handle
		err := windows.DuplicateHandle(self, windows.Handle(file.Fd()), self, &copied, 0, true, windows.DUPLICATE_SAME_ACCESS)
		if err != nil {
			return streams, err
		}
		streams = append(streams, copied)
	}
	return streams, nil
}

func closeAll(handles []windows.Handle) {
	for _, handle := range handles {
		windows.CloseHandle(handle)
	}
}

// block returns an environment as CreateProcess wants it.
func block(env []string) ([]uint16, error) {
	var b []uint16
	for _, variable := range env {
		if strings.ContainsRune(variable, 0) {
			return nil, errors.New("an environment variable has a zero byte")
		}
		b = append(append(b, utf16.Encode([]rune(variable))...), 0)
	}
	return append(b, 0, 0), nil
}
