package tracer

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// A server that waits for somebody to open its FIFO is attached to too, and one that
// has it open.
func TestPeerFIFO(t *testing.T) {
	dir := t.TempDir()
	s := serving(t, dir, "fifo", "jobs")
	client := ask(t, "fifo", filepath.Join(dir, "jobs"), "hello")
	for range 2 {
		c := trace(t, Options{Argv: client, MaxPeers: 1})
		if c.result.ExitCode != 0 || !slices.Equal(c.attachedTo(), []int{s.pid}) {
			t.Fatalf("%+v %s, attached to %v", c.result, c.stderr, c.attachedTo())
		}
		c.serves(t, "hello")
		undisturbed(t, s.pid)
	}
	held := running(t, "sh", "-c", "exec 3<>$0; echo ready; while read -r x <&3; do echo $x; done", filepath.Join(dir, "jobs"))
	eventually(t, "the FIFO is not opened", func() bool {
		return slices.ContainsFunc(numbers(procPath("/proc", held.Process.Pid, "fd")), func(n int) bool { return n == 3 })
	})
	c := trace(t, Options{Argv: client, MaxPeers: 2, Dir: dir})
	if want := []int{s.pid, held.Process.Pid}; !slices.Equal(c.attachedTo(), want) {
		t.Errorf("attached to %v, want %v", c.attachedTo(), want)
	}
	undisturbed(t, s.pid)
	undisturbed(t, held.Process.Pid)
}

// The server of a server is attached to when the first one connects to it.
func TestPeerOfPeer(t *testing.T) {
	dir := t.TempDir()
	b := serving(t, dir, "thread", "4:127.0.0.1:0")
	a := serving(t, dir, "fork", "unix:a.sock", "4:127.0.0.1:"+b.port)
	client := ask(t, "stream", "unix:"+dir+"/a.sock", "hello")
	c := follow(t, Options{Argv: client})
	if by := c.serves(t, "hello"); !slices.Contains(by, b.pid) || !slices.Equal(c.attachedTo(), []int{a.pid, b.pid}) {
		t.Errorf("%v serve, attached to %v", by, c.attachedTo())
	}
	if names := c.sockets(); len(names) != 4 {
		t.Errorf("sockets %q", names)
	}
	undisturbed(t, a.pid)
	undisturbed(t, b.pid)
	works(t, dir, client)
	// One is the limit.
	c = follow(t, Options{Argv: client, MaxPeers: 1})
	if notes := c.notes("peer"); len(notes) != 2 || !strings.Contains(notes[1].Note.Text, "the limit is 1") || !slices.Equal(c.attachedTo(), []int{a.pid}) {
		t.Errorf("attached to %v, %d notes", c.attachedTo(), len(notes))
	}
	undisturbed(t, b.pid)
}

// What is not recorded is looked at all the same.
func TestPeersOfChoice(t *testing.T) {
	s := serving(t, t.TempDir(), "fork", "4:127.0.0.1:0")
	client := ask(t, "stream", "4:127.0.0.1:"+s.port, "hello")
	for _, calls := range []*choice.Set{choice.Diagnosis(), mustParse("read,write")} {
		c := follow(t, Options{Argv: client, Calls: calls})
		c.serves(t, "hello")
		if !bothEnds(c.sockets()) {
			t.Errorf("sockets %q", c.sockets())
		}
		undisturbed(t, s.pid)
	}
}

// A client that tries until its server is there finds it followed.
func TestPeerComesLater(t *testing.T) {
	dir := t.TempDir()
	client := ask(t, "retry", "unix:late.sock", "hello")
	serve := program(t, "serve")
	cmd := exec.Command("sh", "-c", "sleep 0.7; exec "+serve+" fork unix:late.sock")
	cmd.Dir = dir
	startElsewhere(t, cmd)
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	c := follow(t, Options{Argv: client, Dir: dir})
	if n := len(c.named("connect")); n < 30 {
		t.Errorf("%d attempts", n)
	}
	c.serves(t, "hello")
	undisturbed(t, cmd.Process.Pid)
}

