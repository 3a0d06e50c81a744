package analyze

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// What decides between causes that are much alike; each is cut from a real trace.
func TestCloseCalls(t *testing.T) {
	const start = "7 execve(\"/srv/bin/app\", [\"app\", \"-I_build/lib\", \"--trust=certs/t.p12\"], 0x7ffe /* 5 vars */) = 0\n7 chdir(\"/srv\") = 0\n"
	miss := func(call, path string) string {
		return fmt.Sprintf("7 %s(AT_FDCWD, %q, O_RDONLY) = -1 ENOENT (No such file or directory)\n", call, path)
	}
	says := func(text string) string { return fmt.Sprintf("7 write(2, %q, %d) = %[2]d\n", text+"\n", len(text)+1) }
	const denied = "7 openat(AT_FDCWD, \"key\", O_RDONLY) = -1 EACCES (Permission denied)\n"
	var long strings.Builder
	for i := range 3 * maxFailures {
		long.WriteString(miss("newfstatat", fmt.Sprint("lib/", i)))
	}
	search := long.String()
	const end = "7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"
	const script = "7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n8 kill(99, SIGHUP) = -1 ESRCH (No such process)\n8 exit_group(1) = ?\n8 +++ exited with 1 +++\n" +
		"7 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 8\n"
	const pwd = "7 pipe([3, 4]) = 0\n7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n8 dup2(4, 1) = 1\n8 chdir(\"/srv/jdk\") = 0\n8 write(1, \"/srv/jdk\\n\", 9) = 9\n8 exit_group(0) = ?\n8 +++ exited with 0 +++\n" +
		"7 read(3, \"/srv/jdk\\n\", 128) = 9\n7 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 8\n"
	for _, test := range []struct{ name, log, want string }{
		{"the last of two", miss("openat", "a.txt") + miss("openat", "b.txt") + says("not ready"), "syscall openat ENOENT /srv/b.txt"},
		{"one that is not just missing", miss("openat", "_build/lib") + says("not ready"), "syscall openat ENOENT /srv/_build/lib"},
		{"an argument", miss("openat", "_build/lib") + "7 openat(AT_FDCWD, \"src\", O_RDONLY) = 3\n" + miss("newfstatat", "main.cmo") + says("Unbound module"), "syscall openat ENOENT /srv/_build/lib"},
		{"an argument's value", miss("newfstatat", "certs/t.p12") + miss("newfstatat", "META-INF/x") + says("not ready"), "syscall newfstatat ENOENT /srv/certs/t.p12"},
		{"an argument that is made", "7 openat(AT_FDCWD, \"in\", O_RDONLY) = -1 EACCES (Permission denied)\n" + miss("newfstatat", "certs/t.p12") + says("not ready"), "syscall openat EACCES /srv/in"},
		{"its own reason after another message", miss("openat", "motd") + says("Can't read MOTD file \"motd\": No such file or directory") +
			"7 setgid(99) = 0\n7 bind(6, {sa_family=AF_INET, sin_port=htons(18407), sin_addr=inet_addr(\"192.0.2.7\")}, 16) = -1 EADDRNOTAVAIL (Cannot assign requested address)\n" +
			says("Can't bind to 192.0.2.7:18407 - Cannot assign requested address"), "syscall bind EADDRNOTAVAIL 192.0.2.7:18407"},
		{"one before a long search", denied + search + says("Can't read key: Permission denied"), "syscall openat EACCES /srv/key"},
		{"a consequence", denied + says("Can't read key: Permission denied") + says("error: no key, giving up"), "syscall openat EACCES /srv/key"},
		{"a message that refers to another", "7 openat(AT_FDCWD, \"hs\", O_RDONLY) = 3\n7 newfstatat(3, \"\", {st_mode=S_IFDIR|0700, st_size=4096, ...}, AT_EMPTY_PATH) = 0\n" +
			says("[warn] /srv/hs is not owned by this user") + says("[err] Reading config failed--see warnings above."), "data newfstatat /srv/hs"},
		{"a script that failed", "7 rename(\"/srv/log/app.log\", \"/srv/log/app.log.1\") = 0\n" + script + says("error: error running script for /srv/log/app.log"), "syscall kill ESRCH"},
		{"a value that was asked for", pwd + miss("faccessat2", "/srv/jdk/bin/java") + says("ERROR: JAVA_HOME is wrong: /srv/jdk"), "syscall faccessat2 ENOENT /srv/jdk/bin/java"},
		{"the target of a rename", "7 rename(\"/srv/a.gz\", \"/mnt/nas/a.gz\") = -1 ENOENT (No such file or directory)\n7 newfstatat(AT_FDCWD, \"/srv/a.gz\", {st_mode=S_IFREG|0644, st_size=33, ...}, 0) = 0\n" +
			says("cannot move it: No such file or directory"), "syscall rename ENOENT /mnt/nas/a.gz"},
		{"what is in the way of a link", "7 link(\"/srv/_x.tmp\", \"/srv/night.lock\") = -1 EEXIST (File exists)\n" + says("giving up on /srv/night.lock"), "syscall link EEXIST /srv/night.lock"},
		{"the source of a rename", "7 rename(\"/srv/a.gz\", \"/mnt/nas/a.gz\") = -1 ENOENT (No such file or directory)\n" + says("cannot move it: No such file or directory"), "syscall rename ENOENT /srv/a.gz"},
		{"a folder that is there", "7 openat(AT_FDCWD, \"in\", O_RDONLY) = -1 ENOENT (No such file or directory)\n7 mkdir(\"/srv/event\", 0777) = -1 EEXIST (File exists)\n" + says("not ready"), "syscall openat ENOENT /srv/in"},
		{"a folder as a lock", "7 mkdir(\"/srv/event\", 0777) = -1 EEXIST (File exists)\n" + says("another instance is at work"), "syscall mkdir EEXIST /srv/event"},
		{"what had failed before the script", miss("rename", "app.log.1") + script + says("error: error running the script"), "syscall kill ESRCH"},
		{"a search that the next one makes up for", miss("newfstatat", "/opt/a/ld.gold") + miss("newfstatat", "/opt/b/ld.gold") + miss("newfstatat", "/opt/c/ld.gold") +
			miss("newfstatat", "/opt/a/gnm") + miss("newfstatat", "/opt/b/gnm") + miss("newfstatat", "/opt/c/gnm") + miss("newfstatat", "/opt/a/nm") + "7 access(\"/opt/b/nm\", X_OK) = 0\n" +
			says("not ready"), "search newfstatat ENOENT /opt/a/ld.gold"},
		{"the place that the message names", miss("openat", "/opt/vendor/cache/billing") + miss("openat", "/opt/gems/billing") + says("The path /opt/gems/billing does not exist."), "search openat ENOENT /opt/gems/billing"},
		{"a worker from which nothing came, and that ended well", "7 pipe2([3, 4], O_CLOEXEC) = 0\n7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n7 close(4) = 0\n8 close(3) = 0\n" +
			"8 openat(AT_FDCWD, \"/srv/shards/1.csv\", O_RDONLY) = -1 ENOENT (No such file or directory)\n8 exit_group(0) = ?\n8 +++ exited with 0 +++\n" +
			miss("openat", "etc/mode") + "7 read(3, \"\", 8192) = 0\n" + says("in `load': end of file reached (EOFError)"), "syscall openat ENOENT /srv/shards/1.csv"},
		{"a writer whose reader failed", "7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n7 clone(child_stack=NULL, flags=SIGCHLD) = 9\n9 openat(AT_FDCWD, \"/srv/rates\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
			"9 exit_group(1) = ?\n9 +++ exited with 1 +++\n8 write(1, \"a 1\\n\", 4) = -1 EPIPE (Broken pipe)\n8 --- SIGPIPE {si_signo=SIGPIPE, si_code=SI_USER, si_pid=8, si_uid=0} ---\n8 +++ killed by SIGPIPE +++\n", "syscall openat ENOENT /srv/rates"},
		{"no huge pages", miss("openat", "menu.json") + "7 mmap(NULL, 134217728, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB, -1, 0) = -1 ENOMEM (Cannot allocate memory)\n" +
			says("status 500"), "syscall openat ENOENT /srv/menu.json"},
		{"what failed after it was asked to end", "7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n7 clone(child_stack=NULL, flags=SIGCHLD) = 9\n8 openat(AT_FDCWD, \"/srv/a\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
			"8 exit_group(1) = ?\n8 +++ exited with 1 +++\n7 kill(9, SIGTERM) = 0\n9 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=7, si_uid=0} ---\n9 openat(AT_FDCWD, \"/srv/b\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" +
			"9 exit_group(1) = ?\n9 +++ exited with 1 +++\n", "syscall openat ENOENT /srv/a"},
		{"an attribute that can't be set", "7 setxattr(\"app/cache\", \"system.posix_acl_access\", \"x\", 28, 0) = -1 EOPNOTSUPP (Operation not supported)\n" + says("not ready"), "syscall setxattr EOPNOTSUPP /srv/app/cache"},
		{"nothing but a folder that is there", "7 mkdir(\"/srv/event\", 0777) = -1 EEXIST (File exists)\n" + says("not ready"), "data chdir /srv"},
		{"a command that is nowhere", miss("newfstatat", "/usr/bin/mkthumb") + miss("newfstatat", "/bin/mkthumb") + miss("newfstatat", "out/1.thumb") + says("run incomplete: 0 of 1"), "search newfstatat ENOENT /bin/mkthumb"},
		{"a child before the process became another program", "7 clone(child_stack=NULL, flags=SIGCHLD) = 8\n8 execve(\"/bin/ls\", [\"ls\", \"d\"], 0x7ffe /* 5 vars */) = 0\n8 openat(AT_FDCWD, \"/srv/d\", O_RDONLY) = -1 ENOENT (No such file or directory)\n8 exit_group(1) = ?\n8 +++ exited with 1 +++\n" +
			"7 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 8\n7 execve(\"/srv/bin/webd\", [\"webd\"], 0x7ffe /* 5 vars */) = 0\n" + miss("openat", "web.conf") + says("not ready"), "syscall openat ENOENT /srv/web.conf"},
		{"words to itself", "7 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n" + miss("openat", "ledger") + "7 sendto(4, \"the job ended badly\", 19, 0, NULL, 0) = 19\n7 recvfrom(3, \"the job ended badly\", 99, 0, NULL, NULL) = 19\n" +
			says("relay: the job ended badly"), "syscall openat ENOENT /srv/ledger"},
		{"a full file system before a rename", "7 pwrite64(3</srv/orders.db>, \"x\", 4096, 0) = -1 EFBIG (File too large)\n" + strings.Repeat("7 getpid() = 7\n", 20) +
			"7 rename(\"/srv/orders.db\", \"/srv/quarantine/orders.db\") = -1 ENOENT (No such file or directory)\n" + says("database seems corrupt, moved to quarantine"), "syscall pwrite64 EFBIG /srv/orders.db"},
		{"a library before settings", miss("openat", "/lib/libxcodec.so.2") + miss("openat", "/usr/lib/libxcodec.so.2") + "7 openat(AT_FDCWD, \"plain.txt\", O_RDONLY) = 3\n" + miss("access", "etc/formats.alias") +
			says("unsupported image format, 1 formats known"), "search openat ENOENT /lib/libxcodec.so.2"},
		{"what a program calls itself", miss("openat", "boot.override") + "7 openat(AT_FDCWD, \"x\", O_RDONLY) = 3\n7 read(3, \"x\", 9) = 1\n" + miss("openat", "geo.dat") + says("boot: timed out"), "syscall openat ENOENT /srv/geo.dat"},
		{"an empty file that is mapped", "7 openat(AT_FDCWD, \"terms.idx\", O_RDONLY) = 3\n7 mmap(NULL, 0, PROT_READ, MAP_PRIVATE, 3, 0) = -1 EINVAL (Invalid argument)\n" + miss("access", "stopwords") + says("not ready"), "syscall mmap EINVAL /srv/terms.idx"},
		{"settings that are built in", miss("openat", "app.yaml") + says("cannot read app.yaml: no such file, using built-in settings") + strings.Repeat("7 getpid() = 7\n", 9) + miss("openat", "zone.dat") + says("stopping: no zone"), "syscall openat ENOENT /srv/zone.dat"},
		{"the ending of another name", miss("openat", "lib/cjson.lua") + miss("openat", "etc/production.conf") + says("startup failed: app.lua:6: attempt to index a nil value"), "syscall openat ENOENT /srv/etc/production.conf"},
	} {
		if got, points := cause(t, []byte(start+test.log+end)); got != test.want {
			t.Errorf("%s: %s, want %s; %v", test.name, got, test.want, points)
		}
	}
}

