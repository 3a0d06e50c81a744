package tracer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// tracerEnv makes the test binary a plain tracer of its arguments, for tests of
// a tracer as a process of its own. Its value is the capture's file.
const tracerEnv = "STRACEX_TEST_TRACER"

// filterEnv makes all tests run with a filter, that stops for nearly all calls.
const filterEnv = "STRACEX_TEST_FILTER"

// attachEnv makes such a tracer attach to this process.
const attachEnv = "STRACEX_TEST_ATTACH"

// callsEnv chooses what such a tracer records.
const callsEnv = "STRACEX_TEST_CALLS"

// lingerEnv makes such a tracer say that the command has ended, and stay.
const lingerEnv = "STRACEX_TEST_LINGER"

func TestMain(m *testing.M) {
	Init()
	if nr, err := strconv.Atoi(os.Getenv(denyEnv)); err == nil {
		if err := deny(uint32(nr)); err != nil {
			fmt.Fprintln(os.Stderr, "seccomp:", err)
			os.Exit(1)
		}
	}
	if os.Getenv(tracerEnv) == "" {
		code := m.Run()
		os.RemoveAll(programs.dir)
		os.Exit(code)
	}
	os.Exit(plainTracer(os.Getenv(tracerEnv)))
}

func plainTracer(file string) int {
	os.Unsetenv(tracerEnv)
	f, err := stx.Create(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tracer:", err)
		return 125
	}
	o := Options{Argv: os.Args[1:]}
	if expr, ok := os.LookupEnv(callsEnv); ok {
		os.Unsetenv(callsEnv)
		if o.Calls, err = choice.Parse(expr); err != nil {
			panic(err)
		}
	}
	if pid, err := strconv.Atoi(os.Getenv(attachEnv)); err == nil {
		o = Options{Attach: []int{pid}}
	}
	res, err := RunApart(context.Background(), o, f)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tracer:", err)
		return 125
	}
	if os.Getenv(lingerEnv) != "" {
		fmt.Println("over")
		time.Sleep(time.Minute)
	}
	if res.Signal != 0 {
		return 128 + res.Signal
	}
	return res.ExitCode
}

// traced gives the command that runs argv under the test binary as a tracer.
func traced(argv ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", argv...)
	cmd.Env = append(os.Environ(), tracerEnv+"="+os.DevNull)
	return cmd
}

// capture is what a traced run has given.
type capture struct {
	records []*stx.Record
	result  Result
	err     error
	stdout  string
	stderr  string
}

// trace runs a command to its end and checks that its records are in order.
func trace(t *testing.T, o Options) *capture {
	t.Helper()
	c := traceUnchecked(t, context.Background(), o)
	if c.err != nil {
		t.Fatalf("Run(%q): %v", o.Argv, c.err)
	}
	checkStream(t, c)
	return c
}

// traceUnchecked runs a command; o.Sink, if any, sees the records too.
func traceUnchecked(t *testing.T, ctx context.Context, o Options) *capture {
	t.Helper()
	var c capture
	var out, err func() string
	o.Stdout, out = outputFile(t)
	o.Stderr, err = outputFile(t)
	watch := o.Sink
	o.Sink = func(r *stx.Record) error {
		c.records = append(c.records, copyRecord(r))
		if watch != nil {
			return watch(r)
		}
		return nil
	}
	if o.Calls == nil && os.Getenv(filterEnv) != "" {
		o.Calls = mustParse("!getrandom")
	}
	var kept <-chan struct{}
	c.result, kept, c.err = run(ctx, o, true)
	if kept != nil {
		t.Cleanup(func() { <-kept })
	}
	c.stdout, c.stderr = out(), err()
	return &c
}

// copyRecord copies what the engine will use again.
func copyRecord(r *stx.Record) *stx.Record {
	c := *r
	if r.Enter != nil {
		enter := *r.Enter
		c.Enter, enter.Mem = &enter, copyMem(enter.Mem)
	}
	if r.Exit != nil {
		exit := *r.Exit
		c.Exit, exit.Mem = &exit, copyMem(exit.Mem)
	}
	return &c
}

func copyMem(list []stx.Mem) []stx.Mem {
	list = slices.Clone(list)
	for i := range list {
		list[i].Data = bytes.Clone(list[i].Data)
	}
	return list
}

