package tracer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// snapshot says all that a process is, from the given /proc. What can't be read
// stays empty.
func snapshot(proc string, pid int, at string) *stx.Process {
	s, _ := readStatus(proc, pid)
	out := identity(proc, pid, &s)
	out.At = at
	out.Exe = startedAs(proc, pid, out.Exe)
	out.Security = securityLabel(proc, pid)
	out.Argv = splitArgv(readAll(proc, pid, "cmdline"))
	out.Limits = parseLimits(readAll(proc, pid, "limits"))
	out.Root = readLink(procPath(proc, pid, "root"))
	out.FDs = descriptors(proc, pid)
	out.NS = namespaces(proc, pid)
	return out
}

// identity says of a process who it is and what an execve changes.
func identity(proc string, pid int, s *status) *stx.Process {
	return &stx.Process{
		PID: pid, PPID: s.ppid,
		UID: s.uid, GID: s.gid, Groups: s.groups,
		CapInh: s.capInh, CapPrm: s.capPrm, CapEff: s.capEff, CapBnd: s.capBnd, CapAmb: s.capAmb,
		Umask: s.umask, NoNewPrivs: s.noNewPrivs, Seccomp: s.seccomp,
		Exe: readLink(procPath(proc, pid, "exe")),
		Cwd: readLink(procPath(proc, pid, "cwd")),
	}
}

// startedAs gives the program file the name that the process was started by, when
// that is a link to it in the same folder: one file may be several programs. The
// kernel keeps the name's last part as comm, cut to 15 bytes (proc(5)).
func startedAs(proc string, pid int, exe string) string {
	comm := strings.TrimRight(string(readAll(proc, pid, "comm")), "\n")
	if exe == "" || comm == "" || comm == filepath.Base(exe) || strings.Contains(comm, "/") {
		return exe
	}
	name := filepath.Join(filepath.Dir(exe), comm)
	link, err := os.Stat(procPath(proc, pid, "root") + name)
	if err != nil {
		return exe
	}
	if file, err := os.Stat(procPath(proc, pid, "exe")); err != nil || !os.SameFile(link, file) {
		return exe
	}
	return name
}

func readAll(proc string, pid int, name string) []byte {
	data, _ := readFile(procPath(proc, pid, name))
	return data
}

// securityLabel is what a security module calls a process, "" without one.
func securityLabel(proc string, pid int) string {
	return strings.TrimRight(string(readAll(proc, pid, "attr/current")), "\x00\n")
}

// splitArgv takes /proc/PID/cmdline apart; an empty last argument counts.
func splitArgv(data []byte) []string {
	if len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
}

// descriptors lists what is open, by number.
func descriptors(proc string, pid int) []stx.FD {
	dir := procPath(proc, pid, "fd")
	entries, _ := os.ReadDir(dir)
	var list []stx.FD
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		target := readLink(dir + "/" + e.Name())
		if err != nil || target == "" {
			continue
		}
		fd := stx.FD{N: n, Target: target}
		fd.Flags, fd.Pos = parseFDInfo(readAll(proc, pid, "fdinfo/"+e.Name()))
		list = append(list, fd)
	}
	slices.SortFunc(list, func(a, b stx.FD) int { return a.N - b.N })
	return list
}

// parseFDInfo reads flags and position (proc_pid_fdinfo(5)).
func parseFDInfo(data []byte) (flags uint64, pos int64) {
	for line := range bytes.Lines(data) {
		key, value, _ := strings.Cut(string(line), ":")
		switch value = strings.TrimSpace(value); key {
		case "flags":
			flags, _ = strconv.ParseUint(value, 8, 64)
		case "pos":
			pos, _ = strconv.ParseInt(value, 10, 64)
		}
	}
	return flags, pos
}

func namespaces(proc string, pid int) []stx.Namespace {
	dir := procPath(proc, pid, "ns")
	entries, _ := os.ReadDir(dir) // sorted
	var list []stx.Namespace
	for _, e := range entries {
		if id := readLink(dir + "/" + e.Name()); id != "" {
			list = append(list, stx.Namespace{Type: e.Name(), ID: id})
		}
	}
	return list
}

