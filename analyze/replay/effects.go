package replay

import "github.com/stracex/stracex/event"

// effect changes the state by one completed call. It also runs for failed
// calls; most look at ok first.
type effect func(s *State, st *Step, c *event.Call)

// effects holds the calls that change what a process is, has open or stands in.
var effects = map[string]effect{
	// descriptors
	"open": opened, "openat": opened, "openat2": opened, "creat": opened,
	"close": closed, "close_range": closedRange,
	"dup": duped, "dup2": duped2, "dup3": duped2, "fcntl": fcntl, "fcntl64": fcntl,
	"pipe": piped, "pipe2": piped,
	"eventfd": special, "eventfd2": special, "epoll_create": special, "epoll_create1": special,
	"timerfd_create": special, "signalfd": special, "signalfd4": special, "memfd_create": special,
	"inotify_init": special, "inotify_init1": special, "pidfd_open": special, "io_uring_setup": special,
	"fanotify_init": special, "userfaultfd": special, "perf_event_open": special, "bpf": special,
	"ioctl": ioctl, "pidfd_getfd": pidfdGetfd, "epoll_ctl": watchChanged,
	// sockets
	"socket": socketMade, "socketpair": socketPaired, "bind": bound, "listen": listening,
	"connect": connected, "accept": accepted, "accept4": accepted,
	"recvmsg": receivedMsg, "sendmsg": sentMsg, "recvmmsg": readDone, "recvmmsg_time64": readDone, "sendmmsg": written,
	"getsockname": named, "getpeername": peerNamed, "getsockopt": peerAsked,
	// bytes
	"read": readDone, "pread64": readDone, "readv": readDone, "recv": readDone, "recvfrom": readDone,
	"write": written, "pwrite64": written, "writev": written, "send": written, "sendto": written,
	"mq_open": queueOpened, "mq_timedsend": written, "mq_timedreceive": readDone,
	"msgsnd": queueSent, "msgrcv": queueReceived,
	// place
	"chdir": chdired, "fchdir": fchdired, "chroot": chrooted, "getcwd": gotCwd, "unshare": unshared, "setns": joined,
	"stat": statted, "newfstatat": statted, "stat64": statted, "fstatat64": statted,
	// processes
	"clone": cloned, "clone3": cloned, "fork": cloned, "vfork": cloned,
	"execve": execed, "execveat": execed,
	"wait4": waited, "waitid": waited, "waitpid": waited,
	"exit_group": leaving, "exit": leaving, "_exit": leaving,
	// credentials
	"setuid": setUID, "setreuid": setREUID, "setresuid": setREUID,
	"setgid": setGID, "setregid": setREGID, "setresgid": setREGID, "setgroups": setGroups,
	"geteuid": gotEUID, "getegid": gotEGID,
	"setuid32": setUID, "setgid32": setGID, "setreuid32": setREUID, "setresuid32": setREUID,
	"setregid32": setREGID, "setresgid32": setREGID, "setgroups32": setGroups, "geteuid32": gotEUID,
}

// ok says whether the call returned without an error.
func ok(c *event.Call) bool { return c.Ret.Known && c.Ret.Errno == "" && c.Ret.Value >= 0 }
