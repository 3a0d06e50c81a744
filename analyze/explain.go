package analyze

import (
	"fmt"
	"path"
	"strings"

	"github.com/stracex/stracex/event"
)

// explain fills in Summary, Explanation and Advice of a failed call.
func (f *facts) explain(out *Cause, c *candidate) {
	x := c.fail
	obj := f.object(x)
	out.Summary = fmt.Sprintf("it could not %s: %s", doing(x, obj), short(x))
	if c.kind == "search" {
		what := sought(c.group)
		out.Summary = fmt.Sprintf("it looked for %s in %d places, and it is in none of them", what, len(c.group))
	}
	out.Explanation, out.Advice = f.reason(out, c, obj)
	out.Explanation += findings(out.Evidence)
	if root := f.state.Abs(x.step.FS.Root); root != "" && root != "/" && strings.HasPrefix(x.path, "/") {
		out.Explanation += fmt.Sprintf(" Its root directory is %s: there the path begins.", root)
		for i := range out.Advice {
			out.Advice[i] = below(root, x.path, out.Advice[i])
		}
	}
	if x.count > 1 && c.kind != "search" {
		out.Explanation += fmt.Sprintf(" It was tried %d times.", x.count)
	}
	if x.during {
		out.Explanation += " The connect itself went on in the background; the error was fetched with SO_ERROR."
	}
}

// below gives the paths in an advice that lead to p as they are outside of a root directory.
func below(root, p, advice string) string {
	words := strings.Split(advice, " ")
	for i, w := range words {
		bare := strings.TrimRight(w, ",;")
		if strings.HasPrefix(bare, "/") && (bare == p || strings.HasPrefix(p, bare+"/")) {
			words[i] = strings.TrimSuffix(root, "/") + w
		}
	}
	return strings.Join(words, " ")
}

