package tracer

import (
	"fmt"
	"slices"
	"strings"
)

// A thread that waits for a disk, or for a file system's server (over the network, or a
// process, fuse(4)), often can't be interrupted; only the kernel knows where it is. To
// look at its file could hold us up too.

// kernelHolds says of a thread where in the kernel a file system holds it, or an open of
// a FIFO; "" of any other.
func kernelHolds(tid int) string {
	s, err := readStatus("/proc", tid)
	if err != nil || s.state != 'D' && s.state != 'S' {
		return ""
	}
	names := kernelPlaces(tid)
	switch places := strings.Join(names, " < "); {
	case slices.ContainsFunc(names, ofFuse):
		return "the file system waits in " + places + fuseServer()
	case slices.ContainsFunc(names, ofNetwork):
		return "the file system waits in " + places
	case s.state == 'S' && slices.Contains(names, "wait_for_partner"): // fs/pipe.c
		return "it is a FIFO, of which nobody has opened the other end"
	case s.state == 'S':
		return ""
	case places == "":
		return "the kernel does not let it be interrupted"
	default:
		return "the kernel does not let it be interrupted in " + places
	}
}

// ofFuse and ofNetwork say of a function of the kernel that it belongs to file systems
// that a process, or another machine, serves (fs/fuse, net/sunrpc, fs/nfs, fs/smb, net/9p,
// fs/ceph, fs/afs).
func ofFuse(name string) bool {
	return name == "request_wait_answer" || strings.HasPrefix(name, "fuse_")
}

func ofNetwork(name string) bool {
	for _, prefix := range []string{"rpc_", "nfs_", "nfs4_", "cifs_", "smb2_", "SMB2_", "p9_", "v9fs_", "ceph_", "afs_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// fuseServer names the processes that serve file systems, "" where none is seen. More
// than a few are named by none.
func fuseServer() string {
	const few = 3
	pids := holders(func(_, to string) bool { return to == "/dev/fuse" })
	if len(pids) == 0 || len(pids) > few {
		return ""
	}
	var who []string
	for _, pid := range pids {
		who = append(who, fmt.Sprintf("%s[%d]", commOf(pid), pid))
	}
	return " for its server " + strings.Join(who, " or ")
}

// kernelPlaces are the functions of the kernel that a thread is in, the innermost first:
// of its stack, which root may read, else the first.
func kernelPlaces(tid int) []string {
	stack, _ := readFile(procPath("/proc", tid, "stack"))
	if names := kernelFunctions(stack); len(names) > 0 {
		return names
	}
	wchan, _ := readFile(procPath("/proc", tid, "wchan"))
	if names := strings.Fields(string(wchan)); len(names) > 0 && names[0] != "0" {
		return names
	}
	return nil
}

// kernelFunctions are the first functions of /proc/PID/stack (proc_pid_stack(5)):
// "[<0>] percpu_rwsem_wait+0x15f/0x1d0\n[<0>] mnt_want_write+0x96/0xc0\n…".
func kernelFunctions(stack []byte) (names []string) {
	const few = 3
	for line := range strings.Lines(string(stack)) {
		_, place, ok := strings.Cut(line, "] ")
		name, _, _ := strings.Cut(strings.TrimSpace(place), "+")
		if ok && name != "" && len(names) < few {
			names = append(names, name)
		}
	}
	return names
}
