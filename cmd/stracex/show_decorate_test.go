package main

import (
	"bytes"
	"strings"
	"testing"
)

// decorated are a log and what show -y makes of it.
const decoratedLog = `5 execve("/bin/x", ["x"], 0x7ffd /* 2 vars */) = 0
5 getcwd("/srv", 4096) = 5
5 openat(AT_FDCWD, "a>b", O_RDONLY) = 3
5 dup2(3, 9) = 9
5 chdir("/tmp") = 0
5 openat(AT_FDCWD, "gone", O_RDONLY <unfinished ...>
6 exit(0) = ?
5 <... openat resumed>) = -1 ENOENT (No such file or directory)
5 close(3) = 0
5 read(3, 0x7ffd, 4) = -1 EBADF (Bad file descriptor)
5 poll([{fd=9, events=POLLIN}, {fd=8, events=POLLIN}], 2, 0) = 0 (Timeout)
5 epoll_create1(EPOLL_CLOEXEC) = 4
5 epoll_wait(4, [], 8, 0) = 0
5 socketpair(AF_UNIX, SOCK_STREAM, 0, [5, 6]) = 0
5 sendmsg(5, {msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[9]}], msg_flags=0}, 0) = 1
5 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 7
5 bind(7, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
5 listen(7, 1) = 0
5 connect(7, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0
5 write(7, "x", 1) = 1
5 write(2</dev/null>, "x", 1) = 1
5 fcntl(9, F_DUPFD, 20) = 20
`

const decoratedText = `5     execve("/bin/x", ["x"], 0x7ffd /* 2 vars */) = 0
5     getcwd("/srv", 4096)              = 5
5     openat(AT_FDCWD</srv>, "a>b", O_RDONLY) = 3</srv/a\76b>
5     dup2(3</srv/a\76b>, 9)            = 9</srv/a\76b>
5     chdir("/tmp")                     = 0
5     openat(AT_FDCWD</tmp>, "gone", O_RDONLY <unfinished ...>
6     exit(0)                           = ?
5     <... openat resumed>)             = -1 ENOENT (No such file or directory)
5     close(3</srv/a\76b>)              = 0
5     read(3, 0x7ffd, 4)                = -1 EBADF (Bad file descriptor)
5     poll([{fd=9</srv/a\76b>, events=POLLIN}, {fd=8, events=POLLIN}], 2, 0) = 0 (Timeout)
5     epoll_create1(EPOLL_CLOEXEC)      = 4<anon_inode:[eventpoll]>
5     epoll_wait(4<anon_inode:[eventpoll]>, [], 8, 0) = 0
5     socketpair(AF_UNIX, SOCK_STREAM, 0, [5, 6]) = 0
5     sendmsg(5, {msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[9</srv/a\76b>]}], msg_flags=0}, 0) = 1
5     socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 7
5     bind(7, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
5     listen(7, 1)                      = 0
5     connect(7, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0
5     write(7<TCP:[->10.0.0.1:80]>, "x", 1) = 1
5     write(2</dev/null>, "x", 1)       = 1
5     fcntl(9</srv/a\76b>, F_DUPFD, 20) = 20</srv/a\76b>
`

// TestShowDescriptors checks show -y, and that its text is read as it was
// written.
func TestShowDescriptors(t *testing.T) {
	for name, log := range map[string]string{"log": decoratedLog, "its own text": decoratedText} {
		var got bytes.Buffer
		if err := showText(&got, log, &showFlags{decos: true}); err != nil {
			t.Fatal(err)
		}
		if got.String() != decoratedText {
			t.Errorf("%s: got\n%s", name, got.String())
		}
	}
}

// TestShowStrings checks show -s: strings and arrays are cut, paths are not.
func TestShowStrings(t *testing.T) {
	const log = `execve("/usr/bin/long", ["first", "b", "c", "d"], 0x7ffd /* 2 vars */) = 0
readlink("/proc/self/exe", "/usr/bin/long", 4096) = 13
writev(1, [{iov_base="hello\n", iov_len=6}], 1) = 6
connect(3, {sa_family=AF_UNIX, sun_path="/run/long"}, 110) = 0
connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
frob("hello") = 0
poll([{fd=0}], 1, 0) = 4 ([{fd=0, revents=POLLIN}, {fd=1, revents=POLLIN}, {fd=2, revents=POLLIN}, {fd=3, revents=POLLIN}], left {tv_sec=1, tv_nsec=0})
`
	const want = `execve("/usr/bin/long", ["fir"..., "b", "c", ...], 0x7ffd /* 2 vars */) = 0
readlink("/proc/self/exe", "/usr/bin/long", 4096) = 13
writev(1, [{iov_base="hel"..., iov_len=6}], 1) = 6
connect(3, {sa_family=AF_UNIX, sun_path="/run/long"}, 110) = 0
connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
frob("hel"...)                          = 0
poll([{fd=0}], 1, 0)                    = 4 ([{fd=0, revents=POLLIN}, {fd=1, revents=POLLIN}, {fd=2, revents=POLLIN}, ...], left {tv_sec=1, tv_nsec=0})
`
	// With -v arrays are whole, but not the list of what poll found ready.
	wantVerbose := strings.Replace(want, `"c", ...]`, `"c", "d"]`, 1)
	for _, test := range []struct {
		flags showFlags
		want  string
	}{{showFlags{strings: 3}, want}, {showFlags{strings: 3, verbose: true}, wantVerbose}} {
		var got bytes.Buffer
		if err := showText(&got, log, &test.flags); err != nil {
			t.Fatal(err)
		}
		if got.String() != test.want {
			t.Errorf("verbose %v: got\n%s", test.flags.verbose, got.String())
		}
	}
}
