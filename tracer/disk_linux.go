package tracer

import "strings"

// A thread that waits for a disk, or for a file system over the network, can't be
// interrupted; only the kernel knows where it is.

// kernelHolds says of a thread that sleeps uninterruptibly where in the kernel that is,
// "" of any other. To look at its file could hold us up too.
func kernelHolds(tid int) string {
	if s, err := readStatus("/proc", tid); err != nil || s.state != 'D' {
		return ""
	}
	stack, _ := readFile(procPath("/proc", tid, "stack")) // for root
	names := kernelFunctions(stack)
	if len(names) == 0 {
		wchan, _ := readFile(procPath("/proc", tid, "wchan"))
		if names = strings.Fields(string(wchan)); len(names) == 0 || names[0] == "0" {
			return "the kernel does not let it be interrupted"
		}
	}
	return "the kernel does not let it be interrupted in " + strings.Join(names, " < ")
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
