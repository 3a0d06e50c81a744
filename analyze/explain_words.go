package analyze

import (
	"fmt"
	"path"
	"strings"

	"github.com/stracex/stracex/event"
)

// sought is what a search looked for: what the ends of all its paths have in
// common.
func sought(group []*failure) string {
	if inProgramFolders(group) {
		return path.Base(group[0].path)
	}
	parts := strings.Split(group[0].path, "/")
	n := len(parts) - 1
	for _, x := range group[1:] {
		other := strings.Split(x.path, "/")
		same := 0
		for same < n && same < len(other)-1 && parts[len(parts)-1-same] == other[len(other)-1-same] {
			same++
		}
		n = same
	}
	return strings.Join(parts[len(parts)-max(n, 1):], "/")
}

// object names what a call was about.
func (f *facts) object(x *failure) string {
	switch {
	case x.path != "":
		return x.path
	case x.given != "":
		return x.given
	case x.addr != "":
		return x.addr
	case f.state.Describe(x.step.File) != "":
		return f.state.Describe(x.step.File)
	case x.step.FD >= 0:
		return fmt.Sprintf("descriptor %d", x.step.FD)
	}
	return ""
}

// doing is the call in words: "open /etc/foo for writing".
func doing(x *failure, obj string) string {
	if x.addr != "" {
		switch x.name {
		case "bind", "listen":
			return "listen on " + x.addr
		case "connect", "getsockopt":
			return "connect to " + x.addr
		}
	}
	verb, ok := verbs[x.name]
	switch {
	case !ok:
		return strings.TrimSpace(x.name + " " + obj)
	case x.name == "mmap" && x.errno != "ENOMEM" && x.path != "" && x.errno != "EAGAIN":
		verb = "map"
	case verb == "find" && x.errno != "ENOENT" && accessVerb(x) != "":
		verb = accessVerb(x)
	case verb == "find" && (x.errno == "EACCES" || x.errno == "EPERM"):
		verb = "look at"
	case x.name == "fcntl" && !isLocking(x.step.Event.Event().Call.Arg(1)):
		verb = "control"
	}
	if strings.HasPrefix(x.name, "open") {
		fl := x.step.Event.Event().Call.Arg(1)
		if x.name == "openat" {
			fl = x.step.Event.Event().Call.Arg(2)
		}
		switch {
		case fl.Has("O_CREAT") && !x.isThere():
			return "create " + obj
		case fl.Has("O_CREAT"), fl.Has("O_WRONLY"), fl.Has("O_RDWR"):
			return "open " + obj + " for writing"
		}
	}
	if x.path2 != "" {
		return fmt.Sprintf("%s %s to %s", verb, obj, x.path2)
	}
	return strings.TrimSpace(verb + " " + obj)
}

// accessVerb is what access(2) asked for, "" when that was only the file.
func accessVerb(x *failure) string {
	mode := x.step.Event.Event().Call.Arg(1)
	switch {
	case strings.HasPrefix(x.name, "faccessat"):
		mode = x.step.Event.Event().Call.Arg(2)
	case x.name != "access":
		return ""
	}
	switch {
	case mode.Has("W_OK"):
		return "write to"
	case mode.Has("X_OK"):
		return "run or enter"
	case mode.Has("R_OK"):
		return "read"
	}
	return ""
}

// isThere: the evidence shows the file.
func (x *failure) isThere() bool {
	if x.seen == nil || len(x.seen.Walk) == 0 {
		return false
	}
	last := x.seen.Walk[len(x.seen.Walk)-1]
	return last.Errno == "" && last.Path == x.seen.Path
}

// isLocking says whether a command of fcntl(2) is about locks or leases.
func isLocking(command event.Value) bool {
	return strings.Contains(command.Str, "LK") || strings.Contains(command.Str, "LEASE")
}

