package tracer

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// A server that opens its FIFO anew for each request, and is between two of them when
// the client comes, is attached to when it has opened it; and both ends are told to be
// those of one FIFO.
func TestFIFOOpenedLater(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mkfifo(filepath.Join(dir, "jobs"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := exec.Command("sh", "-c", "echo ready; while :; do sleep 0.3; read -r job < jobs; : > $job; done")
	server.Dir = dir
	server.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	startElsewhere(t, server)
	t.Cleanup(func() { unix.Kill(-server.Process.Pid, unix.SIGKILL); server.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatal(line, err)
	}
	c := trace(t, Options{Argv: []string{"sh", "-c", "echo first > jobs; until [ -e first ]; do sleep 0.01; done"}, MaxPeers: 4, Dir: dir})
	if got := c.attachedTo(); !slices.Contains(got, server.Process.Pid) {
		t.Errorf("attached to %v, want %d", got, server.Process.Pid)
	}
	undisturbed(t, server.Process.Pid)
	names := map[string][]uint64{}
	for _, r := range c.of(stx.KindProcess) {
		for _, fd := range r.Process.FDs {
			if r.Process.At == "socket" && strings.HasPrefix(fd.Peer, "FIFO:") {
				names[fd.Peer] = append(names[fd.Peer], fd.Flags)
			}
		}
	}
	if len(names) != 1 {
		t.Errorf("FIFOs %v, want one", names)
	}
	for name, modes := range names {
		if slices.Sort(modes); !slices.Contains(modes, unix.O_WRONLY) {
			t.Errorf("%s is opened as %v", name, modes)
		}
	}
}

// What is no FIFO is told nothing of.
func TestFIFOName(t *testing.T) {
	dir := t.TempDir()
	fifo, file := filepath.Join(dir, "fifo"), filepath.Join(dir, "file")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := fifoName(fifo); !strings.HasPrefix(got, "FIFO:[") {
		t.Errorf("a FIFO is %q", got)
	}
	for _, other := range []string{file, dir, filepath.Join(dir, "none")} {
		if got := fifoName(other); got != "" {
			t.Errorf("%s is %q", other, got)
		}
	}
}

// A server that binds its socket to a temporary name and renames it is found.
func TestPeerOfRenamedSocket(t *testing.T) {
	dir := t.TempDir()
	s := serving(t, dir, "fork", "unix:s.sock.1234")
	if err := os.Rename(filepath.Join(dir, "s.sock.1234"), filepath.Join(dir, "final")); err != nil {
		t.Fatal(err)
	}
	c := follow(t, Options{Argv: ask(t, "stream", "unix:"+dir+"/final", "hello")})
	if c.serves(t, "hello"); !slices.Equal(c.attachedTo(), []int{s.pid}) {
		t.Errorf("attached to %v, want %d", c.attachedTo(), s.pid)
	}
	undisturbed(t, s.pid)
}
