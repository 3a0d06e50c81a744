package analyze

import (
	"fmt"
	"path"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// rule gives points to a candidate and, where they speak for it, the reason in
// a sentence. No rule knows a program: each looks at the shape of what happened.
type rule struct {
	name  string
	apply func(f *facts, c *candidate) (points float64, because string)
}

// rules, in the order in which their sentences are shown.
var rules = []rule{
	{"path in the message", namesPath},
	{"address in the message", namesAddress},
	{"errno in the message", namesErrno},
	{"close to the message", closeToMessage},
	{"kind of call", kindOfCall},
	{"kind of call in the message", namesCall},
	{"kind of error", kindOfError},
	{"handed over", handedOver},
	{"repeated", repeated},
	{"found elsewhere", foundElsewhere},
	{"fallback", fallback},
	{"same failure where all went well", harmlessElsewhere},
	{"start-up probe", startupProbe},
	{"the application's own", ownPath},
	{"personal settings", personal},
	{"clean-up", cleanUp},
	{"place to search", placeToSearch},
	{"another program", anotherProgram},
	{"waits for another", waitsForOther},
	{"crash", crash},
	{"nothing to read", nothingToRead},
	{"untraced", untraced},
}

// namesPath: the message names the path, its last part, or a word of it.
func namesPath(_ *facts, c *candidate) (float64, string) {
	if c.sus.anchor.line == nil {
		return 0, ""
	}
	msg, all := c.sus.anchor.line.text, c.sus.anchor.text
	for _, p := range c.paths() {
		for _, text := range []string{msg, all} {
			weight := 1.0
			if text == all {
				weight = 0.75
			}
			if len(p) > 3 && strings.ContainsAny(p, "/") && namesIn(text, p) {
				return 7 * weight, fmt.Sprintf("the message names %s", p)
			}
			base := path.Base(p)
			if len(base) >= 3 && base != c.programName() && namesIn(text, base) {
				return 5 * weight, fmt.Sprintf("the message names %s", base)
			}
			if short := strings.TrimSuffix(p, path.Ext(p)); short != p && len(path.Base(short)) > 4 && (namesIn(text, short) || namesIn(text, strings.TrimSuffix(short, path.Ext(short)))) {
				return 5 * weight, fmt.Sprintf("the message names %s", short)
			}
			if stem, _, _ := strings.Cut(base, "."); len(stem) >= 4 && stem != c.programName() && containsWord(text, stem) {
				return 3 * weight, fmt.Sprintf("the message speaks of %s", stem)
			}
			if dir := path.Base(path.Dir(p)); len(dir) >= 4 && dir != c.programName() && !systemPath(p) && containsWord(text, dir) {
				return 2 * weight, fmt.Sprintf("the message speaks of %s", dir)
			}
		}
	}
	return wordsInCommon(c, msg)
}

// wordsInCommon: "key not usable" and etc/signing.key.
func wordsInCommon(c *candidate, msg string) (float64, string) {
	low := strings.ToLower(msg)
	for _, p := range c.paths() {
		for _, w := range strings.FieldsFunc(strings.ToLower(path.Base(p)), notLetter) {
			if lib, ok := strings.CutPrefix(w, "lib"); ok && len(lib) >= 3 && containsWord(low, lib) {
				return 2.5, fmt.Sprintf("the message speaks of %q", lib)
			}
			if len(w) >= 3 && w != c.programName() && containsWord(low, w) {
				return 1.5, fmt.Sprintf("the message speaks of %q", w)
			}
		}
	}
	return 0, ""
}

func notLetter(r rune) bool { return !(r >= 'a' && r <= 'z') }

// paths are the names under which the candidate's object may be known.
func (c *candidate) paths() []string {
	var out []string
	add := func(p string) {
		if p != "" && p != "/" && p != "." && !strings.HasPrefix(p, "\x00") {
			out = append(out, p)
		}
	}
	if x := c.fail; x != nil {
		add(x.path)
		add(x.given)
		add(x.path2)
	}
	if c.source != nil {
		add(c.source.path)
	}
	return out
}

func (c *candidate) programName() string { return c.sus.hist.proc.Name() }

// namesIn says whether text names the path or file name, and not one that goes
// on below or beside it.
func namesIn(text, p string) bool {
	for i := 0; ; {
		k := strings.Index(text[i:], p)
		if k < 0 {
			return false
		}
		k += i
		end := k + len(p)
		if !wordByte(text, k-1) && !wordByte(text, end) && !goesOn(text, end) && (p[0] != '/' || k == 0 || text[k-1] != '.') {
			return true
		}
		i = k + 1
	}
}

// goesOn: "/name" or ".name" follows.
func goesOn(text string, i int) bool {
	return i+1 < len(text) && (text[i] == '/' || text[i] == '.') && wordByte(text, i+1)
}

// containsWord finds w in text with no letter or digit touching it.
func containsWord(text, w string) bool {
	for i := 0; ; {
		k := strings.Index(text[i:], w)
		if k < 0 {
			return false
		}
		k += i
		if !wordByte(text, k-1) && !wordByte(text, k+len(w)) {
			return true
		}
		i = k + 1
	}
}

func wordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	b := s[i]
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-'
}

