package tracer

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

// startElsewhere starts a command on a thread that runs no engine: that one hears of
// all children of its thread, and would wait for this one.
func startElsewhere(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked
		started <- cmd.Start()
		<-t.Context().Done()
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
}

// running starts a command that nobody traces, and ends it with the test.
func running(t *testing.T, argv ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	startElsewhere(t, cmd)
	t.Cleanup(func() {
		unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
		cmd.Wait()
	})
	return cmd
}

// worker starts a shell that writes and starts children for ever, and gives its
// process and a function that says whether it goes on.
func worker(t *testing.T) (pid int, goesOn func() bool) {
	t.Helper()
	beat := filepath.Join(t.TempDir(), "beat")
	cmd := running(t, "sh", "-c", "while :; do cat /etc/hostname >>$0; sleep 0.01; done", beat)
	exists := func() bool { _, err := os.Stat(beat); return err == nil }
	eventually(t, "the worker does nothing", exists)
	return cmd.Process.Pid, func() bool {
		os.Remove(beat)
		eventually(t, "the worker does nothing any more", exists)
		return alive(t, cmd.Process.Pid)
	}
}

// attachFor attaches until so many records have come.
func attachFor(t *testing.T, records int, pids ...int) *capture {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	return traceUnchecked(t, ctx, Options{Attach: pids, Sink: func(*stx.Record) error {
		if n++; n == records {
			cancel()
		}
		return nil
	}})
}

func TestAttach(t *testing.T) {
	pid, goesOn := worker(t)
	c := attachFor(t, 1000, pid)
	if !errors.Is(c.err, context.Canceled) || !c.result.Begun || c.result.Running || c.result.PID != 0 {
		t.Fatalf("%+v, %v", c.result, c.err)
	}
	checkStream(t, c)
	start := c.of(stx.KindStart)[0]
	if start.TID != pid || !start.Start.Attached {
		t.Errorf("%+v", start.Start)
	}
	if p := c.of(stx.KindProcess)[0].Process; p.At != "attach" || p.PID != pid || !strings.HasSuffix(p.Exe, "sh") || len(p.FDs) < 3 {
		t.Errorf("%+v", p)
	}
	if exec := c.named("execve"); len(exec) == 0 || len(c.of(stx.KindExec)) == 0 {
		t.Error("no child was followed")
	}
	if !goesOn() {
		t.Error("it is dead, or traced still")
	}
}

// With a choice of calls all calls stop, but the others are dropped.
func TestAttachChoice(t *testing.T) {
	pid, goesOn := worker(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c := traceUnchecked(t, ctx, Options{Attach: []int{pid}, Calls: mustParse("openat,execve")})
	for _, tc := range c.calls() {
		if tc.name != "openat" && tc.name != "execve" && tc.exit != nil {
			t.Errorf("recorded a %s", tc.name)
		}
	}
	if len(c.named("openat")) == 0 || !goesOn() {
		t.Errorf("%+v, %d records", c.result, len(c.records))
	}
}

// Threads and processes come and go while they are attached to.
func TestAttachToStorm(t *testing.T) {
	for i := range 5 {
		cmd := exec.Command(program(t, "storm"), "6", "60")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+i*20) * time.Millisecond)
		c := attachFor(t, 300*(i+1), cmd.Process.Pid)
		if _, gone := errors.AsType[*AttachError](c.err); c.err != nil && !errors.Is(c.err, context.Canceled) && !gone {
			t.Fatal(c.err)
		}
		if c.result.Begun {
			checkStream(t, c)
		}
		text, _ := bufio.NewReader(out).ReadString(0)
		if err := cmd.Wait(); err != nil || text != "360\n" {
			t.Errorf("%v, output %q", err, text)
		}
	}
}

func TestAttachAgainAndAgain(t *testing.T) {
	pid, goesOn := worker(t)
	for i := range 40 {
		c := attachFor(t, 1+i*7, pid)
		if !errors.Is(c.err, context.Canceled) {
			t.Fatal(c.err)
		}
	}
	if !goesOn() {
		t.Error("it is dead, or traced still")
	}
}

func TestAttachToStopped(t *testing.T) {
	cmd := running(t, "sleep", "100")
	pid := cmd.Process.Pid
	unix.Kill(pid, unix.SIGSTOP)
	eventually(t, "it does not stop", func() bool { s, _ := state(t, pid); return s == 'T' })
	c := attachFor(t, 3, pid)
	if !errors.Is(c.err, context.Canceled) {
		t.Fatal(c.err)
	}
	if s, tracer := state(t, pid); s != 'T' || tracer != "0" {
		t.Errorf("state %c, tracer %s", s, tracer)
	}
}

