package tracer

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// longEnv is how many times the tests below attach and kill, instead of a few.
const longEnv = "STRACEX_TEST_ATTACHES"

func attaches(few int) int {
	if n, err := strconv.Atoi(os.Getenv(longEnv)); err == nil {
		return n
	}
	return few
}

// load asks a server without a pause, over old connections and new ones.
type load struct {
	address       string
	stop          atomic.Bool
	asked, failed atomic.Int64
	clients       sync.WaitGroup
	first         atomic.Pointer[error]
}

func loaded(t *testing.T, s server, clients int) *load {
	l := &load{address: "127.0.0.1:" + s.port}
	for range clients {
		l.clients.Go(l.run)
	}
	t.Cleanup(l.end)
	return l
}

func (l *load) end() {
	l.stop.Store(true)
	l.clients.Wait()
}

func (l *load) run() {
	for !l.stop.Load() {
		if err := l.converse(10); err != nil {
			l.failed.Add(1)
			l.first.CompareAndSwap(nil, &err)
		}
	}
}

// converse makes some requests over a connection.
func (l *load) converse(requests int) error {
	conn, err := net.DialTimeout("tcp", l.address, 20*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	for range requests {
		text := fmt.Sprintf("request %d", l.asked.Add(1))
		if _, err := io.WriteString(conn, text); err != nil {
			return err
		}
		answer := make([]byte, len(text))
		if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != text {
			return fmt.Errorf("%q: %q, %w", text, answer, err)
		}
	}
	return nil
}

// check says that no request has failed.
func (l *load) check(t *testing.T) {
	t.Helper()
	t.Logf("%d requests, %d failed", l.asked.Load(), l.failed.Load())
	if err := l.first.Load(); err != nil {
		t.Errorf("%d of %d requests failed, the first: %v", l.failed.Load(), l.asked.Load(), *err)
	}
	if l.asked.Load() == 0 {
		t.Error("no request was made")
	}
}

// servers are of kinds that differ in what attaching meets: threads and processes
// that come and go, calls that sleep.
var servers = []string{"thread", "fork", "epoll", "prefork"}

// Attached to and let go again and again while they serve, servers fail no request.
func TestAttachUnderLoad(t *testing.T) {
	for _, how := range servers {
		t.Run(how, func(t *testing.T) {
			s := serving(t, t.TempDir(), how, "4:127.0.0.1:0")
			if how == "prefork" {
				eventually(t, "it has no workers", func() bool { return len(childrenOf(s.pid)) == 3 })
			}
			l := loaded(t, s, 4)
			records := 0
			for range attaches(8) {
				c := attachFor(t, 1+rand.IntN(400), append(childrenOf(s.pid), s.pid)...)
				records += len(c.records)
			}
			l.end()
			l.check(t)
			t.Logf("%d records", records)
			undisturbed(t, s.pid)
		})
	}
}

// A tracer that is killed at any moment leaves servers alive, and none stopped. Those
// that don't expect EINTR are another matter, see broken_linux.go.
func TestKilledTracerUnderLoad(t *testing.T) {
	for _, how := range []string{"thread", "fork", "patient", "prefork"} {
		t.Run(how, func(t *testing.T) {
			s := serving(t, t.TempDir(), how, "4:127.0.0.1:0")
			l := loaded(t, s, 4)
			for i := range attaches(6) {
				if killedTracer(t, s.pid, i%2 == 1); l.failed.Load() > 0 {
					break
				}
				eventually(t, "it is traced still", func() bool { _, tracer := state(t, s.pid); return tracer == "0" })
			}
			l.end()
			l.check(t)
			undisturbed(t, s.pid)
		})
	}
}

// killedTracer starts a tracer of a process and, some time after it has attached,
// kills it or its engine.
func killedTracer(t *testing.T, pid int, engine bool) {
	t.Helper()
	cmd := traced()
	cmd.Env = append(cmd.Env, attachEnv+"="+strconv.Itoa(pid))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	eventually(t, "it is not attached to", func() bool { _, tracer := state(t, pid); return tracer != "0" })
	time.Sleep(rand.N(50 * time.Millisecond))
	victim := cmd.Process.Pid
	if children := childrenOf(victim); engine && len(children) > 0 {
		victim = children[0]
	}
	unix.Kill(victim, unix.SIGKILL)
}
