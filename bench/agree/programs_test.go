package agree

import (
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is what is run, in a folder that setup has made. percent of its calls
// must agree: less than 100 where a run is never like another.
type program struct {
	name    string
	needs   []string
	setup   string // for sh -e
	argv    []string
	calls   int // a run makes at least as many
	percent float64
}

const (
	helloC = `cat >hello.c <<'.'
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
.
`
	threadsC = `cat >threads.c <<'.'
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static int fds[4];
static char *names[] = {"a", "b", "c", "d"};
static void *work(void *arg) {
	int fd = *(int *)arg;
	char data[16];
	for (int i = 0; i < 30; i++) {
		write(fd, "some data\n", 10);
		lseek(fd, 0, SEEK_SET);
		read(fd, data, sizeof data);
		usleep(100);
	}
	return 0;
}
int main(void) {
	pthread_t t[4];
	for (int i = 0; i < 4; i++) fds[i] = open(names[i], O_RDWR | O_CREAT | O_APPEND, 0640);
	for (int i = 0; i < 4; i++) pthread_create(&t[i], 0, work, &fds[i]);
	for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
	for (int i = 0; i < 4; i++) close(fds[i]);
	return access("/nonexistent", R_OK) == 0;
}
.
gcc -pthread -o threads threads.c
`
	gitRepo = `export GIT_AUTHOR_DATE=2024-01-02T03:04:05Z GIT_COMMITTER_DATE=2024-01-02T03:04:05Z
git init -q .
git config user.email a@example.org; git config user.name A
echo one >a.txt; mkdir d; echo two >d/b.txt; git add .; git commit -q -m first
echo more >>a.txt; echo new >c.txt
# Files as young as the index are read again each time.
find . -path ./.git -prune -o -type f -exec touch -d 2024-01-02T03:04:05Z {} +
git status >/dev/null
`
	tree = `mkdir -p tree/a/b tree/c
for i in 1 2 3 4 5 6 7 8; do echo "file $i" >tree/a/f$i; ln -s f$i tree/a/l$i; done
mkfifo tree/c/fifo; : >tree/c/empty; chmod 0 tree/c/empty
find tree -exec touch -h -d 2024-01-02T03:04:05Z {} +
`
)

func programs(t *testing.T, url string) []program {
	python := `import json, os, subprocess, socket, tempfile, select
print(json.dumps({"pid": 1}))
try: open("/nonexistent/file")
except OSError as e: print(e)
r, w = os.pipe(); os.write(w, b"x"); print(select.select([r], [], [], 1)[0] == [r], os.read(r, 1))
a, b = socket.socketpair(); a.sendmsg([b"one", b"two"]); print(b.recv(100))
print(subprocess.run(["sh", "-c", "exit 3"]).returncode, os.stat("/etc/passwd").st_size > 0)
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1); s.close()
`
	perl := `open(my $f, "<", "/etc/passwd") or die; my @l = <$f>; print scalar(@l) > 0, "\n";
open($f, ">", "out.txt"); print $f "text\n"; close $f; unlink "nothing";
my $pid = fork; if (!$pid) { exit 4 } waitpid $pid, 0; print $? >> 8, "\n";
$SIG{ALRM} = sub { print "alarm\n" }; kill ALRM => $$; print ` + "`echo sub`" + `; mkdir "dir"; rmdir "dir";`
	node := `const fs = require("fs"), cp = require("child_process");
console.log(fs.readFileSync("/etc/passwd").length > 0);
try { fs.readFileSync("/nonexistent") } catch (e) { console.log(e.code) }
fs.readFile("/etc/hostname", () => console.log(cp.spawnSync("sh", ["-c", "exit 3"]).status));`
	return []program{
		{name: "calls", needs: []string{"gcc"}, setup: "gcc -w -o calls " + source(t, "calls.c") + " -lrt", calls: 450, percent: 90, argv: []string{"setsid", "-w", "./calls"}},
		{name: "signals", needs: []string{"gcc"}, setup: "gcc -w -o signals " + source(t, "signals.c") + " -lrt", calls: 150, percent: 92, argv: []string{"./signals"}},
		{name: "bash", needs: []string{"bash"}, calls: 500, percent: 95,
			argv: []string{"bash", "-c", `cat /etc/passwd | sort | head -n 2; (exit 7); echo $?; ls /nonexistent; for i in 1 2 3; do echo $i; done >out; read x <out; echo "$x" | tr 1 2`}},
		{name: "python3", needs: []string{"python3"}, calls: 500, percent: 95, argv: []string{interpreter("python3"), "-c", python}},
		{name: "git", needs: []string{"git"}, setup: gitRepo, calls: 200, percent: 95, argv: []string{"git", "status"}},
		{name: "gcc", needs: []string{"gcc"}, setup: helloC, calls: 300, percent: 90, argv: []string{"gcc", "-O1", "-o", "hello", "hello.c"}},
		{name: "make", needs: []string{"make", "gcc"}, setup: helloC + "printf 'all: hello\\n\\t./hello >out; ls -l out\\nhello: hello.c\\n\\tgcc -o $@ $<\\n' >Makefile\n",
			calls: 500, percent: 90, argv: []string{"make"}},
		{name: "tar", needs: []string{"tar"}, setup: tree, calls: 150, percent: 97, argv: []string{"tar", "-czf", "out.tgz", "tree"}},
		{name: "node", needs: []string{"node"}, calls: 500, percent: 60, argv: []string{"node", "-e", node}},
		{name: "threads", needs: []string{"gcc"}, setup: threadsC, calls: 400, percent: 95, argv: []string{"./threads"}},
		{name: "perl", needs: []string{"perl"}, calls: 200, percent: 95, argv: []string{"perl", "-e", perl}},
		{name: "curl", needs: []string{"curl"}, calls: 200, percent: 85, argv: []string{"curl", "-sS", "-o", "page", url}},
		{name: "ls", needs: []string{"ls"}, setup: tree, calls: 60, percent: 98, argv: []string{"ls", "-lR", "tree", "/nonexistent"}},
		{name: "find", needs: []string{"find"}, setup: tree, calls: 60, percent: 98, argv: []string{"find", "tree", "-type", "f", "-newer", "tree/a/f1", "-o", "-name", "l*"}},
	}
}

// structs makes calls with many structures and long arrays.
func structs(t *testing.T) program {
	return program{name: "structs", needs: []string{"gcc"}, setup: "gcc -w -o structs " + source(t, "structs.c"),
		calls: 250, argv: []string{"./structs"}}
}

// source is a file of testdata, for sh.
func source(t *testing.T, name string) string {
	path, err := filepath.Abs("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return "'" + path + "'"
}

// localServer answers on one port as long as the test runs.
func localServer(t *testing.T) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC).Format(http.TimeFormat)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", day)
		_, _ = w.Write([]byte(strings.Repeat("a page\n", 100)))
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String() + "/page"
}

// interpreter is the Python behind a command that may be a shell script choosing
// one.
func interpreter(name string) string {
	out, err := exec.Command(name, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return name
	}
	return strings.TrimSpace(string(out))
}
