package main

// heldLock tells of a lock that is held: by whom, and for how long, the system does not tell.
func heldLock(path string) []finding {
	return heldBySomebody(path, `tasklist /fi "imagename eq sesame.exe"`)
}
