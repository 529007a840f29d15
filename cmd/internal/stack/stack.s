// func room()
TEXT ·room(SB), 0, $8192-0
	RET
