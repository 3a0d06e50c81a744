package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// Rules on what kind of call failed, and how.

// callWeight: what a program needs to work, against what it only looks at.
var callWeight = map[string]float64{
	"open": 2, "openat": 2, "openat2": 2, "creat": 2.5, "execve": 2.5, "execveat": 2.5,
	"connect": 2.5, "bind": 3, "listen": 3, "socket": 1.5, "accept": 1, "accept4": 1,
	"mkdir": 2, "mkdirat": 2, "rename": 2.5, "renameat": 2.5, "renameat2": 2.5, "link": 2, "linkat": 2, "symlink": 2, "symlinkat": 2,
	"mknod": 2, "mknodat": 2, "chdir": 2.5, "fchdir": 2, "chroot": 3, "mount": 3, "umount2": 1.5, "pivot_root": 3,
	"chmod": 2, "fchmod": 2, "fchmodat": 2, "chown": 2, "fchown": 2, "lchown": 2, "fchownat": 2, "truncate": 2.5, "ftruncate": 2.5,
	"unlink": 0.5, "unlinkat": 0.5, "rmdir": 0.5, "utimensat": 1.5,
	"write": 3, "writev": 3, "pwrite64": 3, "sendto": 2, "sendmsg": 2, "read": 2.5, "pread64": 2.5, "readv": 2.5, "recvfrom": 1.5, "recvmsg": 1.5,
	"getdents64": 2, "copy_file_range": 1, "sendfile": 1.5, "splice": 1.5, "fallocate": 2, "fsync": 2, "fdatasync": 2,
	"mmap": 2.5, "brk": 1.5, "mremap": 1.5, "mprotect": 2, "mlock": 1.5, "mlockall": 1.5,
	"clone": 3, "clone3": 2.5, "fork": 3, "vfork": 3, "setuid": 3, "setgid": 3, "setresuid": 3, "setresgid": 3, "setgroups": 2, "setreuid": 3, "setregid": 3,
	"setrlimit": 1.5, "prlimit64": 1.5, "unshare": 2.5, "setns": 2.5, "capset": 2, "keyctl": 0, "flock": 2.5, "shmget": 2.5, "shmat": 2.5, "semget": 2.5, "msgget": 2.5, "mq_open": 2.5,
	"stat": 0.5, "lstat": 0.5, "newfstatat": 0.5, "statx": 0.5, "fstat": 0.5, "stat64": 0.5, "lstat64": 0.5, "access": 0.5, "faccessat": 0.5, "faccessat2": 0.5, "statfs": 0.5,
	"readlink": -5, "readlinkat": -5, "getsockopt": 2.5, "setsockopt": 0.5, "bpf": 1, "perf_event_open": 1.5, "ptrace": 2, "kill": 0.5,
	"epoll_create1": 1.5, "inotify_init1": 1.5, "inotify_add_watch": 1, "memfd_create": 1, "pipe": 2.5, "pipe2": 2.5, "socketpair": 2, "dup": 1.5, "dup2": 1.5, "fcntl": 0,
}

// kindOfCall: a connect that fails outweighs a stat of a file that may be there or not.
func kindOfCall(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil {
		return 0, ""
	}
	if c.fail.onlyLooks() {
		return callWeight["stat"], ""
	}
	return callWeight[c.fail.name], ""
}

// onlyLooks: an open with O_PATH (open(2)) gets no more than a look.
func (x *failure) onlyLooks() bool {
	if x.step.Event.None() || !strings.HasPrefix(x.name, "openat") {
		return false
	}
	call := x.step.Event.Event().Call
	return call.Arg(2).Has("O_PATH") || call.Arg(2).Field("flags").Has("O_PATH")
}

// errorWeight: what is hardly ever expected, against what is asked for all day.
var errorWeight = map[string]float64{
	"EACCES": 2.5, "EPERM": 1.5, "ENOSPC": 5.5, "EDQUOT": 5.5, "EROFS": 3, "EMFILE": 4, "ENFILE": 4, "ENOMEM": 3, "EFBIG": 5.5, "EIO": 4,
	"EADDRINUSE": 4, "EADDRNOTAVAIL": 3, "ECONNREFUSED": 2, "EHOSTUNREACH": 2, "ENETUNREACH": 1, "ETIMEDOUT": 2, "ECONNRESET": 2.5, "EPIPE": 2,
	"ELOOP": 3, "ENAMETOOLONG": 3, "ENOTDIR": 1.5, "EISDIR": 2.5, "ETXTBSY": 4, "ENOEXEC": 3, "E2BIG": 4, "EXDEV": 1, "ENOTEMPTY": 1, "EEXIST": 0.5, "EBUSY": 2.5,
	"ENXIO": 0.5, "ENODEV": 1, "ELIBBAD": 3, "EMLINK": 3, "EUSERS": 3, "ESTALE": 4, "EKEYREJECTED": 2, "EDESTADDRREQ": 2,
	"EAGAIN": -4, "ENOSYS": -4, "EOPNOTSUPP": -4, "EBADF": -2, "EINVAL": -1.5,
	"ESRCH": -2, "EISCONN": -3, "ENOTCONN": -2, "EDOM": -3, "ENOTSOCK": -3, "ERANGE": -3, "ENOTBLK": -2, "ETIME": -3, "ENOKEY": -4,
}

