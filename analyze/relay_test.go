package analyze_test

import (
	"fmt"
	"strings"
	"testing"
)

// The ways from a client to the process that its answer came from, or didn't.
func TestAnswers(t *testing.T) {
	const client = "1 execve(\"/bin/ask\", [\"ask\"], 0x7ffc00000000 /* 1 var */) = 0\n1 chdir(\"/srv\") = 0\n"
	const failed = "1 write(2, \"ask: status 4\\n\", 14) = 14\n1 exit_group(1) = ?\n1 +++ exited with 1 +++\n"
	const lacks = "20 openat(AT_FDCWD, \"/data/rates\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
	const unrelated = "1 access(\"/data/mine\", R_OK) = -1 EACCES (Permission denied)\n"
	udp := client + unrelated + `20 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 5
1 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
1 sendto(3, "rates", 5, 0, {sa_family=AF_INET, sin_port=htons(18345), sin_addr=inet_addr("127.0.0.1")}, 16) = 5
20 recvfrom(5, "rates", 500, 0, {sa_family=AF_INET, sin_port=htons(2001), sin_addr=inet_addr("127.0.0.1")}, [16]) = 5
` + lacks
	stream := func(reply string) string {
		return client + unrelated + `20 socket(AF_UNIX, SOCK_STREAM, 0) = 3
20 bind(3, {sa_family=AF_UNIX, sun_path="/run/s"}, 8) = 0
20 listen(3, 5) = 0
1 socket(AF_UNIX, SOCK_STREAM, 0) = 3
1 connect(3, {sa_family=AF_UNIX, sun_path="/run/s"}, 8) = 0
20 accept(3, NULL, NULL) = 4
` + reply
	}
	const request = "1 write(3, \"rates\\n\", 6) = 6\n20 read(4, \"rates\\n\", 100) = 6\n"
	const end = "1 read(3, \"\", 100) = 0\n" + failed
	for _, test := range []struct{ name, log, want string }{
		{"a datagram", udp + `20 sendto(5, "404", 3, 0, {sa_family=AF_INET, sin_port=htons(2001), sin_addr=inet_addr("127.0.0.1")}, 16) = 3
1 recvfrom(3, "404", 2000, 0, {sa_family=AF_INET, sin_port=htons(18345), sin_addr=inet_addr("127.0.0.1")}, [16]) = 3
` + failed, "/data/rates"},
		{"a datagram of somebody else's", udp + `20 sendto(5, "404", 3, 0, {sa_family=AF_INET, sin_port=htons(2002), sin_addr=inet_addr("127.0.0.1")}, 16) = 3
1 recvfrom(3, "no", 2000, 0, {sa_family=AF_INET, sin_port=htons(18345), sin_addr=inet_addr("127.0.0.1")}, [16]) = 2
` + failed, "/data/mine"},
		{"the end instead of an answer", stream(request + lacks + "20 close(4) = 0\n" + end), "/data/rates"},
		{"the end behind an answer", stream(request + "20 write(4, \"12\\n\", 3) = 3\n" + lacks + "20 close(4) = 0\n1 read(3, \"12\\n\", 100) = 3\n" + end), "/data/mine"},
		{"the end, and nothing was asked", stream(lacks + "20 close(4) = 0\n" + end), "/data/mine"},
		{"the end, as the server was killed", stream(request + "20 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---\n20 +++ killed by SIGSEGV +++\n" + end), "SIGSEGV"},
	} {
		d := diagnose(t, test.log)
		got := ""
		if len(d.Causes) > 0 {
			got = text(d.Causes[0].Path) + text(d.Causes[0].Signal)
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Of two that sent the same words in datagrams, the address and what the kernel says of
// the sender tell which of them was heard (made like a real log of two workers).
func TestDatagramsOfTwo(t *testing.T) {
	const log = `1 execve("/bin/collect", ["collect"], 0x7ffc00000000 /* 1 var */) = 0
1 socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 3
BIND1 setsockopt(3, SOL_SOCKET, SO_PASSCRED, [1], 4) = 0
1 clone(child_stack=NULL, flags=SIGCHLD) = 2
1 clone(child_stack=NULL, flags=SIGCHLD) = 5
2 openat(AT_FDCWD, "/srv/a", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
2 socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 5
2 sendto(5, "input cannot be read", 20, 0, {sa_family=AF_UNIX, sun_path="/run/other"}, 12) = 20
2 exit_group(1) = ?
2 +++ exited with 1 +++
5 openat(AT_FDCWD, "/srv/b", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
5 socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 5
5 sendto(5, "input cannot be read", 20, 0, {sa_family=AF_UNIX, sun_path="/run/collect"}, 14) = 20
5 exit_group(1) = ?
5 +++ exited with 1 +++
1 recvmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="input cannot be read", iov_len=100}], msg_iovlen=1, msg_control=[CONTROL], msg_controllen=32, msg_flags=0}, 0) = 20
1 write(2, "collect: input cannot be read\n", 30) = 30
1 exit_group(3) = ?
1 +++ exited with 3 +++
`
	const bind = "1 bind(3, {sa_family=AF_UNIX, sun_path=\"/run/collect\"}, 14) = 0\n"
	const sender = "{cmsg_len=28, cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=5, uid=0, gid=0}}"
	for _, test := range []struct{ bind, control, want string }{
		{bind, sender, "/srv/b"},
		{bind, "", "/srv/b"},
		{"", sender, "/srv/b"},
		{"", "", "/srv/a"}, // the first
	} {
		d := diagnose(t, strings.NewReplacer("BIND", test.bind, "CONTROL", test.control).Replace(log))
		if len(d.Causes) == 0 || text(d.Causes[0].Path) != test.want {
			t.Errorf("bind %q, control %q: %+v", test.bind, test.control, d.Causes)
		}
	}
}

// Each message of sendmmsg(2) and recvmmsg(2) has words of its own (as a real log has them).
func TestSeveralMessages(t *testing.T) {
	msg := func(text string) string {
		return fmt.Sprintf(`{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=%q, iov_len=100}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=%d}`, text, len(text))
	}
	messages := "[" + msg("first words here") + ", " + msg("the rates are missing") + "], 2, 0"
	d := diagnose(t, `1 execve("/bin/front", ["front"], 0x7ffc00000000 /* 1 var */) = 0
1 socketpair(AF_UNIX, SOCK_DGRAM, 0, [3, 4]) = 0
1 clone(child_stack=NULL, flags=SIGCHLD) = 2
2 openat(AT_FDCWD, "/srv/lists", O_RDONLY) = -1 ENOENT (No such file or directory)
2 sendmmsg(3, `+messages+`) = 2
2 exit_group(1) = ?
2 +++ exited with 1 +++
1 recvmmsg(4, `+messages+`, NULL) = 2
1 access("/srv/unrelated", F_OK) = -1 ENOENT (No such file or directory)
1 write(2, "front: the rates are missing\n", 29) = 29
1 exit_group(3) = ?
1 +++ exited with 3 +++
`)
	if len(d.Causes) == 0 || text(d.Causes[0].Path) != "/srv/lists" || !strings.Contains(fmt.Sprint(d.Causes[0].Points), "words of another") {
		t.Errorf("%+v", d.Causes)
	}
}

// A program's source has its messages too, and who wrote the source did not say them;
// who wrote a log did.
func TestWordsOfASource(t *testing.T) {
	const words = "report: could not be made"
	run := func(file string) string {
		return `1 execve("/bin/sh", ["sh"], 0x7ffc00000000 /* 1 var */) = 0
1 clone(child_stack=NULL, flags=SIGCHLD) = 2
2 openat(AT_FDCWD, "/srv/file", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3
2 access("/srv/lacks", R_OK) = -1 EACCES (Permission denied)
2 write(3, "` + file + `", 200) = 200
2 exit_group(0) = ?
2 +++ exited with 0 +++
1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 2
1 openat(AT_FDCWD, "/srv/file", O_RDONLY) = 3
1 read(3, "` + file + `", 4096) = 200
1 write(2, "` + words + `\n", 26) = 26
1 exit_group(1) = ?
1 +++ exited with 1 +++
`
	}
	for file, want := range map[string]bool{
		`sys.exit(\"` + words + `\")\n`:         false,
		`12:00 ` + words + `\n12:01 the end\n`:  true,
		`12:00 ` + words + `.\r\n12:01 again\n`: true,
	} {
		d := diagnose(t, run(file))
		if got := len(d.Causes) > 0 && strings.Contains(text(d.Causes[0].Path), "lacks"); got != want {
			t.Errorf("%s: %v, want %v: %+v", file, got, want, d.Causes)
		}
	}
}
