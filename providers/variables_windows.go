package providers

// systemVariables are the common variables of this system alone: without SystemRoot no program reaches the network.
var systemVariables = []string{
	"SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "TEMP", "TMP",
	"USERNAME", "USERDOMAIN", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA",
	"ProgramData", "ALLUSERSPROFILE", "ProgramFiles", "ProgramFiles(x86)", "CommonProgramFiles",
}
