package analyze

import (
	"strings"
	"testing"
)

// onlyFailure is the cause found for a program in which this call fails, and no other,
// and which gives its error.
func onlyFailure(t *testing.T, call string) string {
	t.Helper()
	_, text, _ := strings.Cut(strings.TrimSuffix(call, ")"), "= -1 E")
	_, text, _ = strings.Cut(text, "(")
	got, _ := cause(t, []byte("7 execve(\"/srv/bin/app\", [\"app\"], 0x7ffe /* 5 vars */) = 0\n7 "+call+"\n7 write(2, \"app: "+text+"\\n\", 40) = 40\n7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"))
	return got
}

// Failures by which the kernel only gives an answer, and the like that are none.
func TestNeverCause(t *testing.T) {
	for _, test := range []struct{ answer, failure string }{
		{`ioctl(1, TCGETS, 0x7ffc) = -1 ENOTTY (Inappropriate ioctl for device)`, `ioctl(3, SIOCSIFFLAGS, 0x7ffc) = -1 EPERM (Operation not permitted)`},
		{`ioctl(3, TCGETS, 0x7ffc) = -1 ENOTTY (Inappropriate ioctl for device)`, `ioctl(0, TCGETS, 0x7ffc) = -1 ENOTTY (Inappropriate ioctl for device)`},
		{`ioctl(1, FIONBIO, 0x7ffc) = -1 EINVAL (Invalid argument)`, `mount("none", "/mnt", "overlay", 0, NULL) = -1 EINVAL (Invalid argument)`},
		{`pread64(0, 0x7ffc, 8, 0) = -1 ESPIPE (Illegal seek)`, `pread64(3</srv/x>, 0x7ffc, 8, 0) = -1 EIO (Input/output error)`},
		{`lseek(0, 0, SEEK_CUR) = -1 ESPIPE (Illegal seek)`, `ftruncate(3</srv/x>, 9) = -1 EFBIG (File too large)`},
		{`lseek(3, 0, SEEK_DATA) = -1 ENXIO (No such device or address)`, `open("/srv/fifo", O_WRONLY|O_NONBLOCK) = -1 ENXIO (No such device or address)`},
		{`wait4(-1, 0x7ffc, WNOHANG, NULL) = -1 ECHILD (No child processes)`, `clone(child_stack=NULL, flags=SIGCHLD) = -1 EAGAIN (Resource temporarily unavailable)`},
		{`connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)`, `connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.0.0.1")}, 16) = -1 ECONNREFUSED (Connection refused)`},
		{`connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.0.0.1")}, 16) = -1 EALREADY (Operation already in progress)`, `connect(3, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("10.0.0.1")}, 16) = -1 ETIMEDOUT (Connection timed out)`},
		{`open("/srv/fifo", O_RDONLY) = -1 EINTR (Interrupted system call)`, `open("/srv/fifo", O_RDONLY) = -1 EACCES (Permission denied)`},
		{`listxattr("/srv/x", 0x7ffc, 9) = -1 ENODATA (No data available)`, `setxattr("/srv/x", "user.a", "b", 1, 0) = -1 ENOSPC (No space left on device)`},
		{`getsockopt(3, SOL_IP, IP_MTU, 0x7ffc, 0x7ffd) = -1 ENOPROTOOPT (Protocol not available)`, `socket(AF_INET6, SOCK_STREAM, 0) = -1 EMFILE (Too many open files)`},
		{`readlink("/srv/x", 0x7ffc, 4096) = -1 EINVAL (Invalid argument)`, `rename("/srv/x", "/srv/x/y") = -1 EINVAL (Invalid argument)`},
		{`prctl(0x59616d61, 0x1) = -1 EINVAL (Invalid argument)`, `setuid(1234) = -1 EINVAL (Invalid argument)`},
		{`read(3, 0x7ffc, 9) = -1 EAGAIN (Resource temporarily unavailable)`, `read(3</srv/x>, 0x7ffc, 9) = -1 EISDIR (Is a directory)`},
		{`read(3, 0x7ffc, 1) = -1 EAGAIN (Resource temporarily unavailable)`, `write(3</srv/x>, "x", 1) = -1 ENOSPC (No space left on device)`},
		{`accept4(3, NULL, NULL, 0) = -1 EAGAIN (Resource temporarily unavailable)`, `accept4(3, NULL, NULL, 0) = -1 EMFILE (Too many open files)`},
		{`futex(0x7ffc, FUTEX_WAIT, 1, NULL) = -1 EAGAIN (Resource temporarily unavailable)`, `flock(3</srv/x>, LOCK_EX|LOCK_NB) = -1 EAGAIN (Resource temporarily unavailable)`},
		{`futex(0x7ffc, FUTEX_WAIT, 1, {tv_sec=1, tv_nsec=0}) = -1 ETIMEDOUT (Connection timed out)`, `mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) = -1 ENOMEM (Cannot allocate memory)`},
		{`epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN}) = -1 EEXIST (File exists)`, `epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN}) = -1 EPERM (Operation not permitted)`},
		{`wait4(-1, 0x7ffc, 0, NULL) = -1 ECHILD (No child processes)`, `wait4(9, 0x7ffc, 0, NULL) = -1 ECHILD (No child processes)`},
		{`open("/srv/share/de/LC_MESSAGES/app.mo", O_RDONLY) = -1 ENOENT (No such file or directory)`, `open("/srv/share/de/app.mo", O_RDONLY) = -1 ENOENT (No such file or directory)`},
		{`rt_sigreturn({mask=[]}) = -1 EFAULT (Bad address)`, `unshare(CLONE_NEWUSER) = -1 EUSERS (Too many users)`},
		{`rt_sigtimedwait([CHLD], 0x7ffc, NULL, 8) = -1 ENOMEM (Cannot allocate memory)`, `kill(99, SIGTERM) = -1 EPERM (Operation not permitted)`},
		{`poll([{fd=3, events=POLLIN}], 1, 5) = -1 ENOMEM (Cannot allocate memory)`, `brk(0x55d0) = -1 ENOMEM (Cannot allocate memory)`},
		{`getpeername(0, 0x7ffc, [16]) = -1 ENOMEM (Cannot allocate memory)`, `listen(3, 5) = -1 EADDRINUSE (Address already in use)`},
	} {
		if got := onlyFailure(t, test.answer); got != "nothing" {
			t.Errorf("%s: found %s", test.answer, got)
		}
		if got := onlyFailure(t, test.failure); got == "nothing" {
			t.Errorf("%s: found nothing", test.failure)
		}
	}
}

// TestDailyWork: what a program that waits is used to, and what it gave up on.
func TestDailyWork(t *testing.T) {
	const between = "7 poll([{fd=3, events=POLLOUT}], 1, 5) = 1\n7 getpid() = 7\n7 getuid() = 0\n7 getgid() = 0\n7 geteuid() = 0"
	for _, call := range []string{
		`write(3, "x", 1) = -1 EAGAIN (Resource temporarily unavailable)`,
		`sendto(3, "x", 1, 0, NULL, 0) = -1 EAGAIN (Resource temporarily unavailable)`,
		`fdatasync(3) = -1 EINVAL (Invalid argument)`,
		`epoll_ctl(4, EPOLL_CTL_ADD, 0, {events=EPOLLIN}) = -1 EPERM (Operation not permitted)`,
		`wait4(9, 0x7ffc, 0, NULL) = -1 ECHILD (No child processes)`,
	} {
		if got := onlyFailure(t, call); got == "nothing" {
			t.Errorf("%s, and then it gave up: found nothing", call)
		}
		if got := onlyFailure(t, call+"\n"+between); got != "nothing" {
			t.Errorf("%s, and it went on: found %s", call, got)
		}
	}
}