func namesAddress(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.addr == "" || c.sus.anchor.line == nil {
		return 0, ""
	}
	text := c.sus.anchor.text
	host, port := splitAddr(c.fail.addr)
	switch {
	case strings.Contains(text, c.fail.addr):
		return 6, "the message names " + c.fail.addr
	case port != "" && containsWord(text, port):
		return 4, "the message names port " + port
	case host != "" && containsWord(text, host):
		return 3, "the message names " + host
	}
	return 0, ""
}

func splitAddr(a string) (host, port string) {
	if strings.HasPrefix(a, "unix:") {
		return strings.TrimPrefix(a, "unix:"), ""
	}
	if i := strings.LastIndexByte(a, ':'); i > 0 {
		return strings.Trim(a[:i], "[]"), a[i+1:]
	}
	return a, ""
}

func namesErrno(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.sus.anchor.line == nil {
		return 0, ""
	}
	named := c.sus.anchor.named()
	switch {
	case named[c.fail.errno]:
		return 2.5, fmt.Sprintf("the message gives its error (%s)", c.fail.errno)
	case len(named) > 0:
		return -1, ""
	}
	return 0, ""
}

func closeToMessage(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil {
		return 0, ""
	}
	what := "the message was written"
	if c.sus.anchor.line == nil {
		what = "the process ended"
	}
	switch n := c.between; {
	case n <= 3:
		return 3, fmt.Sprintf("%s %s later", what, calls(n+1))
	case n <= 12:
		return 2.25, fmt.Sprintf("%s %s later", what, calls(n+1))
	case n <= 40:
		return 1.25, fmt.Sprintf("%s %s later", what, calls(n+1))
	case n <= 150:
		return 0.5, ""
	case n <= 1000:
		return 0, ""
	}
	return -0.5, ""
}

func calls(n int) string {
	if n == 1 {
		return "1 call"
	}
	return fmt.Sprintf("%d calls", n)
}

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

func kindOfCall(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil {
		return 0, ""
	}
	return callWeight[c.fail.name], ""
}

// errorWeight: what is hardly ever expected, against what is asked for all day.
var errorWeight = map[string]float64{
	"EACCES": 2.5, "EPERM": 1.5, "ENOSPC": 4, "EDQUOT": 4, "EROFS": 3, "EMFILE": 4, "ENFILE": 4, "ENOMEM": 3, "EFBIG": 4, "EIO": 4,
	"EADDRINUSE": 4, "EADDRNOTAVAIL": 3, "ECONNREFUSED": 2, "EHOSTUNREACH": 2, "ENETUNREACH": 1, "ETIMEDOUT": 2, "ECONNRESET": 2.5, "EPIPE": 2,
	"ELOOP": 3, "ENAMETOOLONG": 3, "ENOTDIR": 1.5, "EISDIR": 2.5, "ETXTBSY": 4, "ENOEXEC": 3, "E2BIG": 4, "EXDEV": 1, "ENOTEMPTY": 1, "EEXIST": 0.5, "EBUSY": 2.5,
	"ENXIO": 0.5, "ENODEV": 1, "EAFNOSUPPORT": 0, "EPROTONOSUPPORT": 0, "ENOENT": 0, "ELIBBAD": 3, "EMLINK": 3, "EUSERS": 3, "ESTALE": 4, "EKEYREJECTED": 2, "EDESTADDRREQ": 2,
	"EAGAIN": -4, "EINTR": -4, "EINPROGRESS": -6, "ENOTTY": -6, "ESPIPE": -5, "ECHILD": -5, "ENOSYS": -4, "ENODATA": -5, "EOPNOTSUPP": -4, "EBADF": -2, "EINVAL": -1.5, "ENOPROTOOPT": -4,
	"ESRCH": -2, "EALREADY": -4, "EISCONN": -3, "ENOTCONN": -2, "EDOM": -3, "ENOTSOCK": -3, "ERANGE": -3, "EFAULT": 0, "ENOTSUP": -4, "ENOTBLK": -2, "ETIME": -3, "ENOKEY": -4,
}

