package tracer

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

func TestListsParse(t *testing.T) {
	for _, list := range []string{engineCalls, memoryCalls} {
		if _, err := choice.Parse(list); err != nil {
			t.Error(err)
		}
	}
}

// paths gives the first string of each call of a name, with its result.
func (c *capture) paths(name string) map[string]int64 {
	found := map[string]int64{}
	open := map[int]string{}
	for _, r := range c.records {
		switch {
		case r.Kind == stx.KindEnter && native.CallName(r.Enter.Nr) == name:
			for _, m := range r.Enter.Mem {
				open[r.TID] = strings.TrimRight(string(m.Data), "\x00")
			}
		case r.Kind == stx.KindExit && open[r.TID] != "":
			found[open[r.TID]] = r.Exit.Ret
			delete(open, r.TID)
		}
	}
	return found
}

// A program's own filter goes before ours: what it refuses must be seen all the
// same, in the program and in its children.
func TestOwnFilterHidesNothing(t *testing.T) {
	calls, err := choice.Parse("mkdir")
	if err != nil {
		t.Fatal(err)
	}
	c := trace(t, Options{Argv: []string{program(t, "ownfilter")}, Calls: calls})
	if c.result.ExitCode != 2 || !c.result.Filtered {
		t.Fatalf("result %+v", c.result)
	}
	got := c.paths("mkdir")
	for _, p := range []string{"/forbidden/one", "/forbidden/two"} {
		if got[p] != -int64(unix.EPERM) {
			t.Errorf("mkdir(%s): %d; seen %v", p, got[p], got)
		}
	}
}

// Only what is chosen is recorded, with a filter and without.
func TestChosenCalls(t *testing.T) {
	calls, err := choice.Parse("openat")
	if err != nil {
		t.Fatal(err)
	}
	for _, without := range []bool{false, true} {
		c := trace(t, Options{Argv: []string{"sh", "-c", "cat /etc/hostname; cat /no/such"}, Calls: calls, NoFilter: without})
		if c.result.Filtered == without || c.result.ExitCode != 1 {
			t.Errorf("result %+v", c.result)
		}
		for _, r := range c.records {
			if r.Kind == stx.KindEnter && native.CallName(r.Enter.Nr) != "openat" {
				t.Errorf("recorded a %s", native.CallName(r.Enter.Nr))
			}
		}
		if got := c.paths("openat"); got["/etc/hostname"] < 3 || got["/no/such"] != -int64(unix.ENOENT) {
			t.Errorf("seen %v", got)
		}
	}
}

// A close is watched where something was written, and only for a diagnosis that
// chooses by itself.
func TestUnwatchedExits(t *testing.T) {
	dir := t.TempDir()
	argv := []string{"sh", "-c", `cd "$0"; cat /etc/hostname >from; exec dd if=from of=to bs=3 status=none`, dir}
	c := trace(t, Options{Argv: argv, Calls: choice.Diagnosis()})
	opened, watched := map[int64]string{}, map[string]bool{}
	for _, tc := range c.calls() {
		switch {
		case tc.name == "openat" && tc.exit != nil && !tc.exit.IsError:
			opened[tc.exit.Ret] = tc.text(1)
		case tc.name == "close":
			if tc.enter.NoExit == (tc.exit != nil) {
				t.Errorf("close with an exit: %v; said: %v", tc.exit != nil, !tc.enter.NoExit)
			}
			if name := opened[int64(tc.enter.Args[0])]; name != "" {
				watched[name] = tc.exit != nil
			}
		}
	}
	if watched["/etc/hostname"] || watched["/etc/ld.so.cache"] || len(watched) < 3 {
		t.Errorf("watched %v", watched)
	}
	// dd has written to it by its standard output.
	var last *tracedCall
	for _, tc := range c.named("close") {
		if tc.enter.Args[0] == 1 {
			last = tc
		}
	}
	if last == nil || last.exit == nil {
		t.Errorf("the close of what was written: %+v", last)
	}
	for _, tc := range trace(t, Options{Argv: argv, Calls: mustParse("close,write")}).named("close") {
		if tc.exit == nil {
			t.Error("a close that was chosen has no exit")
		}
	}
}

