package tracer

import (
	"bufio"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// server is a testdata/serve that runs untraced.
type server struct {
	pid  int
	port string
}

// serving starts a server, in dir, and ends it with the test.
func serving(t *testing.T, dir, how, address string, next ...string) server {
	t.Helper()
	return servingBy(t, dir, append([]string{program(t, "serve"), how, address}, next...)...)
}

func servingBy(t *testing.T, dir string, argv ...string) server {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	startElsewhere(t, cmd)
	t.Cleanup(func() {
		unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	word, port, _ := strings.Cut(strings.TrimSpace(line), " ")
	if word != "ready" {
		t.Fatalf("the server says %q, %v", line, err)
	}
	return server{cmd.Process.Pid, port}
}

// ask gives the command of a client.
func ask(t *testing.T, kind, address, line string) []string {
	return []string{program(t, "ask"), kind, address, line}
}

// follow traces a client that is answered with its line, and attaches to the servers.
func follow(t *testing.T, o Options) *capture {
	t.Helper()
	if o.MaxPeers == 0 {
		o.MaxPeers = 8
	}
	c := trace(t, o)
	if want := o.Argv[len(o.Argv)-1]; c.stdout != want || c.result.ExitCode != 0 {
		t.Errorf("the client says %q, not %q: %+v %s", c.stdout, want, c.result, c.stderr)
	}
	return c
}

// processes gives the process of each thread of a capture.
func (c *capture) processes() map[int]int {
	pids := map[int]int{}
	for _, r := range c.of(stx.KindStart) {
		pids[r.TID] = r.Start.PID
	}
	return pids
}

// attachedTo gives the processes that were attached to, not their children.
func (c *capture) attachedTo() (pids []int) {
	for _, r := range c.of(stx.KindStart) {
		if r.Start.Attached && r.TID == r.Start.PID {
			pids = append(pids, r.TID)
		}
	}
	return pids
}

// sockets gives what the capture says of sockets that were connected or accepted.
func (c *capture) sockets() (names []string) {
	for _, r := range c.of(stx.KindProcess) {
		if r.Process.At == "socket" {
			names = append(names, r.Process.FDs[0].Peer)
		}
	}
	return names
}

// serves checks that a capture has what servers did for a request: read and write of
// the line, by the same process. It gives those processes.
func (c *capture) serves(t *testing.T, line string) (by []int) {
	t.Helper()
	pids := c.processes()
	read := map[int]bool{}
	for _, tc := range c.calls() {
		pid := pids[tc.tid]
		if pid == c.result.PID || tc.exit == nil {
			continue
		}
		switch tc.name {
		case "read", "recvfrom":
			if string(memAt(tc.exit.Mem, tc.enter.Args[1]).Data) == line {
				read[pid] = true
			}
		case "write", "sendto":
			if string(memAt(tc.enter.Mem, tc.enter.Args[1]).Data) == line && read[pid] {
				by = append(by, pid)
			}
		}
	}
	if len(by) == 0 {
		t.Errorf("no server has read and written %q", line)
	}
	return by
}

// undisturbed checks that a server, and its children, are traced no longer and run.
func undisturbed(t *testing.T, pid int) {
	t.Helper()
	for _, pid := range append(childrenOf(pid), pid) {
		if s, tracer := state(t, pid); s == 'T' || s == 't' || s == 'Z' || tracer != "0" && tracer != "" {
			t.Errorf("process %d is in state %c, its tracer is %s", pid, s, tracer)
		}
	}
	if s, _ := state(t, pid); s == 0 {
		t.Errorf("process %d is dead", pid)
	}
}

// works asks a server without a tracer.
func works(t *testing.T, dir string, client []string) {
	t.Helper()
	cmd := exec.Command(client[0], client[1:]...)
	cmd.Dir = dir
	if out, err := cmd.Output(); err != nil || string(out) != client[len(client)-1] {
		t.Errorf("the server answers %q, %v", out, err)
	}
}

// Each kind of server is found at each kind of address, and followed to where it
// serves the request.
func TestPeers(t *testing.T) {
	dir := t.TempDir()
	abstract := "abstract:" + filepath.Base(dir) + " " + t.Name()
	tests := []struct {
		name, how, bound string
		kind, client     string // PORT stands for the server's
	}{
		{"forking, relative for the client", "fork", "unix:" + dir + "/a.sock", "stream", "unix:a.sock"},
		{"forking, relative for the server", "fork", "unix:b.sock", "stream", "unix:" + dir + "/b.sock"},
		{"by another way", "fork", "unix:c c.sock", "stream", "unix:" + dir + "/../" + filepath.Base(dir) + "/c c.sock"},
		{"abstract", "fork", abstract, "stream", abstract},
		{"threads", "thread", "4:127.0.0.1:0", "stream", "4:127.0.0.1:PORT"},
		{"events", "epoll", "4:0.0.0.0:0", "stream", "4:127.0.0.1:PORT"},
		{"workers", "prefork", "4:127.0.0.1:0", "stream", "4:127.0.0.1:PORT"},
		{"workers, path", "prefork", "unix:d.sock", "stream", "unix:d.sock"},
		{"IPv6", "fork", "6:::1:0", "stream", "6:::1:PORT"},
		{"IPv4 to IPv6", "fork", "6::::0", "stream", "4:127.0.0.1:PORT"},
		{"UDP", "udp", "4:127.0.0.1:0", "udp", "4:127.0.0.1:PORT"},
		{"UDP, message", "udp", "4:0.0.0.0:0", "message", "4:127.0.0.1:PORT"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			s := serving(t, dir, tc.how, tc.bound)
			client := ask(t, tc.kind, strings.Replace(tc.client, "PORT", s.port, 1), "hello, "+tc.name)
			c := follow(t, Options{Argv: client, Dir: dir})
			c.serves(t, client[3])
			if want := 1 + len(childrenOf(s.pid)); len(c.attachedTo()) != want || len(c.notes("peer")) != want {
				t.Errorf("attached to %v, %d are wanted", c.attachedTo(), want)
			}
			if tc.how != "udp" && !bothEnds(c.sockets()) {
				t.Errorf("sockets %q", c.sockets())
			}
			undisturbed(t, s.pid)
			works(t, dir, client)
		})
	}
}

// bothEnds says whether the names of sockets are those of two ends of one connection.
func bothEnds(names []string) bool {
	if len(names) != 2 {
		return false
	}
	kind, ends, _ := strings.Cut(names[1], ":[")
	ends, path, _ := strings.Cut(strings.TrimSuffix(ends, "]"), ",")
	own, other, ok := strings.Cut(ends, "->")
	if strings.HasPrefix(kind, "UNIX") { // a path is the server's alone; not yet accepted, its end has no inode
		return ok && path != "" && (names[0] == fmt.Sprintf("%s:[%s]", kind, other) || names[0] == fmt.Sprintf("%s:[%s->%s]", kind, other, own))
	}
	return ok && strings.HasSuffix(names[0], fmt.Sprintf(":[%s->%s]", other, own))
}