// callWords are the words with which messages speak of calls.
var callWords = map[string][]string{
	"flock": {"lock"}, "fcntl": {"lock"}, "bind": {"bind", "listen", "address", "port"}, "listen": {"listen"},
	"connect": {"connect", "reach", "server", "upstream", "mirror", "host"}, "clone": {"fork", "thread", "process", "worker"}, "clone3": {"fork", "thread", "process", "worker"}, "vfork": {"fork", "process"},
	"mmap": {"memory", "allocat", "map"}, "brk": {"memory", "allocat"}, "execve": {"exec", "run", "command", "interpreter"}, "mkdir": {"directory", "folder", "create", "mkdir"},
	"rename": {"rename", "move", "replace"}, "chdir": {"chdir", "directory", "folder"}, "chown": {"chown", "owner"}, "chmod": {"chmod", "mode"}, "mount": {"mount"},
	"write": {"write", "writing", "space", "output"}, "pwrite64": {"write", "writing", "space"}, "setuid": {"user", "privilege"}, "setgroups": {"group", "privilege"}, "setresuid": {"user", "privilege"},
	"link": {"link"}, "symlink": {"link"}, "dlopen": {"library"}, "chroot": {"chroot", "root"}, "ftruncate": {"space", "size", "truncate"}, "fallocate": {"space", "size"},
}

func namesCall(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.sus.anchor.line == nil {
		return 0, ""
	}
	name := strings.TrimSuffix(strings.TrimSuffix(c.fail.name, "at"), "at2")
	if containsAny(strings.ToLower(withoutPaths(c.sus.anchor.line.text)), callWords[name]) {
		return 2, fmt.Sprintf("the message speaks of what %s does", c.fail.name)
	}
	return 0, ""
}

func kindOfError(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil {
		return 0, ""
	}
	w := errorWeight[x.errno]
	switch {
	case x.errno == "EAGAIN" && (strings.HasPrefix(x.name, "clone") || strings.HasSuffix(x.name, "fork") || strings.HasPrefix(x.name, "set") || x.name == "mlock"):
		return 4, "no more processes or threads may be started"
	case x.errno == "EAGAIN" && (x.name == "flock" || x.name == "fcntl") || x.errno == "EWOULDBLOCK" && x.name == "flock":
		return 2, "somebody else holds the lock"
	case x.errno == "EACCES" && x.name == "fcntl":
		return 2, "somebody else holds the lock"
	case x.errno == "EEXIST" && strings.HasPrefix(x.name, "open"):
		return 2, "a file of this name is in the way"
	case x.errno == "EEXIST" && strings.HasPrefix(x.name, "mkdir"):
		return -3, ""
	case x.errno == "EINVAL" && (x.name == "execve" || x.name == "mount" || x.name == "bind"):
		return 1, ""
	case x.errno == "EPERM" && strings.HasPrefix(x.name, "prctl"), x.errno == "EINVAL" && x.name == "readlink", x.errno == "EPERM" && x.name == "setrlimit":
		return -3, ""
	case x.errno == "ENXIO" && strings.HasPrefix(x.name, "open") && x.path == "/dev/tty":
		return -4, ""
	case x.name == "socket" && (x.errno == "EAFNOSUPPORT"):
		return 0, ""
	}
	return w, ""
}

func handedOver(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.handed == "" || c.sus.anchor.line != nil && c.sus.anchor.line.tid == c.fail.tid {
		return 0, ""
	}
	if errorWeight[c.fail.errno] <= -2 {
		return 0, ""
	}
	return 3.5, c.fail.handed
}

// repeated: a thing that is tried again and again matters.
func repeated(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.count < 3 || callWeight[c.fail.name] < 1.5 || errorWeight[c.fail.errno] <= -2 {
		return 0, ""
	}
	return 0.75, fmt.Sprintf("it failed the same way %d times", c.fail.count)
}

