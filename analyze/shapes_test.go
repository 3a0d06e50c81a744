package analyze_test

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
)

// TestShapes holds minimal traces against the first cause: for each shape one that a
// rule decides, and one like it that it must leave alone.
func TestShapes(t *testing.T) {
	tests := []struct {
		name, log string
		path      string // of the first cause; "" for none
		says      string // in its summary or explanation
		message   string // has these words
		below     float64
	}{{
		name: "a pipe whose reader had failed, elsewhere in the tree",
		log: `10 execve("/bin/bash", ["job"], 0x1 /* 9 vars */) = 0
10 chdir("/srv/j") = 0
10 pipe2([3, 4], 0) = 0
10 clone(child_stack=NULL, flags=SIGCHLD) = 11
11 dup2(4, 1) = 1
11 close(3) = 0
11 close(4) = 0
10 clone(child_stack=NULL, flags=SIGCHLD) = 12
10 close(3) = 0
10 close(4) = 0
12 dup2(3, 0) = 0
12 close(3) = 0
12 close(4) = 0
12 execve("/usr/bin/mlr", ["mlr", "put"], 0x1 /* 9 vars */) = 0
12 newfstatat(AT_FDCWD, "etc/rules", 0x1, 0) = -1 ENOENT (No such file or directory)
12 write(2, "mlr: cannot load etc/rules\n", 27) = 27
12 exit_group(1) = ?
12 +++ exited with 1 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 12
11 clone(child_stack=NULL, flags=SIGCHLD) = 13
13 execve("/usr/bin/seq", ["seq", "9"], 0x1 /* 9 vars */) = 0
13 write(1, "1,1\n", 4) = -1 EPIPE (Broken pipe)
13 --- SIGPIPE {si_signo=SIGPIPE, si_code=SI_USER, si_pid=13, si_uid=0} ---
13 +++ killed by SIGPIPE +++
11 wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGPIPE}], 0, NULL) = 13
11 exit_group(141) = ?
11 +++ exited with 141 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 141}], 0, NULL) = 11
10 write(2, "job: step 1 failed\n", 19) = 19
10 exit_group(4) = ?
10 +++ exited with 4 +++
`, path: "/srv/j/etc/rules",
	}, {
		name: "what was to be made, and the template that it lacks",
		log: `10 execve("/usr/bin/conv", ["conv", "out.dxf"], 0x1 /* 9 vars */) = 0
10 chdir("/srv/j") = 0
10 newfstatat(AT_FDCWD, "out.dxf", 0x1, 0) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "out.dxf", O_RDONLY) = -1 ENOENT (No such file or directory)
10 newfstatat(AT_FDCWD, "/srv/g/header.tpl", 0x1, 0) = -1 ENOENT (No such file or directory)
10 write(2, "conv: failed to find header.tpl\nconv: failed to create out.dxf\n", 63) = 63
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/g/header.tpl",
	}, {
		name: "a pipe that nobody reads, beside optional settings",
		log: `10 execve("/usr/bin/spool", ["spool"], 0x1 /* 9 vars */) = 0
10 chdir("/srv/j") = 0
10 openat(AT_FDCWD, "index.rc", O_RDONLY) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "spool/in", O_WRONLY|O_NONBLOCK) = -1 ENXIO (No such device or address)
10 write(2, "indexer not available\n", 22) = 22
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/j/spool/in",
	}, {
		name: "refused, and there as a look shows",
		log: `10 execve("/usr/bin/fc", ["fc"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/other.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
10 access("/srv/store", W_OK) = -1 EACCES (Permission denied)
10 access("/srv/store", F_OK) = 0
10 write(2, "fc: nothing was written\n", 24) = 24
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/store",
	}, {
		name: "a file that an argument's value names",
		log: `10 execve("/usr/bin/cct", ["cct", "+grids=corp.gsb", "in"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/proj/corp.gsb", O_RDONLY) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "/srv/proj/proj.ini", O_RDONLY) = -1 ENOENT (No such file or directory)
10 write(2, "cct: required data missing\n", 27) = 27
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/proj/corp.gsb",
	}, {
		name: "a folder that can't be made, beside optional settings",
		log: `10 execve("/usr/bin/d", ["d"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/d.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
10 stat("/srv/state", 0x1) = -1 ENOENT (No such file or directory)
10 mkdir("/srv/state", 0700) = -1 EEXIST (File exists)
10 write(2, "d: no start\n", 12) = 12
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/state", says: "leads nowhere",
	}, {
		name: "the log's last line, before a crash",
		log: `10 execve("/srv/worker", ["worker"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/out/worker.txt", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3
10 dup2(3, 2) = 2
10 access("/srv/worker.tune", R_OK) = -1 ENOENT (No such file or directory)
10 write(2, "worker: building the table\n", 27) = 27
10 mmap(NULL, 943722496, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = -1 ENOMEM (Cannot allocate memory)
10 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---
10 +++ killed by SIGSEGV +++
`, says: "no memory",
	}, {
		name: "the log's last line, before it gives up",
		log: `10 execve("/srv/worker", ["worker"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/out/worker.txt", O_WRONLY|O_CREAT|O_APPEND, 0666) = 3
10 dup2(3, 2) = 2
10 openat(AT_FDCWD, "/srv/worker.tune", O_RDONLY) = -1 ENOENT (No such file or directory)
10 write(2, "worker: Abstimmung fehlt\n", 25) = 25
10 close(3) = 0
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/worker.tune", message: "Abstimmung fehlt",
	}, {
		name: "a process makes sure that it can't be root again",
		log: `10 execve("/srv/d", ["d"], 0x1 /* 9 vars */) = 0
10 setresuid(103, 103, 103) = 0
10 setuid(0) = -1 EPERM (Operation not permitted)
10 setresuid(-1, 0, -1) = -1 EPERM (Operation not permitted)
10 openat(AT_FDCWD, "/srv/keys/root", O_RDONLY) = -1 ENOENT (No such file or directory)
10 write(2, "Permission denied\n", 18) = 18
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/keys/root",
	}, {
		name: "a process can't become root",
		log: `10 execve("/srv/d", ["d"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/keys/root", O_RDONLY) = -1 ENOENT (No such file or directory)
10 setresuid(-1, 0, -1) = -1 EPERM (Operation not permitted)
10 write(2, "Permission denied\n", 18) = 18
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, says: "CAP_SETUID",
	}, {
		name: "the packed form of what is not there",
		log: `10 execve("/srv/spell", ["spell", "words"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/dic/corp.aff", O_RDONLY) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "/srv/dic/corp.aff.gz", O_RDONLY) = -1 ENOENT (No such file or directory)
10 write(2, "no affix file for corp\n", 23) = 23
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/dic/corp.aff",
	}, {
		name: "a packed file that alone was sought",
		log: `10 execve("/srv/spell", ["spell", "words"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/dic/other.aff", O_RDONLY) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "/srv/dic/corp.aff.gz", O_RDONLY) = -1 ENOENT (No such file or directory)
10 write(2, "no affix file for corp\n", 23) = 23
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/dic/corp.aff.gz",
	}, {
		name: "what is there and is not to be",
		log: `10 execve("/srv/exif", ["exif", "p/a.jpg"], 0x1 /* 9 vars */) = 0
10 chdir("/srv/p") = 0
10 newfstatat(AT_FDCWD, "a.jpg", {st_mode=S_IFREG|0644, st_size=291, ...}, 0) = 0
10 newfstatat(AT_FDCWD, "a.jpg_tmp", {st_mode=S_IFREG|0644, st_size=0, ...}, 0) = 0
10 write(2, "Error: Temporary file already exists: p/a.jpg_tmp\n", 50) = 50
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/p/a.jpg_tmp", says: "there already",
	}, {
		name: "a folder that a look does not find and that can't be made",
		log: `10 execve("/srv/etcd", ["etcd"], 0x1 /* 9 vars */) = 0
10 newfstatat(AT_FDCWD, "/srv/state", 0xc000, 0) = -1 ENOENT (No such file or directory)
10 mkdirat(AT_FDCWD, "/srv/state", 0700) = -1 EEXIST (File exists)
10 newfstatat(AT_FDCWD, "/srv/state", {st_mode=S_IFLNK|0777, st_size=14, ...}, AT_SYMLINK_NOFOLLOW) = 0
10 write(2, "cannot create data dir: mkdir /s"..., 52) = 52
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/state", says: "a symbolic link that leads nowhere",
	}, {
		name: "a folder that is there, before what is missing",
		log: `10 execve("/srv/etcd", ["etcd"], 0x1 /* 9 vars */) = 0
10 mkdirat(AT_FDCWD, "/srv/state", 0700) = -1 EEXIST (File exists)
10 openat(AT_FDCWD, "/srv/state/key", O_RDONLY) = -1 ENOENT (No such file or directory)
10 write(2, "cannot start with the state in /"..., 52) = 52
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/state/key",
	}, {
		name: "a child whose words were thrown away long before",
		log: `10 execve("/bin/sh", ["sh"], 0x1 /* 9 vars */) = 0
10 chdir("/srv/q") = 0
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 11
11 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 12
12 openat(AT_FDCWD, "/dev/null", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3
12 dup2(3, 2) = 2
12 execve("/usr/bin/tail", ["tail", "pc/applied"], 0x1 /* 9 vars */) = 0
12 openat(AT_FDCWD, "pc/applied", O_RDONLY) = -1 ENOENT (No such file or directory)
12 write(2, "tail: cannot open 'pc/applied' for reading: No such file or directory\n", 69) = 69
12 exit_group(1) = ?
12 +++ exited with 1 +++
11 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 12
11 exit_group(1) = ?
11 +++ exited with 1 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 11
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 21
21 exit_group(0) = ?
21 +++ exited with 0 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 21
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 22
22 exit_group(0) = ?
22 +++ exited with 0 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 22
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 23
23 exit_group(0) = ?
23 +++ exited with 0 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 23
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 24
24 exit_group(0) = ?
24 +++ exited with 0 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 24
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 13
13 newfstatat(AT_FDCWD, "patches/02-b.patch", 0x1, 0) = -1 ENOENT (No such file or directory)
13 write(2, "Patch 02-b.patch does not exist\n", 32) = 32
13 exit_group(1) = ?
13 +++ exited with 1 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 13
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/q/patches/02-b.patch", message: "Patch 02-b.patch does not exist",
	}, {
		name: "the only child that failed, its words thrown away",
		log: `10 execve("/bin/sh", ["sh"], 0x1 /* 9 vars */) = 0
10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 11
11 openat(AT_FDCWD, "/dev/null", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3
11 dup2(3, 2) = 2
11 execve("/usr/bin/tail", ["tail", "/srv/applied"], 0x1 /* 9 vars */) = 0
11 openat(AT_FDCWD, "/srv/applied", O_RDONLY) = -1 ENOENT (No such file or directory)
11 write(2, "tail: cannot open '/srv/applied' for reading: No such file or directory\n", 71) = 71
11 exit_group(1) = ?
11 +++ exited with 1 +++
10 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0, NULL) = 11
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/applied",
	}, {
		name: "the last word on stdout",
		log: `10 execve("/usr/bin/screen", ["screen"], 0x1 /* 9 vars */) = 0
10 newfstatat(AT_FDCWD, "/srv/sock", {st_mode=S_IFDIR|0755, st_size=4096, ...}, 0) = 0
10 write(1, "You are not the owner of /srv/sock.\n", 36) = 36
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/sock", says: "It is a directory, mode 0755.", message: "You are not the owner of /srv/sock.",
	}, {
		name: "data on stdout, before a silent end",
		log: `10 execve("/usr/bin/dump", ["dump"], 0x1 /* 9 vars */) = 0
10 write(1, "no orders in /srv/orders\n", 25) = 25
10 openat(AT_FDCWD, "/srv/a", O_RDONLY) = 3
10 close(3) = 0
10 openat(AT_FDCWD, "/srv/b", O_RDONLY) = 3
10 close(3) = 0
10 openat(AT_FDCWD, "/srv/c", O_RDONLY) = 3
10 openat(AT_FDCWD, "/srv/d", O_RDONLY) = -1 EACCES (Permission denied)
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/d",
	}, {
		name: "a folder that the message names, the failure below it",
		log: `10 execve("/usr/bin/svn", ["svn", "revert"], 0x1 /* 9 vars */) = 0
10 newfstatat(AT_FDCWD, "/srv/wc", {st_mode=S_IFDIR|0755, st_size=4096, ...}, AT_SYMLINK_NOFOLLOW) = 0
10 openat(AT_FDCWD, "/srv/wc/.svn/wc.db", O_RDWR|O_CLOEXEC) = -1 EACCES (Permission denied)
10 write(2, "svn: E155004: Failed to lock working copy '/srv/wc'.\n", 53) = 53
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/wc/.svn/wc.db",
	}, {
		name: "a folder that the message names, the failure elsewhere",
		log: `10 execve("/usr/bin/app", ["app"], 0x1 /* 9 vars */) = 0
10 newfstatat(AT_FDCWD, "/srv/www", {st_mode=S_IFDIR|0777, st_size=4096, ...}, 0) = 0
10 openat(AT_FDCWD, "/srv/etc/app.local", O_RDONLY) = -1 ENOENT (No such file or directory)
10 write(2, "app: refusing /srv/www: writable by everyone\n", 45) = 45
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/www", says: "mode 0777",
	}, {
		name: "a folder that the message names, an optional file in it",
		log: `10 execve("/usr/bin/pg", ["pg"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/pg/auto.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 getpid() = 10
10 newfstatat(AT_FDCWD, "/srv/pg", {st_mode=S_IFDIR|0755, st_size=4096, ...}, 0) = 0
10 write(2, "pg: data directory /srv/pg has invalid permissions\n", 52) = 52
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/pg",
	}, {
		name: "what does not exist, named by a file that was read",
		log: `10 execve("/usr/bin/go", ["go", "build"], 0x1 /* 9 vars */) = 0
10 chdir("/srv/app") = 0
10 openat(AT_FDCWD, "main.go", O_RDONLY) = 3
10 read(3, "package main\n", 4096) = 13
10 close(3) = 0
10 newfstatat(AT_FDCWD, "../lib", 0x1, 0) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "go.mod", O_RDONLY) = 3
10 write(2, "main.go:3:8: shop/lib: replacement directory ../lib does not exist\n", 68) = 68
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/lib",
	}, {
		name: "what does not exist in a file that was read",
		log: `10 execve("/usr/bin/app", ["app"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/local.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "/srv/app.conf", O_RDONLY) = 3
10 read(3, "[main]\n", 4096) = 7
10 close(3) = 0
10 write(2, "app: section \"shop\" does not exist in /srv/app.conf\n", 53) = 53
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/app.conf",
	}, {
		name: "the kernel refuses a value",
		log: `10 execve("/bin/sh", ["sh", "start.sh"], 0x1 /* 9 vars */) = 0
10 chdir("/srv") = 0
10 openat(AT_FDCWD, "start.sh", O_RDONLY) = 3
10 read(3, "echo 5000 > /proc/self/oom_score_adj\n", 8192) = 37
10 openat(AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4
10 dup2(4, 1) = 1
10 write(1, "5000\n", 5) = -1 EINVAL (Invalid argument)
10 write(2, "start.sh: 1: echo: echo: I/O error\n", 35) = 35
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/proc/self/oom_score_adj", says: "the kernel refuses the value",
	}, {
		name: "a search ends where another program begins",
		log: `10 execve("/bin/bash", ["bash", "c"], 0x1 /* 9 vars */) = 0
10 newfstatat(AT_FDCWD, "/opt/bin/sh", 0x1, 0) = -1 ENOENT (No such file or directory)
10 execve("/usr/sbin/chroot", ["chroot", "/srv/r"], 0x1 /* 9 vars */) = 0
10 chroot("/srv/r") = 0
10 chdir("/") = 0
10 execve("/bin/sh", ["/bin/sh"], 0x1 /* 9 vars */) = -1 ENOENT (No such file or directory)
10 write(2, "chroot: failed to run command '/bin/sh': No such file or directory\n", 67) = 67
10 exit_group(127) = ?
10 +++ exited with 127 +++
`, path: "/bin/sh", says: "Its root directory is /srv/r",
	}, {
		name: "a heading, and below it the file's name",
		log: `10 execve("/usr/bin/ant", ["ant"], 0x1 /* 9 vars */) = 0
10 newfstatat(AT_FDCWD, "/srv/common/build.xml", 0x1, 0) = -1 ENOENT (No such file or directory)
10 write(2, "BUILD FAILED\n", 13) = 13
10 write(2, "Cannot find /srv/common/build.xml\n", 34) = 34
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/common/build.xml", message: "Cannot find /srv/common/build.xml",
	}, {
		name: "source code in a pipe is no message",
		log: `10 execve("/usr/bin/flex", ["flex"], 0x1 /* 9 vars */) = 0
10 pipe([3, 4]) = 0
10 dup2(4, 1) = 1
10 openat(AT_FDCWD, "/srv/skel", O_RDONLY) = 5
10 write(1, "if (ferror(yyin)) fatal(\"error: input failed: cannot go on\");\n", 62) = 62
10 read(5, 0x1, 4096) = -1 EISDIR (Is a directory)
10 write(2, "flex: input error reading skeleton file /srv/skel\n", 50) = 50
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/srv/skel", message: "flex: input error reading skeleton file /srv/skel",
	}, {
		name: "a missing file that no word is about",
		log: `10 execve("/usr/bin/at", ["at", "now"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/etc/at.allow", O_RDONLY) = -1 ENOENT (No such file or directory)
10 openat(AT_FDCWD, "/etc/at.deny", O_RDONLY) = 3
10 read(3, "shop\n", 4096) = 5
10 close(3) = 0
10 geteuid() = 1
10 setgid(1) = 0
10 write(2, "You do not have permission to use at.\n", 38) = 38
10 exit_group(1) = ?
10 +++ exited with 1 +++
`, path: "/etc/at.allow", below: 0.5,
	}, {
		name: "a look at a lock file, and silence",
		log: `10 execve("/bin/sh", ["sh", "n.sh"], 0x1 /* 9 vars */) = 0
10 newfstatat(AT_FDCWD, "/srv/n.lock", {st_mode=S_IFREG|0644, st_size=0, ...}, 0) = 0
10 exit_group(75) = ?
10 +++ exited with 75 +++
`, path: "/srv/n.lock", below: 0.65,
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := diagnose(t, tt.log)
			var first analyze.Cause
			if len(d.Causes) > 0 {
				first = d.Causes[0]
			}
			if got := text(first.Path); got != tt.path {
				t.Fatalf("the cause is %q, not %q\n%s", got, tt.path, render(d))
			}
			if said := first.Summary + first.Explanation; !strings.Contains(said, tt.says) {
				t.Errorf("%q does not say %q", said, tt.says)
			}
			if tt.message != "" && (d.Message == nil || !strings.Contains(d.Message.Text, tt.message)) {
				t.Errorf("the message is %+v, not %q", d.Message, tt.message)
			}
			if tt.below != 0 && first.Confidence >= tt.below {
				t.Errorf("%v sure, which is too much", first.Confidence)
			}
		})
	}
}

// TestShortMeanings: the first line says what an error means for its call, where that
// is another thing than the errno by itself.
func TestShortMeanings(t *testing.T) {
	tests := []struct{ call, says string }{
		{`inotify_init1(IN_CLOEXEC) = -1 EMFILE (Too many open files)`, "watch files: too many inotify instances of this user"},
		{`openat(AT_FDCWD, "/srv/a", O_RDONLY) = -1 EMFILE (Too many open files)`, "open /srv/a: too many open files in this process"},
		{`inotify_add_watch(3, "/srv", IN_CREATE) = -1 ENOSPC (No space left on device)`, "watch /srv: no inotify watches are left"},
		{`write(3, "x", 1) = -1 ENOSPC (No space left on device)`, "write to /srv/f: the file system is full"},
		{`semget(IPC_PRIVATE, 1, 0600) = -1 ENOSPC (No space left on device)`, "get semaphores: the system's limit of such objects"},
		{`unshare(CLONE_NEWUSER) = -1 ENOSPC (No space left on device)`, "make a namespace: the limit of namespaces is reached"},
		{`flock(3, LOCK_EX|LOCK_NB) = -1 EAGAIN (Resource temporarily unavailable)`, "lock /srv/f: somebody else holds the lock"},
		{`clone(child_stack=NULL, flags=SIGCHLD) = -1 EAGAIN (Resource temporarily unavailable)`, "no more processes or threads"},
	}
	for _, tt := range tests {
		d := diagnose(t, `10 execve("/usr/bin/app", ["app"], 0x1 /* 9 vars */) = 0
10 openat(AT_FDCWD, "/srv/f", O_RDWR) = 3
10 `+tt.call+`
10 write(2, "app: giving up\n", 15) = 15
10 exit_group(1) = ?
10 +++ exited with 1 +++
`)
		if len(d.Causes) == 0 || !strings.Contains(d.Causes[0].Summary, tt.says) {
			t.Errorf("%s: not summed up by %q:\n%s", tt.call, tt.says, render(d))
		}
	}
}