// kindOfError: EMFILE is a failure wherever it comes up, ENOENT an answer.
func kindOfError(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil {
		return 0, ""
	}
	if c.sweeps() {
		return -4, "" // it looks which of the files of others are in use
	}
	if c.sus.gaveUpOn(c.fail) {
		return 4, "the process gave up right after it"
	}
	if c.fail.inTheWay() {
		return 1.5, "a look does not find what is in the way"
	}
	return errorMeaning(c.fail)
}

// sweeps: a file that was opened only to be read was found locked, and much was done then:
// a program that removes what others have left over tries all their files.
func (c *candidate) sweeps() bool {
	const much, soon = 150, 16 // calls of the process, and events of the trace
	x := c.fail
	if x.name != "flock" || x.errno != "EAGAIN" || c.between < much || x.step.File == nil || x.step.File.Opened.None() {
		return false
	}
	e := x.step.File.Opened.Event()
	call := e.Call
	return strings.HasPrefix(call.Name, "open") && !slices.ContainsFunc(call.Args(), func(v event.Value) bool { return v.Has("O_RDWR") || v.Has("O_WRONLY") }) && len(x.at) == 1 && c.pos.index-e.Index < soon
}

func errorPoints(x *failure) float64 {
	points, _ := errorMeaning(x)
	return points
}

// errorMeaning rates an errno for the call that gave it.
func errorMeaning(x *failure) (float64, string) {
	w := errorWeight[x.errno]
	switch {
	case x.errno == "EBADF" && isStandard(x):
		return 5.5, "it was started without that descriptor"
	case refusedValue(x) && w < 3 && x.errno != "EAGAIN":
		return 3, "the kernel refused the value"
	case x.errno == "EAGAIN" && (strings.HasPrefix(x.name, "clone") || strings.HasSuffix(x.name, "fork") || strings.HasPrefix(x.name, "set") || x.name == "mlock"):
		return 4, "no more processes or threads may be started"
	case lockWait(x):
		return 3, "its wait for the lock was broken off"
	case x.errno == "EAGAIN" && (x.name == "flock" || x.name == "fcntl"):
		return 2, "somebody else holds the lock"
	case x.errno == "EACCES" && x.name == "fcntl":
		return 2, "somebody else holds the lock"
	case x.errno == "EEXIST" && strings.HasPrefix(x.name, "open"):
		return 2, "a file of this name is in the way"
	case x.errno == "EISDIR" && callClass[x.name] == "remove":
		return 0, "" // then it is removed as a folder
	case x.errno == "EEXIST" && strings.HasPrefix(x.name, "mkdir"):
		return -3, ""
	case x.name == "mmap" && !x.step.Event.None() && x.step.Event.Event().Call.Arg(3).Has("MAP_HUGETLB"):
		return -3, "" // most machines have no huge pages set aside
	case x.errno == "EOPNOTSUPP" && (strings.HasSuffix(x.name, "setxattr") || x.name == "mount"):
		return 0, "" // it was to change something
	case emptyMapping(x):
		return 2, "the file that it maps is empty"
	case x.errno == "EINVAL" && x.name == "shmget":
		return 2.5, "" // the segment is there, and smaller
	case x.errno == "ENOENT" && (x.name == "shmget" || x.name == "semget" || x.name == "msgget"):
		return -1.5, "" // it is made then
	case x.errno == "ENODEV" && x.name == "setsockopt":
		return 3, "no network interface for it"
	case x.errno == "EINVAL" && (x.name == "execve" || x.name == "mount" || x.name == "bind"):
		return 1, ""
	case x.errno == "EPERM" && (strings.HasPrefix(x.name, "prctl") || x.name == "setrlimit" || x.name == "prlimit64"):
		return -3, ""
	case x.errno == "EPERM" && x.takesBack():
		return -6, "" // it makes sure that it can't
	case x.errno == "ENXIO" && strings.HasPrefix(x.name, "open") && x.path == "/dev/tty":
		return -4, ""
	case x.errno == "ENXIO" && strings.HasPrefix(x.name, "open") && !strings.HasPrefix(x.path, "/dev/"):
		return 3, "nobody reads the pipe that it is"
	}
	return w, ""
}

