package parser

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/stracex/stracex/event"
)

// logTests are logs and what their events look like (see describe).
var logTests = []struct{ name, log, want string }{
	{"single process", `
close(3)                                = 0
exit_group(5)                           = ?
+++ exited with 5 +++`, `
0 line 1 Returned entered=-1 shown=0: close(3)                                = 0
1 line 2 Returned entered=-1 shown=0: exit_group(5)                           = ?
2 line 3 Exited: +++ exited with 5 +++`},
	{"halves of strace 6", `
12 read(3,  <unfinished ...>
13 clone3({flags=CLONE_VM} <unfinished ...>
12 <... read resumed>"z", 1)         = 1
13 <... clone3 resumed> => {parent_tid=[14]}, 88) = 14`, `
0 line 1 Entered: 12    read(3 <unfinished ...>
1 line 2 Entered: 13    clone3({flags=CLONE_VM} <unfinished ...>
2 line 3 Returned entered=0 shown=1: 12    read(3, "z", 1)                   = 1
3 line 4 Returned entered=1 shown=1: 13    clone3({flags=CLONE_VM} => {parent_tid=[14]}, 88) = 14`},
	{"halves of strace 7", `
12 wait4(-1 <unfinished ...>
13 exit_group(7 <unfinished ...>
13 <... exit_group resumed>) = ?
12 <... wait4 resumed>, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 13`, `
0 line 1 Entered: 12    wait4(-1 <unfinished ...>
1 line 2 Entered: 13    exit_group(7 <unfinished ...>
2 line 3 Returned entered=1 shown=1: 13    exit_group(7)                     = ?
3 line 4 Returned entered=0 shown=1: 12    wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 13`},
	{"halves of strace 4", `
[pid  1234] read(3,  <unfinished ...>
[pid  1235] futex(0x1dd82d0, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
[pid  1234] <... read resumed> "z", 1)    = 1
[pid  1235] <... futex resumed> )      = 0`, `
0 line 1 Entered: 1234  read(3 <unfinished ...>
1 line 2 Entered: 1235  futex(0x1dd82d0, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
2 line 3 Returned entered=0 shown=1: 1234  read(3, "z", 1)                   = 1
3 line 4 Returned entered=1 shown=4: 1235  futex(0x1dd82d0, FUTEX_WAIT_PRIVATE, 0, NULL) = 0`},
	{"first half cut inside a struct", `
12 recvmsg(5, {msg_name=NULL <unfinished ...>
13 getpid() = 13
12 <... recvmsg resumed>, msg_namelen=0}, 0) = 7`, `
0 line 1 Entered: 12    recvmsg(5 <unfinished ...>
1 line 2 Returned entered=-1 shown=0: 13    getpid()                          = 13
2 line 3 Returned entered=0 shown=1: 12    recvmsg(5, {msg_name=NULL, msg_namelen=0}, 0) = 7`},
	{"killed inside calls", `
12 read(3,  <unfinished ...>
13 getppid( <unfinished ...>
12 <... read resumed> <unfinished ...>) = ?
12 +++ killed by SIGKILL +++
13 +++ killed by SIGSEGV (core dumped) +++`, `
0 line 1 Entered: 12    read(3 <unfinished ...>
1 line 2 Entered: 13    getppid( <unfinished ...>
2 line 3 Returned entered=0 shown=1 unfinished: 12    read(3 <unfinished ...>)          = ?
3 line 4 Exited: 12    +++ killed by SIGKILL +++
4 line 2 Returned entered=1 shown=0 unfinished: 13    getppid( <unfinished ...>)        = ?
5 line 5 Exited: 13    +++ killed by SIGSEGV (core dumped) +++`},
	{"hung at the end, in order of threads", `
14 pause( <unfinished ...>
9 read(0,  <unfinished ...>
12 wait4(-1, `, `
0 line 1 Entered: 14    pause( <unfinished ...>
1 line 2 Entered: 9     read(0 <unfinished ...>
2 line 3 Returned entered=-1 shown=0 unfinished: 12    wait4(-1 <unfinished ...>)        = ?
3 line 2 Returned entered=1 shown=1 unfinished: 9     read(0 <unfinished ...>)          = ?
4 line 1 Returned entered=0 shown=0 unfinished: 14    pause( <unfinished ...>)          = ?`},
	{"exec of a thread that is not the leader", `
12 pause( <unfinished ...>
14 execve("/bin/true", ["true"], 0x1 /* 3 vars */ <unfinished ...>
12 <... pause resumed>)              = ?
12 +++ superseded by execve in pid 14 +++
12 <... execve resumed>)             = 0`, `
0 line 1 Entered: 12    pause( <unfinished ...>
1 line 2 Entered: 14    execve("/bin/true", ["true"], 0x1 /* 3 vars */ <unfinished ...>
2 line 3 Returned entered=0 shown=0: 12    pause()                           = ?
3 line 4 Exited: 12    +++ superseded by execve in pid 14 +++
4 line 5 Returned entered=1 shown=3: 12    execve("/bin/true", ["true"], 0x1 /* 3 vars */) = 0`},
	{"the same without the notice (-qqq)", `
12 pause( <unfinished ...>
14 execve("/bin/true", ["true"], 0x1 /* 3 vars */ <unfinished ...>
12 <... execve resumed>)             = 0`, `
0 line 1 Entered: 12    pause( <unfinished ...>
1 line 2 Entered: 14    execve("/bin/true", ["true"], 0x1 /* 3 vars */ <unfinished ...>
2 line 1 Returned entered=0 shown=0 unfinished: 12    pause( <unfinished ...>)          = ?
3 line 3 Returned entered=1 shown=3: 12    execve("/bin/true", ["true"], 0x1 /* 3 vars */) = 0`},
	{"second half only", `
12 <... read resumed>"z", 1) = 1
12 <... futex resumed>, NULL) = 0`, `
0 line 1 Returned entered=-1 shown=0: 12    <... read resumed>"z", 1)         = 1
1 line 2 Returned entered=-1 shown=0: 12    <... futex resumed>NULL)          = 0`},
	{"results", `
brk(NULL) = 0x558339c7c000
access("/x", R_OK) = -1 ENOENT (No such file or directory)
openat(AT_FDCWD</root>, "a", O_RDONLY) = 3</root/a>
fcntl(3, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)
umask(022) = 000
pause() = ? ERESTARTNOHAND (To be restarted if no handler)
chdir(".") = ? <unavailable>
select(1, [0], NULL, NULL, NULL) = 1 (in [0]) (DELAYED)
unlink("a") = -1 ENOSPC (No space left on device) (INJECTED)
getppid() = 1<sh> /* 13746 in strace's PID NS */
lseek(3, 0, SEEK_END) = 9223372036854775807
poll([], 0, 5) = 0 (Timeout) <0.005070>
ioctl(3, 0x1) = -1 ERRNO_530 (Unknown error 530)`, `
0 line 1 Returned entered=-1 shown=0: brk(NULL)                               = 0x558339c7c000
1 line 2 Returned entered=-1 shown=0: access("/x", R_OK)                      = -1 ENOENT (No such file or directory)
2 line 3 Returned entered=-1 shown=0: openat(AT_FDCWD</root>, "a", O_RDONLY)  = 3</root/a>
3 line 4 Returned entered=-1 shown=0: fcntl(3, F_GETFL)                       = 0x8002 (flags O_RDWR|O_LARGEFILE)
4 line 5 Returned entered=-1 shown=0: umask(022)                              = 000
5 line 6 Returned entered=-1 shown=0: pause()                                 = ? ERESTARTNOHAND (To be restarted if no handler)
6 line 7 Returned entered=-1 shown=0: chdir(".")                              = ? <unavailable>
7 line 8 Returned entered=-1 shown=0: select(1, [0], NULL, NULL, NULL)        = 1 (in [0]; DELAYED)
8 line 9 Returned entered=-1 shown=0: unlink("a")                             = -1 ENOSPC (No space left on device) (INJECTED)
9 line 10 Returned entered=-1 shown=0: getppid()                               = 1<sh> /* 13746 in strace's PID NS */
10 line 11 Returned entered=-1 shown=0: lseek(3, 0, SEEK_END)                   = 9223372036854775807
11 line 12 Returned entered=-1 shown=0: poll([], 0, 5)                          = 0 (Timeout) <0.005070000>
12 line 13 Returned entered=-1 shown=0: ioctl(3, 0x1)                           = -1 ERRNO_530 (Unknown error 530)`},
	{"names of digits, nested names, a context of nothing", `
12<7z> getpid() = 12<7z>
12<7z> close(3) = 0<0.000031>
12<7z> pidfd_open(13<sh>, 0) = 3<pid:13<sh>> <0.000210>
12<7z> [] close(3) = 0
12<7z> prctl(1<<:[>) = 0<<:[>`, `
0 line 1 Returned entered=-1 shown=0: 12<7z> getpid()                         = 12<7z>
1 line 2 Returned entered=-1 shown=0: 12<7z> close(3)                         = 0 <0.000031000>
2 line 3 Returned entered=-1 shown=0: 12<7z> pidfd_open(13<sh>, 0)            = 3<pid:13<sh>> <0.000210000>
3 line 4 Unknown: 12<7z> [] close(3) = 0
4 line 5 Unknown: 12<7z> prctl(1<<:[>) = 0<<:[>`},
	{"a number that is no time", `
9700000000 close(3) = 0
9999999999.5 close(3) = 0
1795381683.5 close(3) = 0`, `
0 line 1 Output: 9700000000 close(3) = 0
1 line 2 Output: 9999999999.5 close(3) = 0
2 line 3 Returned entered=-1 shown=0: 1795381683.500000000 close(3)           = 0`},
	{"bare tail of a call", `
12 getppid( <unfinished ...>
)                                       = ?
12 +++ exited with 0 +++`, `
0 line 1 Entered: 12    getppid( <unfinished ...>
1 line 2 Returned entered=0 shown=0: 12    getppid()                         = ?
2 line 3 Exited: 12    +++ exited with 0 +++`},
	{"signals", `
--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} ---
--- stopped by SIGTSTP ---
--- SIGCHLD (Child exited) @ 0 (0) ---
--- SIGABRT (Aborted) ---
rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)
sigreturn() (mask []) = 0`, `
0 line 1 Signal: --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} ---
1 line 2 Stopped: --- stopped by SIGTSTP ---
2 line 3 Signal: --- SIGCHLD (Child exited) @ 0 (0) ---
3 line 4 Signal: --- SIGABRT (Aborted) @ 0 (0) ---
4 line 5 Returned entered=-1 shown=0: rt_sigreturn({mask=[]})                 = -1 EINTR (Interrupted system call)
5 line 6 Returned entered=-1 shown=0: sigreturn((mask []))                    = 0`},
	{"times over midnight", `
12 23:59:59.900000 getpid() = 12
12 00:00:00.100000 getpid() = 12`, `
0 line 1 Returned entered=-1 shown=0: 12    23:59:59.900000000 getpid()       = 12
1 line 2 Returned entered=-1 shown=0: 12    00:00:00.100000000 getpid()       = 12`},
	{"every prefix", `
21:08:02 getpid() = 1
12<work\t(x)> getpid() = 12
[pid 13<sh>] 21:08:02.026118 [ 257] [00007ffa3c649b1d] getpid() = 13
13 1795381683.227335 (+     0.000000) getpid() = 13
1795381683 getpid() = 13`, `
0 line 1 Returned entered=-1 shown=0: 21:08:02.000000000 getpid()             = 1
1 line 2 Returned entered=-1 shown=0: 12<work\t(x)> getpid()                  = 12
2 line 3 Returned entered=-1 shown=0: 13<sh> 21:08:02.026118000 getpid()      = 13
3 line 4 Returned entered=-1 shown=0: 13    1795381683.227335000 getpid()     = 13
4 line 5 Returned entered=-1 shown=0: 13    1795381683.000000000 getpid()     = 13`},
	{"stderr: output and messages inside lines", `
write(1, "hello\n", 6hello
)                  = 6
write(1, "1\n", 21
)                      = 2
write(2, "no newline", 10no newline)              = 10
write(1, "a) = 1\nb, c\n"..., 40a) = 1
b, c
more) = 40
clone(child_stack=NULL, flags=SIGCHLDstrace: Process 12778 attached
, child_tidptr=0x7efec3147a10) = 12778
vfork(/usr/bin/strace: Process 12779 attached
 <unfinished ...>
[pid 12779] exit(0) = ?
[pid 12777] <... vfork resumed>) = 12779`, `
0 line 1 Output: hello
1 line 1 Returned entered=-1 shown=0: 12777 write(1, "hello\n", 6)            = 6
2 line 3 Output: 1
3 line 3 Returned entered=-1 shown=0: 12777 write(1, "1\n", 2)                = 2
4 line 5 Output: no newline
5 line 5 Returned entered=-1 shown=0: 12777 write(2, "no newline", 10)        = 10
6 line 6 Output: a) = 1
7 line 7 Output: b, c
8 line 8 Output: more
9 line 6 Returned entered=-1 shown=0: 12777 write(1, "a) = 1\nb, c\n"..., 40) = 40
10 line 9 Started: strace: Process 12778 attached
11 line 9 Returned entered=-1 shown=0: 12777 clone(child_stack=NULL, flags=SIGCHLD, child_tidptr=0x7efec3147a10) = 12778
12 line 11 Started: strace: Process 12779 attached
13 line 11 Entered: 12777 vfork( <unfinished ...>
14 line 13 Returned entered=-1 shown=0: 12779 exit(0)                           = ?
15 line 14 Returned entered=13 shown=0: 12777 vfork()                           = 12779`},
	{"the last thread has no pid", `
[pid 12] clone(child_stack=NULL) = 13
[pid 13] getpid() = 13
[pid 12] +++ exited with 0 +++
getpid() = 13
+++ exited with 0 +++`, `
0 line 1 Returned entered=-1 shown=0: 12    clone(child_stack=NULL)           = 13
1 line 2 Returned entered=-1 shown=0: 13    getpid()                          = 13
2 line 3 Exited: 12    +++ exited with 0 +++
3 line 4 Returned entered=-1 shown=0: 13    getpid()                          = 13
4 line 5 Exited: 13    +++ exited with 0 +++`},
	{"detached", `
12 execve("/bin/echo", ["b"], 0x55 /* 8 vars */ <detached ...>
13 read(3,  <detached ...>
14 execve("/bin/sh", ["sh"], 0x55 <pid changed to 12 ...>`, `
0 line 1 Returned entered=-1 shown=0 unfinished: 12    execve("/bin/echo", ["b"], 0x55 /* 8 vars */ <detached ...>
1 line 2 Returned entered=-1 shown=0 unfinished: 13    read(3 <detached ...>
2 line 3 Returned entered=-1 shown=0 unfinished: 14    execve("/bin/sh", ["sh"], 0x55 <unfinished ...>) = ? (pid changed to 12)`},
	{"not understood", `
12 getpid() = 12
12 close(3) = zero
12 close(3
12 garbage
close(4) = 0 and more
12 openat(AT_FDCWD, "/etc/ld.so`, `
0 line 1 Returned entered=-1 shown=0: 12    getpid()                          = 12
1 line 2 Unknown: 12 close(3) = zero
2 line 3 Unknown: 12 close(3
3 line 4 Unknown: 12 garbage
4 line 5 Unknown: close(4) = 0 and more
5 line 6 Unknown: 12 openat(AT_FDCWD, "/etc/ld.so`},
	{"colours, zeros, indents", "    \x1b[33mclose\x1b[0m(3)\x1b[0m = 0\r\nclo\x00\x00se(3) = 0", `
0 line 1 Returned entered=-1 shown=0: close(3)                                = 0
1 line 2 Returned entered=-1 shown=0: close(3)                                = 0`},
	{"lines glued together, with a column", `
12 close(3) = 0 12 close(4) = 0
12 close(12 close(5) = 0
12 close(6)12 close(7) = 0
12 close(8) = 0 12 read(9,  <unfinished ...>
12 close(10) = 0 12 read(9 <detached ...>
12 close(11) = 0 12 exit_group(1 <unfinished ... exit status 1>
12 read(12] 12 read(9,  <unfinished ...>
0 close(13) = 0
12 close(14) = -1 EBADF (Bad file des
12 close(15) = 0<unfinished ...>
12 read(15, {}0<unfinished ...>) = 0
12 readv(16, {iov_base=[17) = -1 EBADF (Bad file descriptor)
12 close(17) = -1 EBADF ()(INJECTED)
12 getdents(18, ]) = 0`, `
0 line 1 Unknown: 12 close(3) = 0 12 close(4) = 0
1 line 2 Unknown: 12 close(12 close(5) = 0
2 line 3 Unknown: 12 close(6)12 close(7) = 0
3 line 4 Unknown: 12 close(8) = 0 12 read(9,  <unfinished ...>
4 line 5 Unknown: 12 close(10) = 0 12 read(9 <detached ...>
5 line 6 Unknown: 12 close(11) = 0 12 exit_group(1 <unfinished ... exit status 1>
6 line 7 Unknown: 12 read(12] 12 read(9,  <unfinished ...>
7 line 8 Unknown: 0 close(13) = 0
8 line 9 Returned entered=-1 shown=0: 12    close(14)                         = -1 EBADF (Bad file des)
9 line 10 Unknown: 12 close(15) = 0<unfinished ...>
10 line 11 Returned entered=-1 shown=0 unfinished: 12    read(15, {}0 <unfinished ...>)    = 0
11 line 12 Returned entered=-1 shown=0: 12    readv(16, {iov_base=[17)          = -1 EBADF (Bad file descriptor)
12 line 13 Returned entered=-1 shown=0: 12    close(17)                         = -1 EBADF (INJECTED)
13 line 14 Returned entered=-1 shown=0: 12    getdents(18, ])                   = 0`},
	{"threads that took over another's id", `
12 close(3) = 0
12 execve("/bin/true", ["true"], 0x1 /* 3 vars */ <pid changed to 14 ...>
12 execve("/bin/true", ["true"], 0x1 /* 3 vars */ <pid changed to " ...>`, `
0 line 1 Returned entered=-1 shown=0: 12    close(3)                          = 0
1 line 2 Returned entered=-1 shown=0 unfinished: 12    execve("/bin/true", ["true"], 0x1 /* 3 vars */ <unfinished ...>) = ? (pid changed to 14)
2 line 3 Unknown: 12 execve("/bin/true", ["true"], 0x1 /* 3 vars */ <pid changed to " ...>`},
	{"second half of no name", `
12 <... ??? resumed>) = 1
12 <... read: resumed>"z", 1) = 1`, `
0 line 1 Returned entered=-1 shown=0: 12    <... ??? resumed>)                = 1
1 line 2 Unknown: 12 <... read: resumed>"z", 1) = 1`},
	{"superseded inside a call that is no exec", `
14 pause( <unfinished ...>
12 +++ superseded by execve in pid 14 +++
12 close(3) = 0`, `
0 line 1 Entered: 14    pause( <unfinished ...>
1 line 2 Exited: 12    +++ superseded by execve in pid 14 +++
2 line 1 Returned entered=0 shown=0 unfinished: 14    pause( <unfinished ...>)          = ?
3 line 3 Returned entered=-1 shown=0: 12    close(3)                          = 0`},
	{"what people do to lines", `
close(3)	= 0
close(4) = 0 # stdin
close(5) = 0         // the log
bind(3, {sin_family=AF_NETLINK, {sa_family=16, sa_data="x"}, 12) = 0
poll([{fd=3},
     {fd=4}], 2,
     -1) = 1
+++ exited with 0 +++ `, `
0 line 1 Returned entered=-1 shown=0: close(3)                                = 0
1 line 2 Returned entered=-1 shown=0: close(4)                                = 0 /* # stdin */
2 line 3 Returned entered=-1 shown=0: close(5)                                = 0 /* // the log */
3 line 4 Returned entered=-1 shown=0: bind(3, {sin_family=AF_NETLINK, sa_family=16, sa_data="x"}, 12) = 0
4 line 5 Returned entered=-1 shown=0: poll([{fd=3}, {fd=4}], 2, -1)           = 1
5 line 8 Exited: +++ exited with 0 +++`},
	{"a half that ends behind a name", `
12 wait4(1, flags= <unfinished ...>
12 <... wait4 resumed>{a=1}) = 0`, `
0 line 1 Entered: 12    wait4(1 <unfinished ...>
1 line 2 Returned entered=0 shown=1: 12    wait4(1, flags={a=1})             = 0`},
	{"interrupted in a call", `
close(3) = 0
futex(0x7f12, FUTEX_WAIT_PRIVATE, 2, NULL
`, `
0 line 1 Returned entered=-1 shown=0: close(3)                                = 0
1 line 2 Returned entered=-1 shown=0 unfinished: futex(0x7f12, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>) = ?`},
	{"interrupted in a call, and more text", `
Process 12 attached - interrupt to quit
read(5, ^C <unfinished ...>
Process 12 detached
close(3
that was all (I think),
really`, `
0 line 1 Started attached: strace: Process 12 attached
1 line 2 Entered: 12    read(5 <unfinished ...>
2 line 3 Comment: Process 12 detached
3 line 4 Returned entered=-1 shown=0 unfinished: 12    close(3 <unfinished ...>)         = ?
4 line 5 Output: that was all (I think),
5 line 6 Output: really
6 line 2 Returned entered=1 shown=1 unfinished: 12    read(5 <unfinished ...>)          = ?`},
	{"strace's own words", `
strace: Requested path "sl" resolved into "/etc/passwd"
close(3) = 0
 > /usr/lib/libc.so.6(__write+0x10) [0xf8350]
 | 00000  68 65 6c 6c 6f 0a                                 hello.           |
+++ exited with 0 +++
% time     seconds  usecs/call     calls    errors syscall
100.00    0.000000           0         4           total`, `
0 line 1 Comment: strace: Requested path "sl" resolved into "/etc/passwd"
1 line 2 Returned entered=-1 shown=0: close(3)                                = 0
2 line 3 Comment:  > /usr/lib/libc.so.6(__write+0x10) [0xf8350]
3 line 4 Comment:  | 00000  68 65 6c 6c 6f 0a                                 hello.           |
4 line 5 Exited: +++ exited with 0 +++
5 line 6 Comment: % time     seconds  usecs/call     calls    errors syscall
6 line 7 Comment: 100.00    0.000000           0         4           total`},
}