// foundElsewhere: a search that ended in success.
func foundElsewhere(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.path == "" && x.given == "" || x.errno != "ENOENT" && x.errno != "ENOTDIR" && x.errno != "EACCES" {
		return 0, ""
	}
	p := x.path
	if p == "" {
		p = x.given
	}
	h, ok := c.sus.hist.hits[path.Base(p)]
	if !ok || h.pos.index < c.pos.index || h.pos.seq-c.pos.seq > 3000 {
		return 0, ""
	}
	if probing(h.name) && !probing(x.name) && h.path == x.path {
		return 0, "" // a later look shows that it is there after all
	}
	if x.errno == "EACCES" {
		return -3, ""
	}
	return -7, ""
}

func probing(call string) bool {
	w, ok := callWeight[call]
	return ok && w <= 0.5
}

// fallback: the thread's next look at the file system, for another file of the
// same kind, worked.
func fallback(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.next == nil || x.next.path == "" || x.next.pos.index > c.sus.anchor.pos.index {
		return 0, ""
	}
	points := -1.0
	switch {
	case x.next.path != x.path && x.next.pos.seq-c.pos.seq <= 3:
		points = -2
	case x.errno != "ENOENT" && x.errno != "ENOTDIR":
		points = -0.5
	}
	if path.Ext(x.next.path) == path.Ext(x.path) && path.Dir(x.next.path) == path.Dir(x.path) {
		points -= 0.5
	}
	return points, ""
}

// harmlessElsewhere: another process of this trace had the very same failure
// and ended well.
func harmlessElsewhere(f *facts, c *candidate) (float64, string) {
	x := c.fail
	if x != nil && x.path != "" && x.count <= 2 && f.harmless[x.what()] {
		return -4, ""
	}
	return 0, ""
}

// what names a failure across processes.
func (x *failure) what() string { return x.name + "\x00" + x.errno + "\x00" + x.path }

// markHarmless collects the failures of processes that ended well.
func (f *facts) markHarmless() {
	f.harmless = map[string]bool{}
	for _, h := range f.order {
		if h.proc.Exit == nil || h.proc.Failed() {
			continue
		}
		for _, x := range h.failures {
			f.harmless[x.what()] = true
		}
	}
}

// startupProbe: what every program asks before it has begun: the loader's and
// the C library's optional files.
func startupProbe(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" {
		return 0, ""
	}
	p := x.path
	switch {
	case p == "/etc/ld.so.preload", strings.Contains(p, "/glibc-hwcaps"), strings.HasPrefix(p, "/sys/"), strings.HasPrefix(p, "/proc/"):
		return -6, ""
	case strings.Contains(p, "/locale/"), strings.Contains(p, "/locale-langpack/"), strings.Contains(p, "/gconv/"), strings.Contains(p, "/zoneinfo/"), strings.Contains(p, "/nscd/"), strings.HasSuffix(p, "/nsswitch.conf"):
		return -4, ""
	}
	return 0, ""
}

// ownPath: a path outside the distribution's own folders is more likely what
// this program on this machine lacks.
func ownPath(_ *facts, c *candidate) (float64, string) {
	for _, p := range c.paths() {
		if strings.HasPrefix(p, "/") && systemPath(p) {
			return 0, ""
		}
	}
	if len(c.paths()) > 0 {
		return 1.25, ""
	}
	return 0, ""
}

// personal: a settings file in somebody's home is there or not.
func personal(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" {
		return 0, ""
	}
	if strings.Contains(x.path, "/.config/") || strings.HasPrefix(path.Base(x.path), ".") && path.Base(x.path) != "." {
		return -2, ""
	}
	return 0, ""
}

// cleanUp: removing what isn't there.
func cleanUp(_ *facts, c *candidate) (float64, string) {
	if c.fail == nil || c.fail.errno != "ENOENT" {
		return 0, ""
	}
	switch c.fail.name {
	case "unlink", "unlinkat", "rmdir":
		return -2.5, ""
	}
	return 0, ""
}

// placeToSearch: after a search in vain, a folder that should have been
// searched and isn't there.
func placeToSearch(_ *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.errno != "ENOENT" || !probing(x.name) || path.Ext(x.path) != "" || systemPath(x.path) || c.sus.anchor.line == nil {
		return 0, ""
	}
	if containsAny(strings.ToLower(c.sus.anchor.line.text), []string{"no module", "cannot find", "can't find", "not found", "can't locate", "cannot locate", "could not find", "unable to find", "unable to locate", "no such module", "cannot load", "unresolved"}) {
		return 2.5, "a place to search that is not there"
	}
	return 0, ""
}

