package tracer

import (
	"encoding/binary"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

func TestStorm(t *testing.T) {
	const threads, rounds = 6, 20
	c := trace(t, Options{Argv: []string{program(t, "storm"), strconv.Itoa(threads), strconv.Itoa(rounds)}})
	if want := strconv.Itoa(threads*rounds) + "\n"; c.stdout != want || c.result.ExitCode != 0 {
		t.Errorf("%q good children, want %q; result %+v", c.stdout, want, c.result)
	}
	children := 0
	for _, r := range c.of(stx.KindEnd) {
		if r.End.Code == 7 {
			children++
		}
	}
	if children < threads*rounds {
		t.Errorf("%d ends with status 7, want at least %d", children, threads*rounds)
	}
}

func TestManyChildren(t *testing.T) {
	const n = 2000
	c := trace(t, Options{Argv: []string{program(t, "many"), strconv.Itoa(n)}})
	if c.stdout != strconv.Itoa(n)+"\n" {
		t.Errorf("output %q", c.stdout)
	}
	if got := len(c.of(stx.KindStart)); got != n+1 {
		t.Errorf("%d starts, want %d", got, n+1)
	}
}

func TestExecOfOtherThread(t *testing.T) {
	for _, prog := range []string{"execthread", "leaderexits"} {
		t.Run(prog, func(t *testing.T) {
			c := trace(t, Options{Argv: []string{program(t, prog), "/bin/echo", "hello"}})
			if c.stdout != "hello\n" || c.result.ExitCode != 0 {
				t.Fatalf("output %q, result %+v", c.stdout, c.result)
			}
			execs := c.of(stx.KindExec)
			if len(execs) != 2 || execs[1].TID != c.result.PID || execs[1].Exec.Former == c.result.PID {
				t.Fatalf("execs %+v", execs[1].Exec)
			}
			call := c.named("execve")[1]
			if call.tid != execs[1].Exec.Former || call.exit == nil || call.exit.Ret != 0 {
				t.Errorf("execve by %d: %+v", call.tid, call.exit)
			}
			if last := c.of(stx.KindProcess); len(last) != 3 || filepath.Base(last[2].Process.Exe) != "echo" {
				t.Errorf("%d snapshots", len(last))
			}
		})
	}
}

func TestBirths(t *testing.T) {
	c := trace(t, Options{Argv: []string{program(t, "births")}})
	births := c.of(stx.KindStart)[1:]
	want := []struct{ flags, mask uint64 }{
		{uint64(unix.SIGCHLD), ^uint64(0)},
		{unix.CLONE_VFORK | unix.CLONE_VM, unix.CLONE_VFORK | unix.CLONE_VM | unix.CLONE_THREAD},
		{unix.CLONE_FILES | unix.CLONE_FS | uint64(unix.SIGCHLD), ^uint64(0)},
		{unix.CLONE_PARENT_SETTID | uint64(unix.SIGUSR1), ^uint64(0)},
		{unix.CLONE_VFORK | unix.CLONE_VM, unix.CLONE_VFORK | unix.CLONE_VM | unix.CLONE_THREAD}, // posix_spawn
		{unix.CLONE_THREAD | unix.CLONE_VM | unix.CLONE_FILES | unix.CLONE_FS,
			unix.CLONE_THREAD | unix.CLONE_VM | unix.CLONE_FILES | unix.CLONE_FS},
	}
	if len(births) != len(want) {
		t.Fatalf("%d births, want %d", len(births), len(want))
	}
	for i, r := range births {
		if r.Start.Parent != c.result.PID || r.Start.Flags&want[i].mask != want[i].flags {
			t.Errorf("birth %d: %+v, want flags %#x", i, r.Start, want[i].flags)
		}
		if thread := r.Start.PID != r.TID; thread != (want[i].flags&unix.CLONE_THREAD != 0) {
			t.Errorf("birth %d of thread %d has process %d", i, r.TID, r.Start.PID)
		}
	}
}

func TestSignals(t *testing.T) {
	prog := program(t, "signals")
	plain, err := exec.Command(prog).Output()
	if err != nil {
		t.Fatal(err)
	}
	c := trace(t, Options{Argv: []string{prog}})
	if c.stdout != string(plain) || c.result.ExitCode != 0 {
		t.Errorf("traced:\n%splain:\n%s", c.stdout, plain)
	}
	if !strings.Contains(c.stdout, "restart: read 1") || !strings.Contains(c.stdout, "interrupt: read -1 EINTR") {
		t.Errorf("the program does not show what it should: %s", c.stdout)
	}
	var queued int
	for _, r := range c.of(stx.KindSignal) {
		if r.Signal.Signo != int(unix.SIGUSR1) {
			continue
		}
		queued++
		info := r.Signal.Info
		if len(info) != siginfoSize || binary.NativeEndian.Uint32(info[24:]) != 42 {
			t.Errorf("siginfo %x", info)
		}
	}
	if queued != 1 {
		t.Errorf("%d SIGUSR1", queued)
	}
	stops := c.of(stx.KindStop)
	if len(stops) != 1 || stops[0].Signal.Signo != int(unix.SIGSTOP) || len(stops[0].Signal.Info) != 0 {
		t.Errorf("group-stops %v", stops)
	}
	killed := false
	for _, r := range c.of(stx.KindEnd) {
		killed = killed || r.End.Signal == int(unix.SIGTERM)
	}
	if !killed {
		t.Error("no end by SIGTERM")
	}
}

// Processes that are killed at any moment must not upset the engine.
func TestKilledAtAnyMoment(t *testing.T) {
	needTool(t, "bash")
	c := trace(t, Options{Argv: []string{"bash", "-c", `
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			bash -c 'while :; do ls / >/dev/null & wait; done' &
			(exec 2>/dev/null; for j in $(seq $((i * 20))); do :; done)
			kill -9 $!
			wait $! 2>/dev/null
		done
		echo over`}})
	if c.stdout != "over\n" || c.result.ExitCode != 0 {
		t.Errorf("output %q, result %+v, %s", c.stdout, c.result, c.stderr)
	}
	killed := 0
	for _, r := range c.of(stx.KindEnd) {
		if r.End.Signal == int(unix.SIGKILL) {
			killed++
		}
	}
	if killed != 20 {
		t.Errorf("%d killed, want 20", killed)
	}
}