func TestLogs(t *testing.T) {
	for _, test := range logTests {
		t.Run(test.name, func(t *testing.T) {
			log := []byte(strings.TrimPrefix(test.log, "\n"))
			events, _ := readAll(t, log)
			got := ""
			for _, e := range events {
				got += "\n" + describe(e)
			}
			if diff := cmp.Diff(strings.Split(test.want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestClocks(t *testing.T) {
	for log, want := range map[string][]event.Time{
		"23:59:59 a() = 0\n00:00:01.5 a() = 0\n": {
			{NS: 86399e9, Clock: event.DayClock}, {NS: 86401_500_000_000, Clock: event.DayClock}},
		"     0.000000 a() = 0\n     0.250000 a() = 0\n     0.000001000 a() = 0\n": {
			{NS: 0, Clock: event.RunClock}, {NS: 25e7, Clock: event.RunClock}, {NS: 250_001_000, Clock: event.RunClock}},
		"1795381683.227335 a() = 0\na() = 0\n": {
			{NS: 1795381683_227335000, Clock: event.UnixClock}, {}},
	} {
		events, _ := readAll(t, []byte(log))
		var got []event.Time
		for _, e := range events {
			got = append(got, e.Time)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", log, diff)
		}
	}
}

func TestSkippedIsReported(t *testing.T) {
	var log bytes.Buffer
	fmt.Fprintln(&log, "12 getpid() = 12")
	for range 30 {
		fmt.Fprintln(&log, "12 "+strings.Repeat("x", 300))
	}
	fmt.Fprint(&log, `12 read(3, "ab`)
	_, stats := readAll(t, log.Bytes())
	if stats.Skipped != 31 || len(stats.First) != maxSkipped || !stats.Truncated || stats.Events != 32 || stats.Calls != 1 {
		t.Errorf("got %+v", stats)
	}
	first := stats.First[0]
	if first.Line != 2 || first.File != "log" || len(first.Text) != maxSkippedText || first.Why == "" {
		t.Errorf("got %+v", first)
	}
}

func TestNewSaysWhatAFileIs(t *testing.T) {
	for _, test := range []struct{ head, looks string }{
		{"\x7fELF\x02\x01\x01", "an ELF program"},
		{`{"a": 1}`, "JSON"},
		{"\n  {\n", "JSON"},
		{"PK\x03\x04", "ZIP"},
		{"\xff\xfee\x00", "UTF-16"},
		{"#!/bin/sh\necho (hello) = 3\n", "a script"},
		{"hello\nworld\n", ""},
		{"a\x00b", "binary"},
		{"% time     seconds  usecs/call     calls    errors syscall\n", "strace -c"},
	} {
		_, err := New(strings.NewReader(test.head), "file")
		var not *NotATraceError
		if !errors.As(err, &not) {
			t.Errorf("%q: got %v", test.head, err)
			continue
		}
		if !strings.HasPrefix(not.Error(), "file: not a trace") || !strings.Contains(not.Looks, test.looks) || not.Hint() == "" {
			t.Errorf("%q: got %q", test.head, not.Error())
		}
	}
	if _, err := New(strings.NewReader(""), "file"); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty: got %v", err)
	}
	if _, err := New(io.MultiReader(failing{}), "file"); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("unreadable: got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestCompressed(t *testing.T) {
	const log = "getpid() = 12\n"
	var zipped, zstded bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(log))
	z.Close()
	s, _ := zstd.NewWriter(&zstded)
	s.Write([]byte(log))
	s.Close()
	for _, data := range [][]byte{zipped.Bytes(), zstded.Bytes()} {
		events, _ := readAll(t, data)
		if len(events) != 1 || events[0].Call.Name != "getpid" {
			t.Errorf("got %v", events)
		}
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 3*peekSize)
	events, stats := readAll(t, []byte("getpid() = 1\nwrite(1, \""+long+"\", 3) = 3\ngetpid() = 2\n"))
	if len(events) != 3 || events[1].Call.Arg(1).Str != long || stats.Skipped != 0 {
		t.Errorf("a line longer than the buffer: %d events, %+v", len(events), stats)
	}
	tooLong := io.MultiReader(strings.NewReader("getpid() = 1\nwrite(1, \""),
		io.LimitReader(endless{}, maxLine+maxLine/8), strings.NewReader("\", 3) = 3\ngetpid() = 2\n"))
	r, err := New(tooLong, "log")
	if err != nil {
		t.Fatal(err)
	}
	kinds := []event.Kind{}
	for e, err := r.Read(); err == nil; e, err = r.Read() {
		kinds = append(kinds, e.Kind)
	}
	if !cmp.Equal(kinds, []event.Kind{event.Returned, event.Unknown, event.Returned}) || r.Stats().Skipped != 1 {
		t.Errorf("got %v, %+v", kinds, r.Stats().Skipped)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// TestOpenCallsAreBounded feeds more open calls than any machine has threads.
func TestOpenCallsAreBounded(t *testing.T) {
	var log bytes.Buffer
	for tid := range maxPending + 10 {
		fmt.Fprintf(&log, "%d pause( <unfinished ...>\n", 2*tid+1)
	}
	_, stats := readAll(t, log.Bytes())
	if stats.Events != 2*maxPending+10 || stats.Skipped != 10 {
		t.Errorf("%d events, %d skipped", stats.Events, stats.Skipped)
	}
}