// limitNames are the kernel's words in /proc/PID/limits (fs/proc/base.c) and
// those of getrlimit(2).
var limitNames = map[string]string{
	"Max cpu time":          "RLIMIT_CPU",
	"Max file size":         "RLIMIT_FSIZE",
	"Max data size":         "RLIMIT_DATA",
	"Max stack size":        "RLIMIT_STACK",
	"Max core file size":    "RLIMIT_CORE",
	"Max resident set":      "RLIMIT_RSS",
	"Max processes":         "RLIMIT_NPROC",
	"Max open files":        "RLIMIT_NOFILE",
	"Max locked memory":     "RLIMIT_MEMLOCK",
	"Max address space":     "RLIMIT_AS",
	"Max file locks":        "RLIMIT_LOCKS",
	"Max pending signals":   "RLIMIT_SIGPENDING",
	"Max msgqueue size":     "RLIMIT_MSGQUEUE",
	"Max nice priority":     "RLIMIT_NICE",
	"Max realtime priority": "RLIMIT_RTPRIO",
	"Max realtime timeout":  "RLIMIT_RTTIME",
}

// parseLimits reads /proc/PID/limits. The name has 26 columns, the numbers are
// in the kernel's units, as in getrlimit.
func parseLimits(data []byte) []stx.Limit {
	const nameWidth = 26
	var list []stx.Limit
	for line := range bytes.Lines(data) {
		if len(line) <= nameWidth {
			continue
		}
		name := limitNames[strings.TrimSpace(string(line[:nameWidth]))]
		words := strings.Fields(string(line[nameWidth:]))
		if name == "" || len(words) < 2 {
			continue
		}
		list = append(list, stx.Limit{Name: name, Soft: limit(words[0]), Hard: limit(words[1])})
	}
	return list
}

func limit(word string) uint64 {
	if n, err := strconv.ParseUint(word, 10, 64); err == nil {
		return n
	}
	return ^uint64(0) // "unlimited"
}

// stageSnapshot is the command's snapshot just before its execve: the stage's,
// without what the stage is itself. Its own descriptors are close-on-exec, and
// those that the command inherits can't be, having come through an execve.
func (e *engine) stageSnapshot(pid int) *stx.Process {
	p := snapshot("/proc", pid, "start")
	p.Exe = ""
	p.Argv = slices.Clone(e.opt.Argv)
	e.labelled = p.Security != ""
	p.FDs = slices.DeleteFunc(p.FDs, func(fd stx.FD) bool { return fd.Flags&unix.O_CLOEXEC != 0 })
	return p
}

// execSnapshot is a snapshot after an execve, of what that may have changed: the
// rest was seen happening. It is short because some programs are. Our own filter
// is none of the program's.
func (e *engine) execSnapshot(t *thread) *stx.Process {
	delete(e.variables, t.pid)
	s, err := readStatus("/proc", t.pid)
	if t.credentials = nil; err == nil {
		t.credentials = s.credentials()
	}
	if e.filtered && s.filters <= 1 && s.seccomp > 0 {
		s.seccomp = 0
	}
	p := identity("/proc", t.pid, &s)
	p.At = "exec"
	if e.labelled {
		p.Security = securityLabel("/proc", t.pid)
	}
	return p
}

// noteSetID says when a program that a process has executed would have got other
// privileges without a tracer (execve(2)).
func (e *engine) noteSetID(t *thread) {
	if e.capable {
		return
	}
	exe := procPath("/proc", t.pid, "exe")
	var st unix.Stat_t
	if unix.Stat(exe, &st) != nil || st.Mode&(unix.S_ISUID|unix.S_ISGID) == 0 {
		return
	}
	e.note(t.tid, "setid", readLink(exe)+" is a set-user-ID or set-group-ID program: "+
		"it runs without its privileges, because its tracer lacks CAP_SYS_PTRACE")
}

// hasPtraceCap says whether a status has CAP_SYS_PTRACE in effect.
func (s *status) hasPtraceCap() bool { return s.capable(unix.CAP_SYS_PTRACE) }

func (s *status) capable(c int) bool { return s.capEff&(1<<c) != 0 }