func outputFile(t *testing.T) (*os.File, func() string) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	return f, func() string {
		defer f.Close()
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

// checkStream holds a capture to what the package comment promises.
func checkStream(t *testing.T, c *capture) {
	t.Helper()
	alive := map[int]int{} // thread to process
	calls := map[int]*stx.Enter{}
	last := int64(0)
	for i, r := range c.records {
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("record %d (kind %d, tid %d): %s", i, r.Kind, r.TID, fmt.Sprintf(format, args...))
		}
		if r.Time < last {
			fail("time goes back")
		}
		last = r.Time
		if (r.Kind == stx.KindBegin) != (i == 0) || (r.Kind == stx.KindFinish) != (i == len(c.records)-1) {
			fail("begin and finish must stand at the ends, and nowhere else")
		}
		if r.TID != 0 && r.Kind != stx.KindStart && alive[r.TID] == 0 {
			fail("the thread has not started, or has ended")
		}
		switch r.Kind {
		case stx.KindStart:
			if alive[r.TID] != 0 {
				fail("started twice")
			}
			if p := r.Start.Parent; p == 0 && r.TID != c.result.PID && !r.Start.Attached || p != 0 && alive[p] == 0 {
				fail("parent %d", p)
			}
			alive[r.TID] = r.Start.PID
		case stx.KindEnd:
			delete(alive, r.TID)
			delete(calls, r.TID)
		case stx.KindEnter:
			if calls[r.TID] != nil {
				fail("entered a call inside a call")
			}
			if !r.Enter.NoExit {
				calls[r.TID] = r.Enter
			}
		case stx.KindExit:
			if calls[r.TID] == nil {
				fail("exit without entry")
			}
			delete(calls, r.TID)
		case stx.KindExec:
			if former := r.Exec.Former; former != r.TID {
				if calls[former] == nil {
					fail("thread %d has executed outside a call", former)
				}
				calls[r.TID] = calls[former]
				delete(calls, former)
				delete(alive, former)
			}
		}
	}
	left := map[int]bool{}
	for _, pid := range c.result.Left {
		left[pid] = true
	}
	for tid, pid := range alive {
		// The command may end just after its threads were let go.
		over := c.result.TimedOut && pid == c.result.PID && !c.result.Running && c.result.Signal == 0
		if !left[pid] && !over {
			t.Errorf("thread %d has no end", tid)
		}
	}
}

// call is a call of a capture, entry and exit brought together.
type tracedCall struct {
	tid   int
	name  string
	enter *stx.Enter
	exit  *stx.Exit // nil when it did not return
	// evidence that follows the exit
	evidence []*stx.Evidence
}

// calls gives the capture's calls in the order of their entry.
func (c *capture) calls() []*tracedCall {
	var list []*tracedCall
	open, last := map[int]*tracedCall{}, map[int]*tracedCall{}
	for _, r := range c.records {
		switch r.Kind {
		case stx.KindEnter:
			tc := &tracedCall{tid: r.TID, name: abi.Arch(r.Enter.Arch).CallName(r.Enter.Nr), enter: r.Enter}
			list = append(list, tc)
			open[r.TID] = tc
		case stx.KindExec:
			open[r.TID] = open[r.Exec.Former]
		case stx.KindExit:
			open[r.TID].exit = r.Exit
			last[r.TID] = open[r.TID]
		case stx.KindEvidence:
			last[r.TID].evidence = append(last[r.TID].evidence, r.Evidence)
		}
	}
	return list
}

// named gives the calls of that name.
func (c *capture) named(name string) []*tracedCall {
	var list []*tracedCall
	for _, tc := range c.calls() {
		if tc.name == name {
			list = append(list, tc)
		}
	}
	return list
}

// text gives the string that the i-th argument points to.
func (tc *tracedCall) text(i int) string {
	return strings.TrimSuffix(string(memAt(tc.enter.Mem, tc.enter.Args[i]).Data), "\x00")
}

// memAt gives the memory that was copied from an address.
func memAt(mem []stx.Mem, addr uint64) stx.Mem {
	for _, m := range mem {
		if m.Addr == addr {
			return m
		}
	}
	return stx.Mem{}
}

// failedAs says whether the call has failed with the error.
func (tc *tracedCall) failedAs(errno unix.Errno) bool {
	return tc.exit != nil && tc.exit.IsError && tc.exit.Ret == -int64(errno)
}

// of gives the records of a kind.
func (c *capture) of(kind stx.Kind) []*stx.Record {
	var list []*stx.Record
	for _, r := range c.records {
		if r.Kind == kind {
			list = append(list, r)
		}
	}
	return list
}

var programs struct {
	sync.Mutex
	dir   string
	built map[string]string
}

// program compiles testdata/NAME.c.
func program(t *testing.T, name string) string {
	t.Helper()
	needTool(t, "gcc")
	programs.Lock()
	defer programs.Unlock()
	if programs.built[name] != "" {
		return programs.built[name]
	}
	if programs.built == nil {
		programs.built = map[string]string{}
		dir, err := os.MkdirTemp("", "stracex-tracer-test")
		if err != nil {
			t.Fatal(err)
		}
		programs.dir = dir
	}
	file := filepath.Join(programs.dir, name)
	cmd := exec.Command("gcc", "-Wall", "-Wno-unused-result", "-pthread", "-o", file, filepath.Join("testdata", name+".c"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("compiling %s: %v\n%s", name, err, out)
	}
	programs.built[name] = file
	return file
}

// needTool skips a test whose external tool is not installed.
func needTool(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("STRACEX_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}

// signalOf gives the signal that a command has died of.
func signalOf(cmd *exec.Cmd) int {
	return int(cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
}
