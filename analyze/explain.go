package analyze

import (
	"fmt"
	"path"
	"strings"
)

// explain fills in Summary, Explanation and Advice of a failed call.
func (f *facts) explain(out *Cause, c *candidate) {
	x := c.fail
	obj := f.object(x)
	out.Summary = fmt.Sprintf("it could not %s: %s", doing(x, obj), short(x.errno))
	if c.kind == "search" {
		what := path.Base(x.path)
		out.Summary = fmt.Sprintf("it looked for %s in %d places, and it is in none of them", what, len(c.group))
	}
	out.Explanation, out.Advice = f.reason(out, c, obj)
	if x.count > 1 && c.kind != "search" {
		out.Explanation += fmt.Sprintf(" It was tried %d times.", x.count)
	}
	if x.during {
		out.Explanation += " The connect itself went on in the background; the error was fetched with SO_ERROR."
	}
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
	if !ok {
		return strings.TrimSpace(x.name + " " + obj)
	}
	if strings.HasPrefix(x.name, "open") {
		fl := x.step.Event.Call.Arg(1)
		if x.name == "openat" {
			fl = x.step.Event.Call.Arg(2)
		}
		switch {
		case fl.Has("O_CREAT"):
			return "create " + obj
		case fl.Has("O_WRONLY"), fl.Has("O_RDWR"):
			return "open " + obj + " for writing"
		}
	}
	if x.path2 != "" {
		return fmt.Sprintf("%s %s to %s", verb, obj, x.path2)
	}
	return strings.TrimSpace(verb + " " + obj)
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
	"flock": "lock", "fcntl": "lock", "socket": "make a socket", "mknod": "make", "mknodat": "make",
}

// short is the errno in the words of a first line.
func short(errno string) string {
	if s, ok := shortTexts[errno]; ok {
		return s
	}
	return errno
}

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

// reason says why the kernel said no, and what to do.
func (f *facts) reason(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	switch x.errno {
	case "ENOENT":
		return f.whyMissing(out, c, obj)
	case "EACCES", "EPERM":
		return f.whyDenied(out, c, obj)
	}
	if g, ok := generalReasons[x.errno]; ok {
		return fmt.Sprintf(g.why, orIt(obj)), []string{fmt.Sprintf(g.next, orIt(obj))}
	}
	return fmt.Sprintf("%s failed with %s.", x.name, x.errno), []string{}
}

func orIt(obj string) string {
	if obj == "" {
		return "it"
	}
	return obj
}

type general struct{ why, next string }

