package system

import "syscall"

const fstatAt = syscall.SYS_NEWFSTATAT