var verbs = map[string]string{
	"open": "open", "openat": "open", "openat2": "open", "creat": "create", "execve": "run", "execveat": "run",
	"stat": "find", "lstat": "find", "newfstatat": "find", "statx": "find", "access": "find", "faccessat": "find", "faccessat2": "find",
	"mkdir": "make the directory", "mkdirat": "make the directory", "rename": "rename", "renameat": "rename", "renameat2": "rename",
	"link": "link", "linkat": "link", "symlink": "link", "symlinkat": "link", "unlink": "remove", "unlinkat": "remove", "rmdir": "remove",
	"chdir": "change into", "chroot": "change the root to", "chmod": "change the mode of", "fchmodat": "change the mode of", "chown": "change the owner of", "lchown": "change the owner of", "fchownat": "change the owner of",
	"write": "write to", "writev": "write to", "pwrite64": "write to", "read": "read from", "pread64": "read from", "readv": "read from", "sendto": "send to", "sendmsg": "send to",
	"truncate": "truncate", "ftruncate": "truncate", "mount": "mount", "umount2": "unmount", "readlink": "read the link", "readlinkat": "read the link",
	"mmap": "get memory", "brk": "get memory", "mremap": "get memory", "clone": "start a process or thread", "clone3": "start a process or thread", "fork": "start a process", "vfork": "start a process",
	"setuid": "change its user", "setresuid": "change its user", "setreuid": "change its user", "setgid": "change its group", "setresgid": "change its group", "setgroups": "change its groups",
	"flock": "lock", "fcntl": "lock", "socket": "make a socket", "mknod": "make", "mknodat": "make", "ptrace": "trace a process",
	"inotify_init": "watch files", "inotify_init1": "watch files", "inotify_add_watch": "watch", "setxattr": "set an attribute of", "lsetxattr": "set an attribute of", "fsetxattr": "set an attribute of",
	"semget": "get semaphores", "shmget": "get shared memory", "msgget": "get a message queue", "mq_open": "open the message queue", "ioctl": "control", "unshare": "make a namespace", "setns": "enter a namespace",
	"utimensat": "set the times of", "fallocate": "make room in", "fsync": "write out", "fdatasync": "write out", "pivot_root": "change the root to", "kill": "send a signal", "fchmod": "change the mode of", "fchown": "change the owner of",
	"setrlimit": "set a limit", "prlimit64": "set a limit", "setpriority": "change a priority", "ioprio_set": "change a priority of input and output", "capset": "change its capabilities",
	"sched_setscheduler": "change how it is scheduled", "sched_setparam": "change how it is scheduled", "sched_setattr": "change how it is scheduled", "sched_setaffinity": "choose its processors",
	"clock_settime": "set the clock", "settimeofday": "set the clock", "clock_adjtime": "adjust the clock", "adjtimex": "adjust the clock", "sethostname": "set the host's name", "setdomainname": "set the domain's name",
	"init_module": "load a kernel module", "finit_module": "load a kernel module", "swapon": "add swap space on", "swapoff": "take away swap space on", "bpf": "use eBPF", "perf_event_open": "count performance events", "mlock": "lock memory", "mlockall": "lock memory",
}

// shortTexts are the errors in the words of a first line.
var shortTexts = map[string]string{
	"ENOENT": "no such file", "EACCES": "permission denied", "EPERM": "not permitted", "ENOSPC": "the file system is full", "EDQUOT": "the disk quota is used up",
	"EROFS": "the file system is read-only", "EMFILE": "too many open files in this process", "ENFILE": "too many open files in the system", "ENOMEM": "no memory to be had",
	"EADDRINUSE": "the address is in use already", "EADDRNOTAVAIL": "this machine has no such address", "ECONNREFUSED": "connection refused, nobody listens there",
	"EHOSTUNREACH": "no route to the host", "ENETUNREACH": "the network can't be reached", "ETIMEDOUT": "no answer in time", "ECONNRESET": "the other end broke the connection",
	"ENOTDIR": "a part of the path is not a directory", "EISDIR": "it is a directory", "EEXIST": "it is there already", "ELOOP": "too many symbolic links",
	"ENAMETOOLONG": "the name is too long", "ETXTBSY": "the program file is being written to, or is running", "ENOEXEC": "the kernel can't run this file's format", "E2BIG": "the arguments and environment are too long",
	"EXDEV": "the two places are on different file systems", "ENOTEMPTY": "the directory is not empty", "EBUSY": "it is in use", "EFBIG": "the file would be too large", "EIO": "the device reports an error",
	"EPIPE": "nobody reads the other end", "EAGAIN": "not now", "ENODEV": "no such device", "ENXIO": "nobody is at the other end", "EINVAL": "the kernel finds an argument invalid", "ESTALE": "the file server has lost the file",
}