// generalReasons are the texts for errors that say all by themselves; %s is
// the object.
var generalReasons = map[string]general{
	"ECONNREFUSED":  {"Nothing listens on %[1]s, or it refuses connections.", "start the server, or correct the address; see who listens: ss -ltnp  (%[1]s)"},
	"EADDRINUSE":    {"Another socket is bound to %[1]s already.", "find who has it: ss -ltnp (or -lxp for unix sockets), and stop it or choose another address than %[1]s"},
	"EADDRNOTAVAIL": {"%[1]s is not an address of this machine.", "listen on an address that `ip addr` shows, not %[1]s"},
	"ENOSPC":        {"The file system (or its inodes) where %[1]s lies is full.", "make room: df -h %[1]s; df -i %[1]s"},
	"EDQUOT":        {"The quota of the user on the file system of %[1]s is used up.", "look at: quota; %[1]s"},
	"EROFS":         {"%[1]s lies on a file system that is mounted read-only.", "see findmnt -T %[1]s; remount it rw, or write elsewhere"},
	"EMFILE":        {"The process has as many open files as its limit allows (RLIMIT_NOFILE); %[1]s would be one too many.", "raise the limit (ulimit -n, LimitNOFILE=), or find the leak, when opening %[1]s"},
	"ENFILE":        {"The whole system has too many open files; %[1]s would be one too many.", "see /proc/sys/fs/file-nr and raise fs.file-max (%[1]s)"},
	"ENOMEM":        {"The kernel gave no more memory (%[1]s): a limit (ulimit -v, a cgroup's) or the machine's memory is reached.", "look at ulimit -a, the cgroup's memory.max and free -m (%[1]s)"},
	"ENOTDIR":       {"A part of the path %[1]s that should be a directory is something else.", "look at each part: namei -l %[1]s"},
	"EISDIR":        {"%[1]s is a directory where a file is needed.", "give a file instead of the directory %[1]s"},
	"EEXIST":        {"%[1]s exists already, and the program insists on making it itself.", "if no other process is using it, remove %[1]s"},
	"ELOOP":         {"The symbolic links of %[1]s lead in a circle (or the program refuses links).", "look at each part: namei -l %[1]s"},
	"ETXTBSY":       {"%[1]s is open for writing, so it can't be run (or the reverse).", "see who has it open: fuser -v %[1]s"},
	"ENOEXEC":       {"%[1]s is in no format that this kernel runs: a script without #!, another machine's program, or a cut file.", "look at: file %[1]s"},
	"E2BIG":         {"The arguments and environment for %[1]s are larger than the kernel allows.", "pass fewer at a time (xargs), for %[1]s"},
	"EFBIG":         {"%[1]s would get larger than the limit of file size (ulimit -f) or the file system allows.", "raise ulimit -f, for %[1]s"},
	"ENAMETOOLONG":  {"The path or one of its names is too long: %[1]s.", "use a shorter path than %[1]s"},
	"EXDEV":         {"The two paths are on different file systems; a rename or hard link can't cross (%[1]s).", "copy instead of moving %[1]s"},
	"EAGAIN":        {"The kernel refused for now (%[1]s): a limit is reached (processes: ulimit -u, pids.max), or a lock is held.", "look at ulimit -u and the cgroup's pids.max (%[1]s)"},
	"EPIPE":         {"Nobody reads %[1]s any more.", "find out why the reader of %[1]s ended"},
	"ETIMEDOUT":     {"%[1]s did not answer in time.", "check the address %[1]s and the firewall on the way"},
	"EHOSTUNREACH":  {"There is no way to %[1]s.", "check the route and the firewall: ip route get ... (%[1]s)"},
	"ENETUNREACH":   {"This machine has no route to the network of %[1]s.", "check: ip route (%[1]s)"},
	"ECONNRESET":    {"The other end of %[1]s broke the connection off.", "look at the server's log for %[1]s"},
	"EBUSY":         {"%[1]s is in use.", "see who uses it: fuser -vm %[1]s"},
	"EIO":           {"The device or file system under %[1]s reports an error.", "look at the kernel's log: dmesg (%[1]s)"},
	"ENOTEMPTY":     {"The directory %[1]s is not empty.", "look at what is in it: ls -la %[1]s"},
}

func (f *facts) whyMissing(out *Cause, c *candidate, obj string) (string, []string) {
	x := c.fail
	if c.kind == "search" {
		what := path.Base(x.path)
		return fmt.Sprintf("%s is in none of the %d places where %s looks for it.", what, len(c.group), name(x.hist.proc)),
			[]string{fmt.Sprintf("install what brings %s, or put its folder on the search path", what)}
	}
	if x.name == "execve" || x.name == "execveat" {
		if why, next, ok := f.whyNoExec(c); ok {
			return why, next
		}
	}
	if ev := out.Evidence; ev != nil && len(ev.PathWalk) > 0 {
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
	return fmt.Sprintf("%s, or a directory on the way to it, does not exist.", obj),
		[]string{fmt.Sprintf("create %s, or correct the path where it is configured; ls -ld %s shows what is there", obj, path.Dir(obj))}
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
		if hit, ok := h.hits[path.Base(x.path)]; ok && hit.path == x.path {
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
	switch {
	case x.addr != "" && x.name == "bind":
		return fmt.Sprintf("%s may not listen on %s: ports below net.ipv4.ip_unprivileged_port_start need CAP_NET_BIND_SERVICE.", who, x.addr),
			[]string{"give it the capability (setcap cap_net_bind_service=+ep), or use a port from 1024 on"}
	case obj == "":
		return fmt.Sprintf("%s may not do this: it lacks the privilege.", who), []string{"run it with the privilege it needs, or without what needs it"}
	case x.errno == "EPERM":
		return fmt.Sprintf("%s lacks the privilege for this on %s: not its owner, a missing capability, or an immutable file (lsattr).", who, obj),
			[]string{"look at: ls -ld " + obj + "; lsattr -d " + obj}
	}
	return fmt.Sprintf("%s may not use %s: the file's mode, a directory on the way, or a security module (SELinux, AppArmor) forbids it.", who, obj),
		[]string{fmt.Sprintf("look at owner and mode of each part: namei -l %s", obj), "if they are right, look at the kernel's log for SELinux or AppArmor: dmesg | grep -i denied"}
}
