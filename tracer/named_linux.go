package tracer

import (
	"path"
	"slices"
	"strings"
)

// Named gives the processes of a name, in order of their numbers: that of the program
// or script, as ps -e and pidof have it. Zombies, and what stracex itself comes from,
// are none of them.
func Named(name string) (pids []int) {
	own := barred()
	for _, pid := range numbers("/proc") {
		if !own[pid] && hasName(pid, name) {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// maxComm is the room for a thread's name (TASK_COMM_LEN, without its zero byte).
const maxComm = 15

// hasName: the kernel's name of a process may have been cut, or changed. Of a script
// it is the script's, whose argv begins with the interpreter.
func hasName(pid int, name string) bool {
	s, err := readStatus("/proc", pid)
	if err != nil || s.state == 'Z' {
		return false
	}
	is := func(file string) bool { return path.Base(file) == name }
	argv := splitArgv(readAll("/proc", pid, "cmdline"))
	switch cut := len(s.name) == maxComm && strings.HasPrefix(name, s.name); {
	case s.name == name, is(readLink(procPath("/proc", pid, "exe"))), len(argv) > 0 && is(argv[0]):
		return true
	case cut:
		return len(argv) > 1 && is(argv[1])
	}
	return false
}