// One that has a tracer already is left to it, and the capture goes on.
func TestPeerTracedAlready(t *testing.T) {
	needTool(t, "strace")
	s := serving(t, t.TempDir(), "thread", "4:127.0.0.1:0")
	log := filepath.Join(t.TempDir(), "log")
	strace := running(t, "strace", "-f", "-o", log, "-p", strconv.Itoa(s.pid))
	eventually(t, "strace does not attach", func() bool { _, tracer := state(t, s.pid); return tracer != "0" })
	c := follow(t, Options{Argv: ask(t, "stream", "4:127.0.0.1:"+s.port, "hello")})
	if notes := c.notes("peer"); len(notes) != 1 || !strings.Contains(notes[0].Note.Text, "is traced already, by process "+strconv.Itoa(strace.Process.Pid)+" (strace)") {
		t.Errorf("notes %+v", notes)
	}
	if len(c.attachedTo()) > 0 {
		t.Errorf("attached to %v", c.attachedTo())
	}
}

// The tracer itself and what it comes from are never attached to, nor is sshd. This
// process listens, and so does one that calls itself sshd.
func TestPeersNeverAttachedTo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Write([]byte("hello"))
			conn.Close()
		}
	}()
	dir := t.TempDir()
	if err := os.Link(program(t, "serve"), filepath.Join(dir, "sshd-session")); err != nil {
		t.Skip("the temporary directories are on two devices")
	}
	s := servingBy(t, dir, filepath.Join(dir, "sshd-session"), "fork", "4:127.0.0.1:0")
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	for _, port := range []string{port, s.port} {
		c := follow(t, Options{Argv: ask(t, "stream", "4:127.0.0.1:"+port, "hello")})
		if notes := c.notes("peer"); len(notes) != 1 || !strings.Contains(notes[0].Note.Text, "is not attached to") || len(c.attachedTo()) > 0 {
			t.Errorf("attached to %v, notes %+v", c.attachedTo(), notes)
		}
	}
	pids := barred()
	for pid := os.Getpid(); pid > 1; {
		s, err := readStatus("/proc", pid)
		if err != nil || !pids[pid] {
			t.Fatalf("%d is not barred, %v", pid, err)
		}
		pid = s.ppid
	}
	if !pids[1] {
		t.Error("init is not barred")
	}
}

// A network namespace has ports of its own; the server of a path may be in another.
func TestPeerInNetworkNamespace(t *testing.T) {
	needRoot(t)
	needTools(t, "unshare", "nsenter", "ip")
	if out, err := exec.Command("unshare", "-n", "true").CombinedOutput(); err != nil {
		t.Skipf("no network namespaces here: %s", out)
	}
	dir := t.TempDir()
	serve := program(t, "serve")
	s := servingBy(t, dir, "unshare", "-n", "sh", "-c", "ip link set lo up && exec "+serve+" fork 4:127.0.0.1:7")
	outside := serving(t, dir, "fork", "4:0.0.0.0:0")
	other := serving(t, dir, "fork", "unix:x.sock")
	enter := []string{"nsenter", "-n", "-t", strconv.Itoa(s.pid)}
	for _, tc := range []struct {
		address string
		server  int
	}{{"4:127.0.0.1:7", s.pid}, {"unix:x.sock", other.pid}} {
		c := follow(t, Options{Argv: append(slices.Clone(enter), ask(t, "stream", tc.address, "hello")...), Dir: dir})
		c.serves(t, "hello")
		if !slices.Equal(c.attachedTo(), []int{tc.server}) {
			t.Errorf("attached to %v, want %d", c.attachedTo(), tc.server)
		}
		undisturbed(t, tc.server)
	}
	port, _ := strconv.Atoi(outside.port)
	e := &engine{}
	if got := e.inetListeners("/proc/self", netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), uint16(port))); len(got) > 0 {
		t.Errorf("%v of this machine listen for another", got)
	}
	for _, ip := range localAddresses(t) {
		if got := e.inetListeners("/proc/self", netip.AddrPortFrom(ip, uint16(port))); ip.Is4() && len(got) != 1 {
			t.Errorf("%v listen at %v, a listener has that", got, ip)
		}
	}
}

