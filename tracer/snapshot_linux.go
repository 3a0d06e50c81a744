package tracer

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// snapshot says what a process is, from the given /proc. What can't be read
// stays empty.
func snapshot(proc string, pid int, at string) *stx.Process {
	dir := filepath.Join(proc, strconv.Itoa(pid))
	s, _ := readStatus(proc, pid)
	out := &stx.Process{
		At: at, PID: pid, PPID: s.ppid,
		UID: s.uid, GID: s.gid, Groups: s.groups,
		CapInh: s.capInh, CapPrm: s.capPrm, CapEff: s.capEff, CapBnd: s.capBnd, CapAmb: s.capAmb,
		Umask: s.umask, NoNewPrivs: s.noNewPrivs, Seccomp: s.seccomp,
		Argv:     splitArgv(readAll(dir, "cmdline")),
		Limits:   parseLimits(readAll(dir, "limits")),
		Security: strings.TrimRight(string(readAll(dir, "attr/current")), "\x00\n"),
	}
	fs, err := procfs.NewFS(proc)
	if err != nil {
		return out
	}
	p, err := fs.Proc(pid)
	if err != nil {
		return out
	}
	out.Exe, _ = p.Executable()
	out.Cwd, _ = p.Cwd()
	out.Root, _ = p.RootDir()
	out.FDs = descriptors(p, dir)
	out.NS = namespaces(p)
	return out
}

func readAll(dir, name string) []byte {
	data, _ := os.ReadFile(filepath.Join(dir, name))
	return data
}

// splitArgv takes /proc/PID/cmdline apart; an empty last argument counts.
func splitArgv(data []byte) []string {
	if len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
}

// descriptors lists what is open, by number.
func descriptors(p procfs.Proc, dir string) []stx.FD {
	numbers, err := p.FileDescriptors()
	if err != nil {
		return nil
	}
	slices.Sort(numbers)
	var list []stx.FD
	for _, n := range numbers {
		name := strconv.Itoa(int(n))
		fd := stx.FD{N: int(n)}
		if fd.Target, err = os.Readlink(filepath.Join(dir, "fd", name)); err != nil {
			continue
		}
		if info, err := p.FDInfo(name); err == nil {
			fd.Flags, _ = strconv.ParseUint(info.Flags, 8, 64)
			fd.Pos, _ = strconv.ParseInt(info.Pos, 10, 64)
		}
		list = append(list, fd)
	}
	return list
}

func namespaces(p procfs.Proc) []stx.Namespace {
	all, err := p.Namespaces()
	if err != nil {
		return nil
	}
	var list []stx.Namespace
	for name, ns := range all {
		list = append(list, stx.Namespace{Type: name, ID: ns.Type + ":[" + strconv.FormatUint(uint64(ns.Inode), 10) + "]"})
	}
	slices.SortFunc(list, func(a, b stx.Namespace) int { return strings.Compare(a.Type, b.Type) })
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

// parseLimits reads /proc/PID/limits; procfs gives the soft limits only. The
// name has 26 columns, the numbers are in the kernel's units, as in getrlimit.
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
	p.FDs = slices.DeleteFunc(p.FDs, func(fd stx.FD) bool { return fd.Flags&unix.O_CLOEXEC != 0 })
	return p
}

// execSnapshot is a snapshot after an execve. Our own filter is none of the
// program's.
func (e *engine) execSnapshot(pid int) *stx.Process {
	p := snapshot("/proc", pid, "exec")
	if s, err := readStatus("/proc", pid); e.filtered && err == nil && s.filters <= 1 {
		p.Seccomp = 0
	}
	return p
}

// noteSetID says when a program that a process has executed would have got other
// privileges without a tracer (execve(2)).
func (e *engine) noteSetID(t *thread) {
	if e.capable {
		return
	}
	exe := filepath.Join("/proc", strconv.Itoa(t.pid), "exe")
	var st unix.Stat_t
	if unix.Stat(exe, &st) != nil || st.Mode&(unix.S_ISUID|unix.S_ISGID) == 0 {
		return
	}
	name, _ := os.Readlink(exe)
	e.note(t.tid, "setid", name+" is a set-user-ID or set-group-ID program: "+
		"it runs without its privileges, because its tracer lacks CAP_SYS_PTRACE")
}

// hasPtraceCap says whether a status has CAP_SYS_PTRACE in effect.
func (s *status) hasPtraceCap() bool { return s.capEff&(1<<unix.CAP_SYS_PTRACE) != 0 }