// sought is what a search looked for: what the ends of all its paths have in
// common.
func sought(group []*failure) string {
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

// environmentText is that of E2BIG where the arguments are few.
var environmentText = errorText{"The environment that is passed to {} is larger than the kernel allows, alone or with one of the arguments.", "see which variable is so large, and don't export it: env -0 | sort -z | xargs -0 -n1 | awk '{print length, substr($0,1,40)}' | sort -n | tail", "execve(2)"}

// emptyText is that of a mapping without length.
var emptyText = errorText{"{} is empty: a file of no bytes can't be mapped into memory.", "find out why it is empty, and restore it: ls -l {}", "mmap(2)"}

// fewArguments says whether the arguments of an execve are short and few, as far as seen.
func fewArguments(c *event.Call) bool {
	const few = 50
	args := c.Arg(1)
	return args.Kind == event.Array && !args.Cut && len(args.Elems) < few
}

// reason says why the kernel said no, and what to do.
func (f *facts) reason(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	if x.isAboutSecond() {
		obj = x.path2
	}
	t, ok := errorTexts[callError{callClass[x.name], x.errno}]
	switch {
	case refusedValue(x):
		t, ok = valueText, true
	case emptyMapping(x):
		t, ok = emptyText, true
	case x.errno == "E2BIG" && fewArguments(x.step.Event.Event().Call):
		t, ok = environmentText, true
	}
	if !ok {
		out.Manual = manual(x.name)
		switch x.errno {
		case "ENOENT":
			return f.whyMissing(out, c, obj)
		case "EACCES", "EPERM":
			if f.secondTracer(x) {
				return whySecondTracer(x)
			}
			return f.whyDenied(out, c, obj)
		case "EMFILE", "ENOMEM":
			return f.whyLimited(x, obj)
		case "ENOTDIR":
			if why, next, ok := whyNoFolder(out.Evidence); ok {
				return why, next
			}
		}
		t, ok = errorTexts[callError{"", x.errno}]
	}
	if !ok {
		return fmt.Sprintf("%s failed with %s.", x.name, x.errno), []string{fmt.Sprintf("look up what %s means in %s", x.errno, out.Manual)}
	}
	t = t.fill(obj)
	out.Manual = t.man
	return t.why, []string{t.next}
}

func orIt(obj string) string {
	if obj == "" {
		return "it"
	}
	return obj
}

// whyLimited: a limit of the process is reached.
func (f *facts) whyLimited(x *failure, obj string) (string, []string) {
	limit := func(name string) string {
		if v := f.limitOf(x.hist.proc, name); v != "" {
			return fmt.Sprintf(" %s was set to %s.", name, v)
		}
		return ""
	}
	if x.errno == "EMFILE" {
		return fmt.Sprintf("The process has as many open files as its limit allows; %s would be one too many.", orIt(obj)) + limit("RLIMIT_NOFILE"),
			[]string{"raise the limit (ulimit -n, LimitNOFILE=), or find out why so many files stay open"}
	}
	asked := ""
	if n, ok := x.step.Event.Event().Call.Arg(1).Number(); ok && n > 0 && (x.name == "mmap" || x.name == "mremap") {
		asked = fmt.Sprintf(" It asked for %d MiB.", (n+1<<19)>>20)
	}
	return "The kernel gave no more memory: a limit (ulimit -v, a cgroup's) or the machine's memory is reached." + asked + limit("RLIMIT_AS"),
		[]string{"look at ulimit -v, the cgroup's memory.max and free -m"}
}

func (f *facts) whyMissing(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	if c.kind == "search" {
		what := sought(c.group)
		return fmt.Sprintf("%s is in none of the %d places where %s looks for it.", what, len(c.group), name(x.hist.proc)),
			[]string{fmt.Sprintf("install what brings %s, or put its folder on the search path", what)}
	}
	if x.name == "execve" || x.name == "execveat" {
		if why, next, ok := f.whyNoExec(c); ok {
			return why, next
		}
	}
	if why, next, ok := strangeName(obj); ok {
		return why, next
	}
	if ev := out.Evidence; ev != nil && len(ev.PathWalk) > 0 && x.name != "connect" {
		if why, next, ok := missingStep(ev.PathWalk); ok {
			return why, next
		}
	}
	if x.name == "connect" {
		return fmt.Sprintf("There is no socket at %s: the server is not running, or it puts its socket elsewhere.", obj), []string{"start the server, or correct the path"}
	}
	if obj == "" {
		return "What it asked for does not exist.", []string{}
	}
	if dir := path.Dir(obj); (x.makes || x.lacksTarget()) && x.hist.sources[dir] == nil && dir != x.step.Dir && !strings.HasPrefix(obj, "/proc/") && !strings.HasPrefix(obj, "/sys/") {
		obj = dir
		return fmt.Sprintf("The directory %s, or one on the way to it, does not exist.", obj),
			[]string{fmt.Sprintf("mkdir -p %s, or correct the path where it is configured", obj)}
	}
	return fmt.Sprintf("%s, or a directory on the way to it, does not exist.", obj),
		[]string{fmt.Sprintf("create %s, or correct the path where it is configured; ls -ld %s shows what is there", obj, path.Dir(obj))}
}

// strangeName: a name that ends in a carriage return or a blank comes from a file with DOS
// line ends, or from a value with a blank behind it; nobody gives a file such a name.
func strangeName(p string) (string, []string, bool) {
	for _, part := range strings.Split(p, "/") {
		switch bare := strings.Trim(part, " \t\r\n"); {
		case bare == part || bare == "":
		case strings.Contains(part, "\r"):
			return fmt.Sprintf("The name %q has a carriage return at its end, %q has none: it comes from a file with DOS line ends.", part, bare),
				[]string{"remove the carriage returns from the file that the name comes from: sed -i 's/\\r$//' FILE"}, true
		default:
			return fmt.Sprintf("The name %q begins or ends with a blank, %q does not: look at the setting that it comes from.", part, bare),
				[]string{fmt.Sprintf("look for the blank where %s is configured", bare)}, true
		}
	}
	return "", nil, false
}

// whyNoExec: the kernel says ENOENT for a script that is there when its
// interpreter isn't.
func (f *facts) whyNoExec(c *candidate) (string, []string, bool) {
	x := c.fail
	interp := ""
	there := false
	if x.seen != nil {
		for _, s := range x.seen.Walk {
			if s.Path == x.seen.Path && s.Errno == "" {
				there = true
			}
		}
		interp = shebang(string(x.seen.Head))
		for _, t := range x.seen.Text {
			if rest, ok := strings.CutPrefix(t, "interpreter "); ok && interp == "" {
				interp, _, _ = strings.Cut(rest, " ")
			}
		}
	}
	for _, r := range f.words.read[x.hist] {
		if interp == "" && r.file.Path != "" && f.state.Abs(r.file.Path) == x.path {
			interp = shebang(r.text)
			there = true
		}
	}
	for _, h := range f.order {
		if s := h.byBase[path.Base(x.path)]; s != nil && s.path == x.path {
			there = true
		}
	}
	switch {
	case interp != "" && strings.HasSuffix(interp, "\r"):
		interp = strings.TrimSuffix(interp, "\r")
		return fmt.Sprintf("%s is there, but its first line ends in a carriage return (it has DOS line ends), so the kernel looks for an interpreter %q, which does not exist.", x.path, interp+"\r"),
			[]string{"remove the carriage returns: sed -i 's/\\r$//' " + x.path}, true
	case interp != "" && there:
		return fmt.Sprintf("%s is there, but its interpreter %s is not.", x.path, interp),
			[]string{fmt.Sprintf("install %s, or correct the first line of %s", interp, x.path)}, true
	case there:
		return fmt.Sprintf("%s is there; what is missing is the interpreter that it names: the program of its #! line, or the ELF loader.", x.path),
			[]string{fmt.Sprintf("look at its first line (head -1 %s) or at its loader (file %s)", x.path, x.path)}, true
	}
	return "", nil, false
}

// shebang is the interpreter of a script, "" when it has none. A carriage
// return before the line's end is kept, since the kernel keeps it too.
func shebang(head string) string {
	rest, ok := strings.CutPrefix(head, "#!")
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "\n")
	rest = strings.TrimLeft(rest, " \t")
	if i := strings.IndexAny(rest, " \t"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

func (f *facts) whyDenied(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	who := x.hist.proc.Name()
	if cred := x.step.Proc.Cred; out.Evidence != nil && out.Evidence.UID != nil {
		who += fmt.Sprintf(" (uid %d)", *out.Evidence.UID)
	} else if cred.Known {
		who += fmt.Sprintf(" (uid %d)", cred.UID)
	}
	if out.Evidence != nil {
		if why, next, ok := f.deniedStep(out, c, who); ok {
			return why, next
		}
	}
	if why, next, ok := refusedThere(x, who, obj); ok {
		return why, next
	}
	switch {
	case strings.HasPrefix(x.addr, "unix:") && x.name == "bind":
		dir := path.Dir(x.path)
		return fmt.Sprintf("%s may not make a socket in %s: it needs to write and search there.", who, dir), []string{"look at owner and mode of each part: namei -l " + dir}
	case x.addr != "" && x.name == "bind":
		return fmt.Sprintf("%s may not listen on %s: ports below net.ipv4.ip_unprivileged_port_start need CAP_NET_BIND_SERVICE.", who, x.addr),
			[]string{"give it the capability (setcap cap_net_bind_service=+ep), or use a port from 1024 on"}
	case obj == "":
		return fmt.Sprintf("%s may not do this: it lacks the privilege.", who), []string{fmt.Sprintf("see in %s which capability it needs, and give it that one: setcap, AmbientCapabilities=", manual(x.name))}
	case x.errno == "EPERM":
		return fmt.Sprintf("%s lacks the privilege for this on %s: not its owner, a missing capability, or an immutable file (lsattr).", who, obj),
			[]string{"look at: ls -ld " + obj + "; lsattr -d " + obj}
	}
	return fmt.Sprintf("%s may not use %s: the file's mode, a directory on the way, or a security module (SELinux, AppArmor) forbids it.", who, obj),
		[]string{fmt.Sprintf("look at owner and mode of each part: namei -l %s", obj), "if they are right, look at the kernel's log for SELinux or AppArmor: dmesg | grep -i denied"}
}