// localAddresses are those that Go's net package knows of.
func localAddresses(t *testing.T) (list []netip.Addr) {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			list = append(list, p.Addr())
		}
	}
	return list
}

func TestIsLocal(t *testing.T) {
	for _, ip := range localAddresses(t) {
		if !isLocal("/proc/self", ip) {
			t.Errorf("%v is not local", ip)
		}
	}
	for _, text := range []string{"192.0.2.1", "127.255.255.255", "2001:db8::1"} {
		if isLocal("/proc/self", netip.MustParseAddr(text)) {
			t.Errorf("%v is local", text)
		}
	}
}

// A server that is stopped stays so.
func TestPeerStopped(t *testing.T) {
	s := serving(t, t.TempDir(), "thread", "4:127.0.0.1:0")
	unix.Kill(s.pid, unix.SIGSTOP)
	eventually(t, "it does not stop", func() bool { s, _ := state(t, s.pid); return s == 'T' })
	client := ask(t, "stream", "4:127.0.0.1:"+s.port, "hello")
	c := traceUnchecked(t, t.Context(), Options{Argv: client, MaxPeers: 1, Timeout: 300 * time.Millisecond, Kill: true})
	if !c.result.TimedOut || !slices.Equal(c.attachedTo(), []int{s.pid}) {
		t.Errorf("%+v, attached to %v", c.result, c.attachedTo())
	}
	if s, tracer := state(t, s.pid); s != 'T' || tracer != "0" {
		t.Errorf("state %c, tracer %s", s, tracer)
	}
	unix.Kill(s.pid, unix.SIGCONT)
	works(t, "", client)
}

// A server that goes on with other clients does not hold up the end.
func TestPeerBusy(t *testing.T) {
	s := serving(t, t.TempDir(), "fork", "4:127.0.0.1:0")
	client := ask(t, "stream", "4:127.0.0.1:"+s.port, "hello")
	running(t, "sh", "-c", `while :; do "$@" >/dev/null || exit; done`, "sh", client[0], client[1], client[2], client[3])
	c := follow(t, Options{Argv: client})
	over := time.Unix(0, c.of(stx.KindFinish)[0].Time)
	for _, r := range c.of(stx.KindEnd) {
		if took := over.Sub(time.Unix(0, r.Time)); r.TID == c.result.PID && took > time.Second {
			t.Errorf("the answer comes %v after the command's end", took)
		}
	}
	if n := c.notes("stuck"); len(n) > 0 {
		t.Errorf("%d stuck: %s", len(n), n[0].Note.Text)
	}
	undisturbed(t, s.pid)
	works(t, "", client)
}

// A server that asks another over a connection which it has made long before is
// followed there too. Clients that it serves are not.
func TestOpenConnections(t *testing.T) {
	dir := t.TempDir()
	for i, at := range []string{"unix:db.sock", "4:127.0.0.1:0"} {
		sock := fmt.Sprint("app.sock", i)
		db := serving(t, dir, "thread", at)
		app := serving(t, dir, "epoll", "unix:"+sock, "="+strings.TrimSuffix(at, "0")+strings.TrimPrefix(db.port, "0"))
		idle, err := net.Dial("unix", dir+"/"+sock)
		if err != nil {
			t.Fatal(err)
		}
		client := ask(t, "stream", "unix:"+sock, "hello, "+at)
		c := follow(t, Options{Argv: client, Dir: dir})
		if by := c.serves(t, client[3]); !slices.Contains(by, db.pid) || !slices.Contains(by, app.pid) {
			t.Errorf("%s: served by %d, not by %d and %d", at, by, app.pid, db.pid)
		}
		if to := c.attachedTo(); len(to) != 2 {
			t.Errorf("%s: attached to %d", at, to)
		}
		undisturbed(t, db.pid)
		undisturbed(t, app.pid)
		works(t, dir, client)
		idle.Close()
	}
}