// What is attached to may end by itself, and its parent is told.
func TestAttachUntilEnd(t *testing.T) {
	cmd := exec.Command("sh", "-c", `sh -c "sleep 0.5; exit 7" & echo $!; wait $!`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	startElsewhere(t, cmd)
	line, _ := bufio.NewReader(out).ReadString('\n')
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	c := traceUnchecked(t, t.Context(), Options{Attach: []int{pid}})
	if c.err != nil || len(c.result.Left) != 0 {
		t.Fatalf("%+v, %v", c.result, c.err)
	}
	checkStream(t, c)
	ends := c.of(stx.KindEnd)
	if last := ends[len(ends)-1]; last.TID != pid || last.End.Code != 7 {
		t.Errorf("%+v", last.End)
	}
	if cmd.Wait(); cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("its parent sees %v", cmd.ProcessState)
	}
}

// A timeout lets go of what was attached to, whatever becomes of the command.
func TestAttachBesideCommand(t *testing.T) {
	for _, filter := range []bool{false, true} {
		pid, goesOn := worker(t)
		o := Options{Attach: []int{pid}, Argv: []string{"sleep", "100"}, Timeout: 300 * time.Millisecond, Kill: true}
		if filter {
			o.Calls = mustParse("!getrandom")
		}
		c := traceUnchecked(t, t.Context(), o)
		if c.err != nil || !c.result.TimedOut || c.result.Signal != int(unix.SIGKILL) || len(c.result.Left) == 0 {
			t.Errorf("%+v, %v", c.result, c.err)
		}
		if !goesOn() {
			t.Error("it is dead, or traced still")
		}
		o.Timeout, o.Argv = 0, []string{"sh", "-c", "sleep 0.5 & exit 3"}
		if c = traceUnchecked(t, t.Context(), o); c.err != nil || c.result.ExitCode != 3 {
			t.Errorf("%+v, %v", c.result, c.err)
		}
		if !goesOn() {
			t.Error("it is dead, or traced still")
		}
	}
}

func TestAttachErrors(t *testing.T) {
	cmd := running(t, "true")
	cmd.Wait()
	c := traceUnchecked(t, t.Context(), Options{Attach: []int{cmd.Process.Pid}})
	if e, ok := errors.AsType[*AttachError](c.err); !ok || !errors.Is(e, unix.ESRCH) || c.result.Begun {
		t.Errorf("%v", c.err)
	}
	tracer := traced("sleep", "100")
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	defer tracer.Wait()
	defer tracer.Process.Kill()
	tracee := 0
	eventually(t, "the command is not traced", func() bool {
		for _, engine := range childrenOf(tracer.Process.Pid) {
			for _, pid := range childrenOf(engine) {
				if name, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm"); string(name) == "sleep\n" {
					tracee = pid
				}
			}
		}
		return tracee != 0
	})
	pid, goesOn := worker(t)
	c = traceUnchecked(t, t.Context(), Options{Attach: []int{pid, tracee}})
	if e, ok := errors.AsType[*AttachError](c.err); !ok || e.PID != tracee || e.Tracer == 0 || e.Name != "stracex" {
		t.Errorf("%v", c.err)
	}
	if !goesOn() {
		t.Error("the other is not let go")
	}
}

// A killed tracer leaves alone what it has attached to.
func TestKilledTracerLeavesAttached(t *testing.T) {
	pid, goesOn := worker(t)
	for i := range 10 {
		cmd := traced()
		cmd.Env = append(cmd.Env, attachEnv+"="+strconv.Itoa(pid))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is not attached to", func() bool { _, tracer := state(t, pid); return tracer != "0" })
		time.Sleep(time.Duration(i) * 7 * time.Millisecond)
		victim := cmd.Process.Pid
		if children := childrenOf(victim); i%2 == 1 && len(children) > 0 {
			victim = children[0]
		}
		unix.Kill(victim, unix.SIGKILL)
		cmd.Wait()
		eventually(t, "it is traced still", func() bool { _, tracer := state(t, pid); return tracer == "0" })
		if !goesOn() {
			t.Fatal("it is dead")
		}
	}
}