// So where a relative has written: what is inherited, what is shared, and what was
// shared once.
func TestUnwatchedExitsOfRelatives(t *testing.T) {
	c := trace(t, Options{Argv: []string{program(t, "closes"), t.TempDir()}, Calls: choice.Diagnosis()})
	if c.result.ExitCode != 0 {
		t.Fatalf("%+v %s", c.result, c.stderr)
	}
	type closing struct {
		fd      uint64
		watched bool
	}
	var got []closing
	begun, loading := false, 0
	for _, tc := range c.calls() {
		switch {
		case tc.name == "execve" && begun:
			loading = tc.tid // the loader's closes are its own affair
		case tc.name == "close" && tc.enter.Args[0] == 999:
			begun = true
		case tc.name == "close" && begun && (tc.tid != loading || tc.enter.Args[0] == 4):
			got = append(got, closing{tc.enter.Args[0], tc.exit != nil})
		}
	}
	want := []closing{
		{3, false}, {4, true}, {4, false}, // of a child: inherited, then its own
		{4, true},             // after execve
		{5, true},             // a child has written, in the same table
		{4, true}, {4, false}, // the table parted by unshare
		{4, true}, {4, false}, // by close_range
		{4, true},             // which leaves the first table as it was
		{4, true}, {4, false}, // of a thread whose leader has ended
	}
	if !slices.Equal(got, want) {
		t.Errorf("closes\n%v, want\n%v", got, want)
	}
}

// What a program hangs in is known, though the call was not chosen.
func TestBlockedCallIsRecorded(t *testing.T) {
	c := trace(t, Options{Argv: []string{"sleep", "100"}, Calls: mustParse("openat"), Timeout: 300 * time.Millisecond, Kill: true})
	last := ""
	for _, r := range c.records {
		if r.Kind == stx.KindEnter {
			last = native.CallName(r.Enter.Nr)
		}
	}
	if !strings.Contains(last, "nanosleep") {
		t.Errorf("the last call is %q", last)
	}
}

// What an interrupt breaks off is known too, and only that.
func TestBrokenOffCallIsRecorded(t *testing.T) {
	for script, want := range map[string]bool{
		`kill -INT $$`:                      false,
		`(sleep 0.3; kill -INT 0) & wait`:   true, // sh in wait4
		`timeout -s INT 0.3 sleep 100`:      true,
		`timeout -s USR1 0.3 sleep 100`:     false,
		`timeout -s TERM 0.3 sleep 100; :`:  true,
		`timeout -s INT 0.3 cat /dev/zero;`: false,
	} {
		c := trace(t, Options{Argv: []string{"setsid", "-w", "sh", "-c", script + ` > /dev/null`}, Calls: mustParse("openat")})
		n := 0
		for _, r := range c.records {
			if r.Kind == stx.KindExit && breaksCall(r.Exit.Ret) {
				n++
			}
		}
		if n > 0 != want {
			t.Errorf("%s: %d calls that were broken off", script, n)
		}
	}
}

// apartTrace runs a command under an engine apart, and reads the capture again.
func apartTrace(t *testing.T, o Options, file string) (Result, *stx.Reader, []*stx.Record, error) {
	t.Helper()
	f, err := stx.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	result, err := RunApart(t.Context(), o, f)
	f.Close()
	rd, recs := readUpTo(t, file)
	return result, rd, recs, err
}

func readUpTo(t *testing.T, file string) (*stx.Reader, []*stx.Record) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rd, err := stx.NewReader(f)
	if err != nil {
		return nil, nil // no header yet
	}
	var recs []*stx.Record
	for {
		r, err := rd.Read()
		if err == io.EOF {
			return rd, recs
		}
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, r)
	}
}

func TestRunApart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.stx")
	odd := "\xff\xfe odd \x01"
	result, rd, recs, err := apartTrace(t, Options{Argv: []string{"sh", "-c", `exit ${#0}`, odd}, Env: []string{}}, file)
	if err != nil || result.ExitCode == 0 || rd.Truncated() {
		t.Fatalf("%+v, %v, truncated: %s", result, err, rd.Why())
	}
	if argv := recs[0].Begin.Argv; argv[len(argv)-1] != odd {
		t.Errorf("argv %q", argv)
	}
}

