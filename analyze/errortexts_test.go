package analyze

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stracex/stracex/abi"
)

// Every text says what is wrong, what to do, and which man page says so.
func TestErrorTexts(t *testing.T) {
	page := regexp.MustCompile(`^[a-z_]+\([237]\)$`)
	classes := map[string]bool{"": true}
	for _, class := range callClass {
		classes[class] = true
	}
	for i, s := range special {
		if text := s.text; !strings.HasSuffix(text.why, ".") || text.next == "" || strings.HasSuffix(text.next, ".") || !strings.HasSuffix(text.man, ")") {
			t.Errorf("special %d: %+v", i, text)
		}
	}
	for key, text := range errorTexts {
		if !strings.HasSuffix(text.why, ".") || text.next == "" || strings.HasSuffix(text.next, ".") || !page.MatchString(text.man) {
			t.Errorf("%v: %+v", key, text)
		}
		if abi.Errno(key.errno) == 0 {
			t.Errorf("there is no error %s", key.errno)
		}
		if key.class != "" && !classes[key.class] {
			t.Errorf("no call is of class %q", key.class)
		}
	}
}

// The same error means different things for different calls.
func TestTextOfClass(t *testing.T) {
	for _, test := range []struct{ line, why, next, manual string }{
		{`clone(child_stack=NULL, flags=SIGCHLD) = -1 EAGAIN (Resource temporarily unavailable)`, "No more processes", "ulimit -u", "fork(2)"},
		{`flock(3</srv/x.lock>, LOCK_EX|LOCK_NB) = -1 EAGAIN (Resource temporarily unavailable)`, "Another process holds a lock on /srv/x.lock", "lslocks", "fcntl(2)"},
		{`mkdir("/srv/x", 0777) = -1 EEXIST (File exists)`, "/srv/x exists already", "remove /srv/x", "open(2)"},
		{`open("/srv/x", O_RDONLY) = -1 EMFILE (Too many open files)`, "as many open files as its limit allows", "ulimit -n", "open(2)"},
		{`newfstatat(AT_FDCWD, "/srv/x", 0x7ffc, 0) = -1 EACCES (Permission denied)`, "may not use /srv/x", "namei -l /srv/x", "stat(2)"},
		{`execve("/bin/gcc", ["gcc", "-c"], 0x7ffc /* 900 vars */) = -1 E2BIG (Argument list too long)`, "The environment that is passed to /bin/gcc is larger", "which variable is so large", "execve(2)"},
		{`unlink("/srv/x") = -1 EISDIR (Is a directory)`, "where a file or link was to be removed", "ls -la /srv/x", "unlink(2)"},
		{`bind(3, {sa_family=AF_UNIX, sun_path="/srv/run/x.sock"}, 110) = -1 EACCES (Permission denied)`, "may not make a socket in /srv/run", "namei -l /srv/run", "bind(2)"},
		{`openat(AT_FDCWD, "/srv/run/x.pid", O_WRONLY|O_CREAT, 0666) = -1 ENOENT (No such file or directory)`, "The directory /srv/run, or one on the way", "mkdir -p /srv/run", "openat(2)"},
		{`openat(AT_FDCWD, "/srv/spool\r", O_RDONLY) = -1 ENOENT (No such file or directory)`, "has a carriage return at its end", "sed -i", "openat(2)"},
		{`openat(AT_FDCWD, "/srv/data /queue.db", O_RDONLY) = -1 ENOENT (No such file or directory)`, `"data " begins or ends with a blank`, "look for the blank", "openat(2)"},
		{`mmap(NULL, 0, PROT_READ, MAP_PRIVATE, 3</srv/x.idx>, 0) = -1 EINVAL (Invalid argument)`, "/srv/x.idx is empty", "restore it", "mmap(2)"},
		{`mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE, 3</srv/x.so>, 0) = -1 EPERM (Operation not permitted)`, "mounted noexec", "findmnt -T /srv/x.so", "mmap(2)"},
		{`setuid(33) = -1 EPERM (Operation not permitted)`, "CAP_SETUID", "give it the capability", "setuid(2)"},
		{`prlimit64(0, RLIMIT_NOFILE, {rlim_cur=200, rlim_max=200}, NULL) = -1 EPERM (Operation not permitted)`, "above the hard limit", "LimitNOFILE=", "setrlimit(2)"},
		{`setpriority(PRIO_PROCESS, 0, -5) = -1 EACCES (Permission denied)`, "RLIMIT_NICE", "Nice=", "setpriority(2)"},
		{`sched_setscheduler(0, SCHED_FIFO, [50]) = -1 EPERM (Operation not permitted)`, "Real-time policies", "rtprio", "sched(7)"},
		{`sched_setaffinity(0, 32, [99]) = -1 EINVAL (Invalid argument)`, "None of the processors", "Cpus_allowed_list", "sched_setaffinity(2)"},
		{`clock_settime(CLOCK_REALTIME, {tv_sec=1, tv_nsec=0}) = -1 EPERM (Operation not permitted)`, "CAP_SYS_TIME", "timedatectl", "settimeofday(2)"},
		{`sethostname("a", 1) = -1 EPERM (Operation not permitted)`, "CAP_SYS_ADMIN", "--hostname", "sethostname(2)"},
		{`clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, exit_signal=0, stack=0x7f, stack_size=0x7}, 88) = -1 EPERM (Operation not permitted)`, "seccomp filter", "ENOSYS", "seccomp(2)"},
		{`clone(child_stack=NULL, flags=CLONE_NEWNS|SIGCHLD) = -1 EPERM (Operation not permitted)`, "may not make such a namespace", "user.max_user_namespaces", "clone(2)"},
		{`openat(AT_FDCWD, "/srv/x", O_RDONLY|O_NOFOLLOW) = -1 ELOOP (Too many levels of symbolic links)`, "is a symbolic link", "what it leads to", "open(2)"},
		{`openat(AT_FDCWD, "/srv/x", O_RDONLY) = -1 ELOOP (Too many levels of symbolic links)`, "lead in a circle.", "namei", "path_resolution(7)"},
		{`write(1, "a\n", 2) = -1 EBADF (Bad file descriptor)`, "started without this descriptor", ">&-", "stdin(3)"},
		{`connect(3, {sa_family=AF_UNIX, sun_path="/srv/x.sock"}, 110) = -1 ECONNREFUSED (Connection refused)`, "is there, and nobody listens", "anew", "unix(7)"},
		{`ioctl(3</dev/net/tun>, TUNSETIFF, 0x7ffc) = -1 EPERM (Operation not permitted)`, "CAP_NET_ADMIN", "ip tuntap", "capabilities(7)"},
		{`socket(AF_INET6, SOCK_RAW|SOCK_CLOEXEC, IPPROTO_ICMPV6) = -1 EPERM (Operation not permitted)`, "CAP_NET_RAW", "setcap", "raw(7)"},
		{`setgroups(0, NULL) = -1 EPERM (Operation not permitted)`, "CAP_SETGID", "give it the capability", "setgid(2)"},
		{`fchownat(AT_FDCWD, "/srv/x", 1000, 1000, 0) = -1 EINVAL (Invalid argument)`, "in this user namespace", "--no-same-owner", "user_namespaces(7)"},
		{`openat(AT_FDCWD, "/srv/` + strings.Repeat("n", 300) + `", O_WRONLY|O_CREAT, 0666) = -1 ENAMETOOLONG (File name too long)`, "has 300 bytes", "use a shorter name", "path_resolution(7)"},
		{`execve("/srv/x", ["x"], 0x7ffc /* 9 vars */) = -1 ETXTBSY (Text file busy)`, "can't be run", "written and closed", "execve(2)"},
		{`openat(AT_FDCWD, "/srv/x", O_WRONLY) = -1 ETXTBSY (Text file busy)`, "is running", "rename it over", "open(2)"},
		{`openat(AT_FDCWD, "s3://bucket/x", O_RDONLY) = -1 ENOENT (No such file or directory)`, "is a URL", "give it a file", "openat(2)"},
		{`bpf(BPF_MAP_CREATE, 0x7ffc, 72) = -1 EPERM (Operation not permitted)`, "lacks the privilege", "bpf(2)", "bpf(2)"},
		{`quotactl(Q_GETQUOTA, "/dev/vda", 0, 0x7ffc) = -1 EUCLEAN (Structure needs cleaning)`, "quotactl failed with EUCLEAN.", "look up what EUCLEAN means in quotactl(2)", "quotactl(2)"},
	} {
		c := first(t, []byte("7 execve(\"/srv/app\", [\"app\"], 0x7ffe /* 5 vars */) = 0\n7 "+test.line+"\n7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"))
		if c == nil {
			t.Errorf("%s: no cause", test.line)
			continue
		}
		if next := strings.Join(c.Advice, "\n"); !strings.Contains(c.Explanation, test.why) || !strings.Contains(next, test.next) || c.Manual != test.manual {
			t.Errorf("%s: %q, %q, %s", test.line, c.Explanation, next, c.Manual)
		}
	}
}

// TestAdviceIsSafe: no text of this package tells anybody to open a file to all, to turn
// a security module off, or to run a program as root.
func TestAdviceIsSafe(t *testing.T) {
	harm := regexp.MustCompile(`(?i)\b0?777\b|a\+w|o\+w|setenforce|selinux=|disable selinux|apparmor=|aa-disable|aa-complain|as root\b|\bsudo\b|--privileged|seccomp=unconfined`)
	for _, text := range []string{"chmod 777 /srv", "chmod -R 0777 /srv", "setenforce 0", "run it as root", "sudo make install"} {
		if !harm.MatchString(text) {
			t.Errorf("%q passes", text)
		}
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && harm.MatchString(lit.Value) {
				t.Errorf("%s: %s", file.Name(), lit.Value)
			}
			return true
		})
	}
}
