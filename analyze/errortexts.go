package analyze

import "strings"

// errorText says what an error means, and what to do; {} is the object. man is the
// page that says so.
type errorText struct{ why, next, man string }

// callError is an error of a class of calls; of any call when the class is "".
type callError struct{ class, errno string }

// callClass puts calls together whose errors mean the same.
var callClass = map[string]string{
	"open": "open", "openat": "open", "openat2": "open", "creat": "open",
	"execve": "run", "execveat": "run",
	"clone": "start", "clone3": "start", "fork": "start", "vfork": "start", "unshare": "start", "setns": "start",
	"flock": "lock", "fcntl": "lock", "fcntl64": "lock",
	"mlock": "pin", "mlock2": "pin", "mlockall": "pin",
	"ioctl": "control",
	"bind":  "bind", "connect": "connect", "getsockopt": "connect",
	"send": "send", "sendto": "send", "sendmsg": "send", "sendmmsg": "send",
	"mount": "mount", "umount2": "unmount", "swapon": "swap",
	"mkdir": "make", "mkdirat": "make", "mknod": "make", "mknodat": "make", "symlink": "make", "symlinkat": "make", "link": "make", "linkat": "make",
	"rename": "rename", "renameat": "rename", "renameat2": "rename",
	"unlink": "remove", "unlinkat": "remove", "rmdir": "remove",
	"kill": "signal", "tkill": "signal", "tgkill": "signal", "pidfd_send_signal": "signal",
	"setuid": "user", "setreuid": "user", "setresuid": "user", "setgid": "user", "setregid": "user", "setresgid": "user", "setgroups": "user",
	"setsockopt": "option",
	"epoll_ctl":  "wait", "wait4": "reap", "waitid": "reap", "fsync": "flush", "fdatasync": "flush",
	"write": "write", "writev": "write", "pwrite64": "write",
	"inotify_add_watch": "watch", "inotify_init": "notify", "inotify_init1": "notify",
	"mq_open": "queue", "msgget": "queue", "semget": "queue", "shmget": "queue",
	"setrlimit": "limit", "prlimit64": "limit", "setpriority": "nice", "sched_setaffinity": "processors",
	"sched_setscheduler": "schedule", "sched_setparam": "schedule", "sched_setattr": "schedule", "ioprio_set": "ioprio",
	"clock_settime": "clock", "settimeofday": "clock", "clock_adjtime": "clock", "adjtimex": "clock", "sethostname": "host", "setdomainname": "host",
}

// fill puts the object into a text.
func (t errorText) fill(obj string) errorText {
	t.why, t.next = strings.ReplaceAll(t.why, "{}", orIt(obj)), strings.ReplaceAll(t.next, "{}", orIt(shell(obj)))
	return t
}

// manual is the man page of a call.
func manual(call string) string {
	switch call {
	case "newfstatat", "stat64", "lstat64", "fstat64", "fstatat64":
		call = "stat"
	case "mmap2", "pread64", "pwrite64", "prlimit64", "fcntl64", "sendfile64", "truncate64", "ftruncate64", "statfs64", "getdents64":
		call = strings.TrimRight(call, "0123456789")
	}
	return call + "(2)"
}