// takesBack: the process has given up root's id for good, and asks to have root's back.
func (x *failure) takesBack() bool {
	if callClass[x.name] != "user" || x.name == "setgroups" || x.hist == nil || !x.hist.proc.Dropped || x.step.Event.None() {
		return false
	}
	return slices.ContainsFunc(x.step.Event.Event().Call.Args(), func(v event.Value) bool { return v.Int == 0 })
}

// emptyMapping: a file of no bytes can't be mapped (mmap(2)).
func emptyMapping(x *failure) bool {
	return x.errno == "EINVAL" && x.name == "mmap" && x.path != "" && !x.step.Event.None() && x.step.Event.Event().Call.Arg(1).Int == 0
}

func probing(call string) bool {
	w, ok := callWeight[call]
	return ok && w <= 0.5
}

// crash: the signal itself, against an unchecked failure right before it.
func crash(f *facts, c *candidate) (float64, string) {
	p := c.sus.hist.proc
	if c.kind == "signal" {
		if f.killedItself(p) {
			return 1, ""
		}
		return signalPoints(c, p)
	}
	if c.fail == nil || p.Exit == nil || !replay.Crashes(p.Exit.Signal) {
		return 0, ""
	}
	if c.between <= 2 && callWeight[c.fail.name] >= 1.5 && errorWeight[c.fail.errno] > -2 {
		return 3, fmt.Sprintf("%s crashed right after it", name(p))
	}
	return 0, ""
}

func signalPoints(c *candidate, p *replay.Process) (float64, string) {
	l := c.sus.anchor.line
	switch {
	case c.signal == "SIGABRT" && l != nil && l.cut && !strings.Contains(strings.ToLower(l.text), "assert"):
		return 4.5, fmt.Sprintf("%s gave up by itself, after words that the trace cuts", name(p))
	case replay.Crashes(c.signal):
		return 7, fmt.Sprintf("%s was killed by %s", name(p), c.signal)
	case c.signal == "SIGPIPE":
		return 1, "nobody read its output any more"
	case c.signal == "SIGINT", c.signal == "SIGHUP":
		return 3, fmt.Sprintf("%s was ended by %s", name(p), c.signal)
	}
	return 8, fmt.Sprintf("%s was killed by %s", name(p), c.signal)
}

// killedByAnother: a supervisor that gives up ends its other children; what became of
// them is a consequence.
func killedByAnother(f *facts, c *candidate) (float64, string) {
	switch {
	case f.timedOutBefore(c.sus.hist.proc):
		return -2, "" // what it waited for may be the reason
	case f.endedByOther(c.sus.hist.proc):
		return -4, ""
	case f.wasAskedToEnd(c):
		return -6, ""
	case f.readerFailed(c):
		return -6, ""
	case besideFailed(c):
		return -3, ""
	}
	return 0, ""
}

// wasAskedToEnd: another process of the trace had asked this one to end before the call
// failed: what it met while it tidied up is a consequence.
func (f *facts) wasAskedToEnd(c *candidate) bool {
	p := c.sus.hist.proc
	return slices.ContainsFunc(f.kills, func(k sent) bool {
		return k.target == p.PID && k.by != p && k.signal == "SIGTERM" && k.index < c.pos.index
	})
}

// pipe is the one that nobody reads any more, nil for any other candidate.
func (c *candidate) pipe() *replay.Pipe {
	var file *replay.File
	switch {
	case c.fail != nil && c.fail.errno == "EPIPE":
		file = c.fail.step.File
	case c.signal == "SIGPIPE":
		file = c.sus.hist.proc.Std[1]
	}
	if file == nil {
		return nil
	}
	return file.Pipe
}

// readerFailed: the pipe was the input of a process that had failed before: what it met
// comes first.
func (f *facts) readerFailed(c *candidate) bool {
	pipe := c.pipe()
	if pipe == nil {
		return false
	}
	if f.badReaders == nil {
		f.badReaders = map[*replay.Pipe]*replay.Process{}
		for _, o := range f.state.All {
			in := o.Std[0]
			if in == nil || in.Pipe == nil || in.Write || !o.Failed() || o.Exit.Signal == "SIGPIPE" {
				continue
			}
			if first := f.badReaders[in.Pipe]; first == nil || o.Ended.Index < first.Ended.Index {
				f.badReaders[in.Pipe] = o
			}
		}
	}
	o := f.badReaders[pipe]
	return o != nil && o != c.sus.hist.proc && o.Ended.Index < c.pos.index
}

// besideFailed: nobody reads the pipe any more, and a process that was started beside
// this one has failed.
func besideFailed(c *candidate) bool {
	p := c.sus.hist.proc
	if p.Parent == nil || c.signal != "SIGPIPE" && (c.fail == nil || c.fail.errno != "EPIPE") {
		return false
	}
	return slices.ContainsFunc(p.Parent.Children, func(o *replay.Process) bool {
		return o != p && o.Failed() && o.Exit.Signal != "SIGPIPE" && o.Ended.Index < c.pos.index
	})
}
