package tracer

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// lockedBy names who holds the lock on a file that a thread waits for. A lock of
// flock(2) outlives the process that took it, where others have the same
// descriptor.
func lockedBy(t *thread, file string) string {
	pid := lockHolder(t.tid, t.pid)
	if name := commOf(pid); pid != 0 && name != "" {
		return fmt.Sprintf("the lock is held by %s[%d]", name, pid)
	}
	for _, other := range holders(func(fd, target string) bool { return target == file && hasLock(fd) }) {
		name := commOf(other)
		switch {
		case other == t.pid || name == "":
		case pid == 0: // of an open file description, which has no process
			return fmt.Sprintf("the lock is held by %s[%d]", name, other)
		default:
			return fmt.Sprintf("the process that took the lock has ended, and the file is still open in %s[%d]", name, other)
		}
	}
	return ""
}

// hasLock says whether a descriptor, or another name of it, was used to lock its file
// (proc_pid_fdinfo(5)).
func hasLock(fd string) bool {
	data, _ := readFile(fdinfo(fd))
	return bytes.Contains(data, []byte("\nlock:"))
}

// locksFile is read in pages: the kernel finds its place again by counting lines, and
// a lock that is given back meanwhile hides another.
const locksFile = "/proc/locks"

// lockHolder finds in /proc/locks (proc_locks(5)) who has the lock that a thread
// waits for: the waiting ones stand below it, with an arrow. 0 when nobody is found.
func lockHolder(tid, pid int) int {
	data, _ := readFile(locksFile)
	return parseLocks(data, tid, pid)
}

func parseLocks(data []byte, tid, pid int) (holder int) {
	const id, arrow, owner = 0, 1, 4
	number := ""
	for line := range bytes.Lines(data) {
		f := strings.Fields(string(line))
		if len(f) <= owner+1 {
			continue
		}
		if f[arrow] != "->" {
			number = f[id]
			holder, _ = strconv.Atoi(f[owner])
			continue
		}
		if who, err := strconv.Atoi(f[owner+1]); err == nil && (who == tid || who == pid) && f[id] == number {
			return max(holder, 0)
		}
	}
	return 0
}

// leaseHolder names who does not give back the lease on the file that a process is
// blocked in opening (F_SETLEASE in fcntl(2)).
func leaseHolder(t *thread) string {
	data, _ := readFile(locksFile)
	if !bytes.Contains(data, []byte(" BREAKING ")) {
		return "" // what is opened is not looked at without need: a file system may not answer
	}
	name, _, ok := opening(t.pid)
	var st unix.Stat_t
	if !ok || unix.Stat(name, &st) != nil {
		return ""
	}
	if pid := parseLeases(data, fmt.Sprintf("%02x:%02x:%d", unix.Major(st.Dev), unix.Minor(st.Dev), st.Ino)); pid != 0 {
		return fmt.Sprintf("the lease on it is held by %s[%d], which was asked to give it back", commOf(pid), pid)
	}
	return ""
}

// parseLeases finds who is to give back the lease on a file, 0 for nobody.
func parseLeases(data []byte, file string) int {
	const kind, state, owner, inode = 1, 2, 4, 5
	for line := range bytes.Lines(data) {
		f := strings.Fields(string(line))
		if len(f) > inode && f[kind] == "LEASE" && f[state] == "BREAKING" && f[inode] == file {
			pid, _ := strconv.Atoi(f[owner])
			return max(pid, 0)
		}
	}
	return 0
}