func TestRunApartErrors(t *testing.T) {
	run := func(o Options) error {
		_, _, _, err := apartTrace(t, o, filepath.Join(t.TempDir(), "a.stx"))
		return err
	}
	if e, ok := errors.AsType[*NotFoundError](run(Options{Argv: []string{"no-such-program"}})); !ok || e.Name != "no-such-program" {
		t.Errorf("%v", e)
	}
	if err := run(Options{Argv: []string{"true"}, Dir: "/no/such"}); !errors.Is(err, unix.ENOENT) {
		t.Error(err)
	}
	if err := run(Options{Argv: []string{"sh", "-c", "kill -KILL $PPID; sleep 100"}}); err == nil || !strings.Contains(err.Error(), "tracer was killed") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	f, err := stx.Create(filepath.Join(t.TempDir(), "a.stx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	result, err := RunApart(ctx, Options{Argv: []string{"sleep", "100"}}, f)
	if !errors.Is(err, context.Canceled) || !result.Running || len(result.Left) != 1 {
		t.Errorf("%+v, %v", result, err)
	}
	unix.Kill(result.PID, unix.SIGKILL)
}

// A full disk ends the capture, in order, and not the command.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to mount a small file system")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("mounting:", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	for _, calls := range []*choice.Set{nil, choice.Diagnosis()} {
		result, rd, recs, err := apartTrace(t, Options{Calls: calls,
			Argv: []string{"sh", "-c", "for i in $(seq 300); do cat /proc/self/maps >/dev/null; done; exit 5"}}, filepath.Join(dir, "a.stx"))
		if !errors.Is(err, unix.ENOSPC) || result.ExitCode != 5 {
			t.Errorf("%+v, %v", result, err)
		}
		last := recs[len(recs)-1]
		if rd.Truncated() || last.Finish == nil || last.Finish.Reason != "disk" || len(recs) < 100 {
			t.Errorf("%d records, the last is %+v, truncated: %s", len(recs), last, rd.Why())
		}
	}
}

// What can't be let go is kept: it lives on and works, records nothing any more,
// and ends when it wants to.
func TestDaemonIsKept(t *testing.T) {
	dir := t.TempDir()
	result, kept, err := run(t.Context(), Options{
		Argv:  []string{"sh", "-c", `cd "$0"; (while [ ! -e over ]; do : >>beat; sleep 0.01; done; mv over gone) >/dev/null 2>&1 & exit 5`, dir},
		Calls: choice.Diagnosis(), Quiet: 50 * time.Millisecond,
	}, true)
	if err != nil || result.ExitCode != 5 || len(result.Left) == 0 || result.Kept != len(result.Left) {
		t.Fatalf("%+v, %v", result, err)
	}
	_ = os.Remove(filepath.Join(dir, "beat"))
	exists := func(name string) func() bool {
		return func() bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	}
	eventually(t, "it does nothing", exists("beat"))
	if err := os.WriteFile(filepath.Join(dir, "over"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it does not end", exists("gone"))
	<-kept
}

// TestMemoryOfTheTracer: 2,000 live tracees in less than 100 MB.
func TestMemoryOfTheTracer(t *testing.T) {
	out, text := outputFile(t)
	cmd := traced(program(t, "crowd"), "2000")
	cmd.Stdout = out
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	status := text()
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindStringSubmatch(status)
	if m == nil || !strings.Contains(status, "stracex") {
		t.Fatalf("no peak of the tracer in %q", status)
	}
	if kb, _ := strconv.Atoi(m[1]); kb > 100_000 {
		t.Errorf("%d kB", kb)
	} else {
		t.Logf("peak %d kB", kb)
	}
}

// killsEnv is how many times TestKilledAtAnyTime kills.
const killsEnv = "STRACEX_TEST_KILLS"

// TestKilledAtAnyTime kills stracex or its engine at any moment of a busy run:
// the capture can be read up to its last whole block, and what was started dies.
func TestKilledAtAnyTime(t *testing.T) {
	times, _ := strconv.Atoi(os.Getenv(killsEnv))
	storm := program(t, "storm")
	for i := range max(times, 16) {
		file := filepath.Join(t.TempDir(), "a.stx")
		mark := "stracex-kill-" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(i)
		cmd := traced(storm, "4", "1000")
		cmd.Env = append(cmd.Env, tracerEnv+"="+file, "MARK="+mark)
		if i%4 >= 2 {
			cmd.Env = append(cmd.Env, callsEnv+"=%diagnosis")
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		victim := cmd.Process.Pid
		if children := childrenOf(victim); i%2 == 1 && len(children) > 0 {
			victim = children[0]
		}
		unix.Kill(victim, unix.SIGKILL)
		cmd.Wait()
		eventually(t, "processes of a killed tracer live on", func() bool { return len(marked(mark)) == 0 })
		if _, err := os.Stat(file); err == nil {
			readUpTo(t, file) // fails for what is not whole
		}
	}
}

func childrenOf(pid int) (list []int) {
	tasks, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	for _, task := range tasks {
		data, _ := os.ReadFile(task)
		for _, f := range strings.Fields(string(data)) {
			n, _ := strconv.Atoi(f)
			list = append(list, n)
		}
	}
	return list
}

// marked gives the living processes with MARK in their environment.
func marked(mark string) (list []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), "MARK="+mark) {
			pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
			list = append(list, pid)
		}
	}
	return list
}
