package abi

import (
	"fmt"
	"sort"
)

// IoctlText gives the name of an ioctl request, or its parts as strace writes
// them when it has none: "_IOC(_IOC_READ, 0x12, 0x34, 0x8)". Where several
// requests have one number it is the name that most programs mean.
func IoctlText(cmd uint64) string {
	cmd &= 0xffffffff
	i := sort.Search(len(ioctls), func(i int) bool { return ioctls[i].value >= cmd })
	if i < len(ioctls) && ioctls[i].value == cmd {
		return ioctls[i].name
	}
	r := Ioctl(cmd)
	dir := [...]string{"_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"}[cmd>>30]
	return fmt.Sprintf("_IOC(%s, %s, %s, %s)", dir, hex(r.Type), hex(r.Nr), hex(uint64(r.Size)))
}

// IoctlParts are the parts of a request's number (asm-generic/ioctl.h). Old
// requests (TCGETS) have none: Dir and Size are 0 though they take a pointer.
type IoctlParts struct {
	Type, Nr uint64
	Dir      Dir // In: the program writes, the kernel reads (_IOC_WRITE)
	Size     int // bytes of what the argument points to
}

// Ioctl takes a request's number apart.
func Ioctl(cmd uint64) IoctlParts {
	p := IoctlParts{Type: cmd >> 8 & 0xff, Nr: cmd & 0xff, Size: int(cmd >> 16 & 0x3fff)}
	if cmd>>30&1 != 0 {
		p.Dir |= In
	}
	if cmd>>30&2 != 0 {
		p.Dir |= Out
	}
	return p
}
