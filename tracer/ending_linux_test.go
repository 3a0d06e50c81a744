package tracer

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// state gives a process's state letter, 0 when it is gone, and its tracer.
func state(t *testing.T, pid int) (state byte, tracer string) {
	t.Helper()
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, ""
	}
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":\t")
		switch key {
		case "State":
			state = value[0]
		case "TracerPid":
			tracer = value
		}
	}
	return state, tracer
}

// eventually waits until a condition holds; the test's own deadline ends it.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for !cond() {
		select {
		case <-t.Context().Done():
			t.Fatal(what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func gone(t *testing.T, pid int) func() bool {
	return func() bool {
		s, _ := state(t, pid)
		return s == 0 || s == 'Z'
	}
}

func alive(t *testing.T, pid int) bool {
	t.Helper()
	s, tracer := state(t, pid)
	return s != 0 && s != 'Z' && s != 't' && tracer == "0"
}

// withoutFilter: the test is about letting go, which a filter doesn't allow.
func withoutFilter(t *testing.T) { t.Setenv(filterEnv, "") }

func TestDaemonIsLetGo(t *testing.T) {
	withoutFilter(t)
	c := trace(t, Options{Argv: []string{"sh", "-c", "sleep 100 >/dev/null 2>&1 & echo $!; exit 5"}, Quiet: 50 * time.Millisecond})
	pid, _ := strconv.Atoi(strings.TrimSpace(c.stdout))
	defer unix.Kill(pid, unix.SIGKILL)
	if c.result.ExitCode != 5 || !slices.Equal(c.result.Left, []int{pid}) || c.result.Running {
		t.Errorf("result %+v, daemon %d", c.result, pid)
	}
	if f := c.of(stx.KindFinish)[0].Finish; f.Reason != "quiet" || !slices.Equal(f.Left, []int{pid}) {
		t.Errorf("finish %+v", f)
	}
	if !alive(t, pid) {
		t.Error("the daemon does not live on untraced")
	}
}

func TestBusyDaemonIsLetGo(t *testing.T) {
	withoutFilter(t)
	c := trace(t, Options{Argv: []string{"sh", "-c", "(while :; do sleep 0.01; done) >/dev/null 2>&1 & echo $!"}})
	pid, _ := strconv.Atoi(strings.TrimSpace(c.stdout))
	defer unix.Kill(pid, unix.SIGKILL)
	if !slices.Contains(c.result.Left, pid) || !alive(t, pid) {
		t.Errorf("result %+v, daemon %d", c.result, pid)
	}
}

func TestStoppedDaemonStaysStopped(t *testing.T) {
	withoutFilter(t)
	c := trace(t, Options{Argv: []string{"sh", "-c", "sleep 100 >/dev/null 2>&1 & kill -STOP $!; sleep 0.1; echo $!"}, Quiet: 50 * time.Millisecond})
	pid, _ := strconv.Atoi(strings.TrimSpace(c.stdout))
	defer unix.Kill(pid, unix.SIGKILL)
	if s, tracer := state(t, pid); s != 'T' || tracer != "0" {
		t.Fatalf("state %c, tracer %s", s, tracer)
	}
	if err := unix.Kill(pid, unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	eventually(t, "SIGCONT does not wake it", func() bool { s, _ := state(t, pid); return s == 'S' })
}

func TestTimeout(t *testing.T) {
	withoutFilter(t)
	for _, kill := range []bool{false, true} {
		t.Run(map[bool]string{false: "let go", true: "kill"}[kill], func(t *testing.T) {
			c := traceUnchecked(t, t.Context(), Options{
				Argv:    []string{"sh", "-c", "sleep 100 & wait"},
				Timeout: 300 * time.Millisecond, Kill: kill,
			})
			if c.err != nil || !c.result.TimedOut {
				t.Fatalf("result %+v, error %v", c.result, c.err)
			}
			checkStream(t, c)
			if f := c.of(stx.KindFinish)[0].Finish; f.Reason != "timeout" {
				t.Errorf("finish %+v", f)
			}
			started := c.of(stx.KindStart)
			if kill {
				if c.result.Signal != int(unix.SIGKILL) || len(c.result.Left) != 0 {
					t.Errorf("result %+v", c.result)
				}
				for _, r := range started {
					if !gone(t, r.TID)() {
						t.Errorf("%d lives", r.TID)
					}
				}
				return
			}
			if !c.result.Running || !slices.Contains(c.result.Left, c.result.PID) || len(c.result.Left) < len(started) {
				t.Errorf("result %+v, %d processes", c.result, len(started))
			}
			for _, r := range started {
				if !alive(t, r.TID) {
					t.Errorf("%d is not alive and untraced", r.TID)
				}
				unix.Kill(r.TID, unix.SIGKILL)
			}
			// The command is our own child still. A slow machine may not have
			// come to its execve.
			unix.Kill(c.result.PID, unix.SIGKILL)
			var status unix.WaitStatus
			if _, err := unix.Wait4(c.result.PID, &status, 0, nil); err != nil || status.Signal() != unix.SIGKILL {
				t.Errorf("wait: %v, status %v", err, status)
			}
		})
	}
}

func TestContextLetsGo(t *testing.T) {
	withoutFilter(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := traceUnchecked(t, ctx, Options{
		Argv: []string{"sleep", "100"},
		Sink: func(r *stx.Record) error {
			if r.Kind == stx.KindExec {
				cancel()
			}
			return nil
		},
	})
	defer unix.Wait4(c.result.PID, nil, 0, nil)
	defer unix.Kill(c.result.PID, unix.SIGKILL)
	if !errors.Is(c.err, context.Canceled) || !c.result.Running || !alive(t, c.result.PID) {
		t.Errorf("result %+v, error %v", c.result, c.err)
	}
	if c := traceUnchecked(t, ctx, Options{Argv: []string{"true"}}); !errors.Is(c.err, context.Canceled) || len(c.records) != 0 {
		t.Errorf("a run that was cancelled before: %v", c.err)
	}
}

func TestFailingSink(t *testing.T) {
	full := errors.New("disk full")
	for _, last := range []int{1, 2, 3, 4, 5, 6, 50, 200} {
		n := 0
		c := traceUnchecked(t, t.Context(), Options{
			Argv: []string{"sh", "-c", "for i in 1 2 3 4 5; do /bin/echo $i; done; exit 4"},
			Sink: func(*stx.Record) error {
				if n++; n >= last {
					return full
				}
				return nil
			},
		})
		if !errors.Is(c.err, full) || c.result.ExitCode != 4 || c.stdout != "1\n2\n3\n4\n5\n" || n != last {
			t.Errorf("error %v, result %+v, output %q, %d records", c.err, c.result, c.stdout, n)
		}
	}
}

// A filter stays, and with it the engine, also when it records nothing more.
func TestFailingSinkUnderFilter(t *testing.T) {
	t.Setenv(filterEnv, "1")
	TestFailingSink(t)
}

// The end may come before the command has begun.
func TestKilledBeforeStart(t *testing.T) {
	for i := range 20 {
		c := traceUnchecked(t, t.Context(), Options{Argv: []string{"sleep", "100"}, Timeout: time.Duration(1+i) * time.Millisecond, Kill: true})
		if c.err != nil || !c.result.TimedOut || c.result.Signal != int(unix.SIGKILL) {
			t.Errorf("result %+v, error %v", c.result, c.err)
		}
		checkStream(t, c)
	}
}

// Killing must reach what is born while it goes on.
func TestTimeoutKillsWhatIsBorn(t *testing.T) {
	needTool(t, "bash")
	c := traceUnchecked(t, t.Context(), Options{
		Argv:    []string{"bash", "-c", `f() { while :; do sleep 0.01 & wait; done; }; for i in 1 2 3 4; do f & done; echo $$; wait`},
		Timeout: 500 * time.Millisecond, Kill: true,
	})
	if c.err != nil || c.result.Signal != int(unix.SIGKILL) || len(c.result.Left) != 0 {
		t.Errorf("result %+v, error %v", c.result, c.err)
	}
	checkStream(t, c)
}

// Letting go in the middle of it all must not upset anybody.
func TestLetGoInStorm(t *testing.T) {
	for i := range 6 {
		out, err := os.CreateTemp(t.TempDir(), "out")
		if err != nil {
			t.Fatal(err)
		}
		var c capture
		c.result, c.err = Run(t.Context(), Options{
			Argv:    []string{program(t, "storm"), "6", "30"},
			Stdout:  out,
			Timeout: time.Duration(100+i*70) * time.Millisecond,
			Sink: func(r *stx.Record) error {
				c.records = append(c.records, copyRecord(r))
				return nil
			},
		})
		if c.err != nil {
			t.Fatal(c.err)
		}
		checkStream(t, &c)
		for _, r := range c.of(stx.KindNote) {
			if r.Note.Code != "running" {
				t.Errorf("note %+v", r.Note)
			}
		}
		var status unix.WaitStatus
		if !c.result.Running {
			t.Log("it has ended before")
		} else if _, err := unix.Wait4(c.result.PID, &status, 0, nil); err != nil || status != 0 {
			t.Errorf("wait: %v, status %v", err, status)
		}
		text, err := os.ReadFile(out.Name())
		if string(text) != "180\n" || err != nil {
			t.Errorf("output %q, %v", text, err)
		}
		out.Close()
	}
}

func TestHeadlessDaemonIsLetGo(t *testing.T) {
	withoutFilter(t)
	c := trace(t, Options{Argv: []string{"sh", "-c", program(t, "headless") + " >/dev/null 2>&1 & echo $!; sleep 0.2"}})
	pid, _ := strconv.Atoi(strings.TrimSpace(c.stdout))
	defer unix.Kill(pid, unix.SIGKILL)
	if !slices.Equal(c.result.Left, []int{pid}) {
		t.Fatalf("result %+v, daemon %d", c.result, pid)
	}
	threads, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
	if err != nil || len(threads) != 2 {
		t.Fatalf("threads %v, %v", threads, err)
	}
	for _, th := range threads {
		tid, _ := strconv.Atoi(th.Name())
		if tid != pid && !alive(t, tid) {
			t.Errorf("thread %d does not live on untraced", tid)
		}
	}
}

// A process that waits in vfork can't be stopped, but must not die with us.
func TestVforkIsLetGo(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := traced("sh", "-c", program(t, "vforkwait")+" & sleep 0.2; exit 6")
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	out := bufio.NewReader(r)
	line, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, _ := strconv.Atoi(strings.TrimSpace(line))
	cmd.Wait()
	if cmd.ProcessState.ExitCode() != 6 {
		t.Errorf("exit status %d", cmd.ProcessState.ExitCode())
	}
	if !alive(t, child) {
		t.Error("the child does not live on untraced")
	}
	unix.Kill(child, unix.SIGKILL)
	if rest, err := io.ReadAll(out); string(rest) != "over\n" {
		t.Errorf("the parent says %q, %v", rest, err)
	}
}

func TestKilledTracerKillsTracees(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := traced("sh", "-c", "sleep 100 & echo $$ $!; wait")
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for _, f := range strings.Fields(line) {
		pid, _ := strconv.Atoi(f)
		eventually(t, "a tracee outlives its tracer", gone(t, pid))
	}
}