// What was to be made is known under the name that it has in the end, though the working
// directory is told late only.
func TestMakerBeforeItsFolderIsKnown(t *testing.T) {
	got, points := cause(t, []byte("7 openat(AT_FDCWD, \"web.conf\", O_WRONLY|O_CREAT, 0666) = -1 EACCES (Permission denied)\n"+
		"7 getcwd(\"/srv/app\", 4096) = 9\n7 execve(\"/bin/webd\", [\"webd\"], 0x7ffe /* 5 vars */) = 0\n"+
		"7 openat(AT_FDCWD, \"/srv/app/web.conf\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"+
		"7 write(2, \"no settings\\n\", 12) = 12\n7 exit_group(1) = ?\n7 +++ exited with 1 +++\n"))
	if got != "syscall openat EACCES /srv/app/web.conf" {
		t.Error(got, points)
	}
}

// The tracer looks once into what fails twice in the same way.
func TestSharedEvidence(t *testing.T) {
	seen := &event.Seen{Path: "/srv/x/s"}
	first := &failure{failureKey: failureKey{path: "/srv/x/s", errno: "ENOTDIR"}, seen: seen}
	same := &failure{failureKey: failureKey{path: "/srv/x/s", errno: "ENOTDIR", name: "bind"}}
	other := &failure{failureKey: failureKey{path: "/srv/x/s", errno: "EACCES"}}
	h := &history{failures: []*failure{first, same, other}}
	h.shareEvidence()
	if same.seen != seen || other.seen != nil {
		t.Error(same.seen, other.seen)
	}
}