// anotherProgram: what failed before the process became the program that
// failed.
func anotherProgram(_ *facts, c *candidate) (float64, string) {
	if c.fail != nil && c.pos.seq < c.sus.hist.execSeq {
		return -4, ""
	}
	return 0, ""
}

// waitsForOther: a file that is looked for again and again, while a process
// that was started to make it has failed, is the symptom.
func waitsForOther(f *facts, c *candidate) (float64, string) {
	x := c.fail
	if x == nil || x.count < 3 || x.errno != "ENOENT" || !probing(x.name) && x.name != "connect" {
		return 0, ""
	}
	for _, k := range c.sus.hist.proc.Children {
		if k.Failed() && k.Ended.Index < c.pos.index {
			return -3, ""
		}
	}
	return 0, ""
}

// crash: the signal itself, against an unchecked failure right before it.
func crash(_ *facts, c *candidate) (float64, string) {
	p := c.sus.hist.proc
	if c.kind == "signal" {
		return signalPoints(c, p)
	}
	if c.fail == nil || p.Exit == nil || !crashSignal(p.Exit.Signal) {
		return 0, ""
	}
	if c.between <= 2 && callWeight[c.fail.name] >= 1.5 && errorWeight[c.fail.errno] > -2 {
		return 3, fmt.Sprintf("%s crashed right after it", name(p))
	}
	return 0, ""
}

func signalPoints(c *candidate, p *replay.Process) (float64, string) {
	switch {
	case crashSignal(c.signal):
		return 7, fmt.Sprintf("%s was killed by %s", name(p), c.signal)
	case c.signal == "SIGPIPE":
		return 1, "nobody read its output any more"
	case c.signal == "SIGINT", c.signal == "SIGHUP":
		return 3, fmt.Sprintf("%s was ended by %s", name(p), c.signal)
	}
	return 8, fmt.Sprintf("%s was killed by %s", name(p), c.signal)
}

// crashSignal: the process did it to itself.
func crashSignal(s string) bool {
	switch s {
	case "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGTRAP", "SIGSYS":
		return true
	}
	return false
}

// nothingToRead: a file that the message names, or that was empty.
func nothingToRead(_ *facts, c *candidate) (float64, string) {
	if c.kind != "data" {
		return 0, ""
	}
	points, why := 0.0, ""
	switch file := c.source.file; {
	case file != nil && file.Sock != nil:
		return 5, "the name server was asked right before the message"
	case file != nil && file.EOF != nil && file.Reads == 0 && file.Kind == replay.PathFile:
		points, why = 3, "it was empty"
	case file != nil && c.sus.anchor.line != nil && containsAny(strings.ToLower(c.sus.anchor.line.text), endWords):
		points, why = 4.5, "the message speaks of its end"
	}
	if c.sus.anchor.line != nil && len(c.sus.anchor.named()) > 0 {
		points -= 3 // then a call failed
	}
	if c.sus.anchor.line != nil && asPlace(c.sus.anchor.line.text, path.Base(c.source.path)) {
		points -= 2 // then it says where the program stood
	}
	if c.sus.anchor.line != nil && !strings.Contains(c.sus.anchor.line.text, path.Base(c.source.path)) {
		points -= 2 // only what came after it says the name
	}
	if c.source.path != "" && systemPath(c.source.path) || c.source.path == "/dev/null" {
		points -= 4
	}
	if c.between <= 40 {
		points++
	}
	return points, why
}

// asPlace: "main.sh: 3:", "CMakeLists.txt:4", "app.py", line 3.
func asPlace(text, base string) bool {
	_, after, ok := strings.Cut(text, base)
	if !ok {
		return false
	}
	after = strings.TrimLeft(after, "\"'`: (,")
	return after != "" && after[0] >= '0' && after[0] <= '9' || strings.HasPrefix(after, "line ")
}

func untraced(_ *facts, c *candidate) (float64, string) {
	switch {
	case c.ghost != nil:
		p := c.sus.hist.proc
		if p.Exit != nil && p.Exit.Code == c.ghost.code {
			return 6, "it ended with the same status"
		}
		return 4, "it failed, and its calls are not in this trace"
	case c.relay != nil:
		return 7, "the message was read from there"
	}
	return 0, ""
}