// errorTexts are the texts for errors that say all by themselves.
var errorTexts = map[callError]errorText{
	{"option", "ENODEV"}:    {"No network interface has the address or index that is asked for, or no route leads to the group: multicast needs one.", "look at the interfaces and routes: ip -br addr; ip route get 224.0.0.1", "ip(7)"},
	{"wait", "EPERM"}:       {"A regular file or a folder can't be waited for: it is always ready.", "give the program a pipe, a socket or a terminal as that descriptor: cat FILE | PROGRAM", "epoll_ctl(2)"},
	{"reap", "ECHILD"}:      {"There is no such child any more: where SIGCHLD is ignored, which a program inherits, the kernel forgets children as they end.", "find out who has set SIGCHLD to be ignored (trap '' CHLD, a parent's signal settings), or let the program set it back", "wait(2)"},
	{"flush", "EINVAL"}:     {"{} is a pipe, a socket or the like, which can't be written out to a disk.", "let the program write to a file, or without flushing", "fsync(2)"},
	{"write", "EAGAIN"}:     {"{} is full: its reader does not keep up. It is set not to block (O_NONBLOCK), for all who share it.", "let the reader read on, or give the program a descriptor of its own: PROGRAM | cat", "write(2)"},
	{"send", "EAGAIN"}:      {"The queue of {} is full: its reader does not keep up, and the socket does not block.", "look at the reader: is it stuck, or stopped? ss -x, ss -t show the queues", "send(2)"},
	{"bind", "EADDRINUSE"}:  {"Another socket is bound to {} already.", "find who has it (ss -ltnup, or ss -lxp for unix sockets), and stop it or choose another address", "bind(2)"},
	{"control", "ENOTTY"}:   {"{} is no terminal, or takes no such request.", "run it where there is a terminal (docker run -t, ssh -t, script -c), or without what needs one", "ioctl(2)"},
	{"", "EADDRINUSE"}:      {"The address is in use already: {}.", "find who has it: ss -tanup", "connect(2)"},
	{"bind", "EINVAL"}:      {"The socket has an address already, or {} is none for it.", "look for a second bind of the same socket, and at the address's length and family", "bind(2)"},
	{"", "EADDRNOTAVAIL"}:   {"{} is not an address of this machine.", "use an address that `ip addr` shows", "bind(2)"},
	{"", "EAFNOSUPPORT"}:    {"This kernel, or this sandbox, has no sockets of the family asked for.", "use IPv4 if IPv6 is off (sysctl net.ipv6.conf.all.disable_ipv6), or let the sandbox allow the family", "socket(2)"},
	{"", "EPROTONOSUPPORT"}: {"This kernel doesn't have the protocol asked for.", "load the module of the protocol, or do without it", "socket(2)"},
	{"", "ECONNREFUSED"}:    {"Nothing listens on {}, or it refuses connections.", "start the server, or correct the address; who listens is shown by ss -ltnp, or ss -lxp for unix sockets", "connect(2)"},
	{"connect", "EAGAIN"}:   {"The queue of {} is full: its server does not accept what waits already.", "look at the server: is it busy or stuck? ss -lx shows the queue", "connect(2)"},
	{"", "ECONNRESET"}:      {"The other end of {} broke the connection off.", "look at the server's log", "send(2)"},
	{"", "ENOTCONN"}:        {"{} is not connected, or no longer.", "look for what ended the connection before", "send(2)"},
	{"", "EPIPE"}:           {"Nobody reads {} any more.", "find out why the reader ended", "write(2)"},
	{"send", "EMSGSIZE"}:    {"The message is larger than {} takes at once.", "send less at a time", "send(2)"},
	{"send", "ENOBUFS"}:     {"The kernel has no more room for what is to be sent over {}.", "send more slowly, or raise net.core.wmem_max", "send(2)"},
	{"", "EDESTADDRREQ"}:    {"{} is not connected, and no address was given.", "see whether the one at the other end listens", "send(2)"},
	{"", "ETIMEDOUT"}:       {"{} did not answer in time.", "check the address, and the firewall on the way", "connect(2)"},
	{"", "EHOSTUNREACH"}:    {"There is no way to {}.", "check the route and the firewall: ip route get ADDRESS", "ip(7)"},
	{"", "ENETUNREACH"}:     {"This machine has no route to the network of {}.", "check: ip route", "connect(2)"},
	{"", "ENOTSOCK"}:        {"{} is not a socket.", "see what the descriptor was opened as", "bind(2)"},

	{"", "ENOSPC"}:           {"The file system where {} lies is full, or has no more inodes.", "make room; df -h and df -i show where", "write(2)"},
	{"watch", "ENOSPC"}:      {"The user has as many inotify watches as the system allows.", "raise fs.inotify.max_user_watches, or watch less", "inotify_add_watch(2)"},
	{"notify", "EMFILE"}:     {"The user has as many inotify instances as the system allows, or the process as many files.", "raise fs.inotify.max_user_instances, or end what watches", "inotify_init(2)"},
	{"queue", "ENOSPC"}:      {"The system has as many of these (queues, semaphores, shared memory) as it allows.", "look at ipcs, and remove those left over with ipcrm; or raise the limit (kernel.msgmni, kernel.sem, kernel.shmmni, fs.mqueue.queues_max)", "shmget(2)"},
	{"queue", "EINVAL"}:      {"The size asked for is larger than the system allows, or than that of the one which is there already under this key.", "compare with ipcs -l, ipcs -m and, for mq_open, /proc/sys/fs/mqueue; one that nobody uses any more goes away with ipcrm", "shmget(2)"},
	{"", "EDQUOT"}:           {"The quota of the user on the file system of {} is used up.", "look at: quota", "write(2)"},
	{"", "EROFS"}:            {"{} lies on a file system that is mounted read-only.", "look at the mount: findmnt -T {}; remount it rw, or write elsewhere", "open(2)"},
	{"", "ENFILE"}:           {"The whole system has too many open files; {} would be one too many.", "look at /proc/sys/fs/file-nr, and raise fs.file-max", "open(2)"},
	{"", "ENOTDIR"}:          {"A part of the path {} that should be a directory is something else.", "look at each part: namei -l {}", "open(2)"},
	{"remove", "EISDIR"}:     {"{} is a directory, where a file or link was to be removed.", "see what is in it, and move it out of the way: ls -la {}", "unlink(2)"},
	{"", "EISDIR"}:           {"{} is a directory where a file is needed.", "give a file instead of a directory", "open(2)"},
	{"", "EEXIST"}:           {"{} exists already, and the program insists on making it itself.", "if no other process is using it, remove {}", "open(2)"},
	{"", "ELOOP"}:            {"The symbolic links of {} lead in a circle.", "look at each part: namei -l {}", "path_resolution(7)"},
	{"", "EFBIG"}:            {"{} would get larger than the limit of file size (ulimit -f) or the file system allows.", "raise the limit: ulimit -f", "write(2)"},
	{"", "ENAMETOOLONG"}:     {"The path or one of its names is too long: {}.", "use a shorter path", "open(2)"},
	{"", "EXDEV"}:            {"The two paths are on different file systems; a rename or hard link of {} can't cross.", "copy instead of moving", "rename(2)"},
	{"", "EMLINK"}:           {"{} has as many hard links, or subdirectories, as its file system allows.", "spread them over several directories", "link(2)"},
	{"", "ENOTEMPTY"}:        {"The directory {} is not empty.", "look at what is in it: ls -la {}", "rmdir(2)"},
	{"", "EIO"}:              {"The device or file system under {} reports an error.", "look at the kernel's log: dmesg", "read(2)"},
	{"", "ESTALE"}:           {"The server of the network file system no longer knows {}.", "mount it anew, and see whether the file is still there", "open_by_handle_at(2)"},
	{"", "EOVERFLOW"}:        {"{} is too large for this program, which was built for small files.", "use a build of it with large files (-D_FILE_OFFSET_BITS=64)", "open(2)"},
	{"open", "ENXIO"}:        {"Nobody reads the other end of {}, or it is a socket, or the device behind it is gone.", "start what reads from it; look at it: ls -l {}", "open(2)"},
	{"", "ENXIO"}:            {"Nothing is behind {}: no such device or address.", "look at it: ls -l {}", "open(2)"},
	{"", "ENODEV"}:           {"The kernel has no driver for {}, or the file can't be used in this way.", "see whether the device is there and its module is loaded: lsmod, dmesg", "open(2)"},
	{"mount", "ENODEV"}:      {"The kernel doesn't know the type of the file system.", "look at /proc/filesystems, and load its module", "mount(2)"},
	{"mount", "EINVAL"}:      {"There is no such file system on the source, or an option is wrong.", "look at the kernel's log: dmesg | tail, and at what is on the device: blkid", "mount(2)"},
	{"mount", "EBUSY"}:       {"The source is mounted already, or {} is in use.", "look at: findmnt", "mount(2)"},
	{"unmount", "EBUSY"}:     {"A process has a file or its directory below {}.", "see who: fuser -vm {}", "umount(2)"},
	{"unmount", "EINVAL"}:    {"{} is not a mount point.", "look at: findmnt", "umount(2)"},
	{"remove", "EBUSY"}:      {"{} is a mount point, or the system uses it.", "look at: findmnt {}", "rmdir(2)"},
	{"rename", "EBUSY"}:      {"{}, or the place it is to go to, is a mount point or in use.", "look at: findmnt; a file that is mounted into a container can't be replaced, only written to", "rename(2)"},
	{"rename", "EINVAL"}:     {"A directory can't be moved into itself: {}.", "choose another place", "rename(2)"},
	{"", "EBUSY"}:            {"{} is in use.", "see who uses it: fuser -v {}", "open(2)"},
	{"run", "ETXTBSY"}:       {"{} is open for writing, so it can't be run.", "see who has it open (fuser -v {}), and run it when it is written and closed", "execve(2)"},
	{"", "ETXTBSY"}:          {"{} is running, so it can't be written to.", "write the new one beside it and rename it over (mv, install), which running programs don't mind; fuser -v {} shows who runs it", "open(2)"},
	{"run", "EINVAL"}:        {"{} names more than one ELF interpreter.", "look at: readelf -l {}", "execve(2)"},
	{"", "ENOEXEC"}:          {"{} is in no format that this kernel runs: a script without #!, another machine's program, or a cut file.", "look at: file {}", "execve(2)"},
	{"", "ELIBBAD"}:          {"The ELF interpreter that {} names is in no format that this kernel runs.", "look at: file {}, and at the loader that it names", "execve(2)"},
	{"", "E2BIG"}:            {"The arguments and environment for {} are larger than the kernel allows.", "pass fewer at a time, with xargs", "execve(2)"},
	{"start", "EAGAIN"}:      {"No more processes or threads may be started: the user's limit (ulimit -u), the control group's (pids.max) or the system's is reached.", "look at ulimit -u, the cgroup's pids.max and kernel.threads-max; and at what runs: ps -eLf | wc -l", "fork(2)"},
	{"start", "EINVAL"}:      {"The kernel doesn't take these flags together, or has no such namespaces.", "look at the flags of the call; user namespaces may be off (user.max_user_namespaces)", "clone(2)"},
	{"start", "ENOSPC"}:      {"There may be no more namespaces, or none so deep.", "look at: sysctl user", "clone(2)"},
	{"user", "EAGAIN"}:       {"The user has as many processes as the limit allows (ulimit -u).", "look at what this user runs: ps -u USER; or raise the limit", "setuid(2)"},
	{"user", "EINVAL"}:       {"The user or group id is not mapped in this user namespace.", "look at /proc/self/uid_map and gid_map, and at /etc/subuid", "setuid(2)"},
	{"lock", "EAGAIN"}:       {"Another process holds a lock on {}.", "see who: lslocks", "fcntl(2)"},
	{"lock", "EINTR"}:        {"Another process holds a lock on {}, and a signal, as that of a timer, broke off the wait for it.", "see who: lslocks; or wait longer", "fcntl(2)"},
	{"lock", "EDEADLK"}:      {"Waiting for the lock on {} would never end: its holder waits for this process.", "see who holds what: lslocks", "fcntl(2)"},
	{"", "ENOLCK"}:           {"The kernel, or the server of a network file system, gives no lock on {}.", "see whether the server's lock service runs: rpcinfo -p SERVER", "fcntl(2)"},
	{"pin", "EAGAIN"}:        {"Memory could not be locked.", "raise the limit: ulimit -l, LimitMEMLOCK=", "mlock(2)"},
	{"pin", "ENOMEM"}:        {"The process may not lock so much memory.", "raise the limit: ulimit -l, LimitMEMLOCK=", "mlock(2)"},
	{"", "EAGAIN"}:           {"The kernel refused for now: something is in use, or not there yet.", "see whether it works again later", "errno(3)"},
	{"signal", "ESRCH"}:      {"There is no such process any more.", "look for what ended it; a process-id file may be left over", "kill(2)"},
	{"", "ESRCH"}:            {"There is no such process.", "look for what ended it", "errno(3)"},
	{"", "ENOSYS"}:           {"This kernel, or a sandbox, doesn't have this call.", "use a newer kernel, or let the sandbox's seccomp profile allow the call", "errno(3)"},
	{"", "EOPNOTSUPP"}:       {"{} can't do this: its file system, device or protocol doesn't have it.", "look at its file system: findmnt -T {}", "errno(3)"},
	{"", "EBADF"}:            {"The descriptor is not open, or not for this: {}.", "look for what closed it before", "errno(3)"},
	{"", "EINVAL"}:           {"The kernel finds an argument of the call invalid.", "look at the arguments of the call; its man page says what they may be", "errno(3)"},
	{"", "EFAULT"}:           {"The program gave an address that is not its own: an error of the program.", "report it, with the trace", "errno(3)"},
	{"", "ENOMSG"}:           {"The queue has no message of this kind.", "see whether the sender runs", "msgrcv(2)"},
	{"", "EIDRM"}:            {"The queue, semaphores or shared memory were removed meanwhile.", "see who removed them", "msgrcv(2)"},
	{"", "ENOKEY"}:           {"The key that is needed is in none of the process's keyrings.", "look at: keyctl show; an encrypted directory may have to be unlocked", "keyctl(2)"},
	{"queue", "ENOENT"}:      {"There is no such queue, semaphore or shared memory.", "see whether the program that makes it runs; ipcs shows what is there", "shmget(2)"},
	{"user", "EPERM"}:        {"The process may not change its user or group: it lacks CAP_SETUID or CAP_SETGID.", "start it as the user that it is to run as, or give it the capability", "setuid(2)"},
	{"mount", "EPERM"}:       {"The process may not mount: it lacks CAP_SYS_ADMIN.", "let the container's or service's manager mount it, or use a user namespace: unshare -rm", "mount(2)"},
	{"unmount", "EPERM"}:     {"The process may not unmount: it lacks CAP_SYS_ADMIN.", "let the one that mounted it unmount it", "umount(2)"},
	{"signal", "EPERM"}:      {"The process belongs to another user, so it may not get this signal.", "send the signal as the user that the process belongs to", "kill(2)"},
	{"start", "EPERM"}:       {"The process may not make such a namespace: it lacks CAP_SYS_ADMIN, or user namespaces are off.", "look at: sysctl user.max_user_namespaces kernel.unprivileged_userns_clone", "clone(2)"},
	{"pin", "EPERM"}:         {"The process may lock no memory: its limit (ulimit -l) is 0, and it lacks CAP_IPC_LOCK.", "raise the limit: ulimit -l, LimitMEMLOCK=", "mlock(2)"},
	{"send", "EACCES"}:       {"{} is a broadcast address, which the program did not ask to send to (SO_BROADCAST), or the firewall refuses.", "let the program set SO_BROADCAST, or send to another address; look at: nft list ruleset", "send(2)"},
	{"send", "EPERM"}:        {"The firewall of this machine refuses what is sent to {}.", "look at: nft list ruleset, iptables -L -v", "send(2)"},
	{"limit", "EPERM"}:       {"What is asked for is above the hard limit, or above what the kernel allows at all (fs.nr_open): a process without CAP_SYS_RESOURCE may lower that limit only.", "raise it where it is set: limits.conf(5), LimitNOFILE= and its like in the unit, --ulimit of the container; ulimit -Ha shows it", "setrlimit(2)"},
	{"limit", "EINVAL"}:      {"A soft limit can't be above its hard one; or there is no such limit.", "look at both: ulimit -Sa, ulimit -Ha", "setrlimit(2)"},
	{"nice", "EACCES"}:       {"A process without CAP_SYS_NICE may only lower its priority, or raise it as far as RLIMIT_NICE allows.", "let its service manager set the priority (Nice= in the unit), or raise the limit: nice in limits.conf(5), LimitNICE=", "setpriority(2)"},
	{"nice", "EPERM"}:        {"The process belongs to another user, so its priority may not be changed.", "do it as that user: ps -o user= -p PID", "setpriority(2)"},
	{"schedule", "EPERM"}:    {"Real-time policies and priorities take CAP_SYS_NICE, or a limit that allows them (RLIMIT_RTPRIO). In a control group without real-time budget not even that helps.", "raise the limit: rtprio in limits.conf(5), LimitRTPRIO=, --ulimit rtprio= and --cap-add SYS_NICE of the container", "sched(7)"},
	{"ioprio", "EPERM"}:      {"The real-time class of input and output takes CAP_SYS_NICE or CAP_SYS_ADMIN; the priority of another user's process may not be changed.", "use the class best-effort (ionice -c 2), or let its service manager set the class: IOSchedulingClass= in the unit", "ioprio_set(2)"},
	{"processors", "EINVAL"}: {"None of the processors asked for is there, or allowed to this process: its control group (cpuset) may have others.", "see which it may use: nproc; grep Cpus_allowed_list /proc/self/status", "sched_setaffinity(2)"},
	{"clock", "EPERM"}:       {"Only a process with CAP_SYS_TIME may set the clock; in a container it is the host's.", "leave the clock to the host's time service: timedatectl shows it", "settimeofday(2)"},
	{"host", "EPERM"}:        {"Only a process with CAP_SYS_ADMIN may set the name of the host, or of its UTS namespace.", "let the host's set-up do it: hostnamectl, or --hostname of the container", "sethostname(2)"},
	{"", "EUSERS"}:           {"Too many users.", "look at the quota", "errno(3)"},
}
