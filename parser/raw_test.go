package parser

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

const rawExamples = "../testdata/raw"

// fixture is a capture in its text twin, and the events that it gives.
type fixture struct {
	path    string
	archive *txtar.Archive
}

func (f *fixture) file(name string) *txtar.File {
	for i := range f.archive.Files {
		if f.archive.Files[i].Name == name {
			return &f.archive.Files[i]
		}
	}
	return &txtar.File{}
}

func rawFixtures(t testing.TB) (list []fixture) {
	t.Helper()
	paths, err := filepath.Glob(rawExamples + "/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fixture{path, a})
	}
	return list
}

// capture makes a capture of its text twin.
func capture(t testing.TB, text []byte) []byte {
	t.Helper()
	records, err := stx.ParseText(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return write(t, records)
}

func write(t testing.TB, records []*stx.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := stx.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// describeRaw writes an event of a capture as one line.
func describeRaw(e *event.Event) string {
	line := strings.Replace(describe(e), " line 0", fmt.Sprintf(" at %d", (e.Time.NS-1700000000000000000)/1000), 1)
	switch {
	case e.Call != nil && e.Kind == event.Returned && e.Call.Duration >= 0:
		line += fmt.Sprintf(" <%d>", e.Call.Duration)
	case e.Process != nil:
		line += fmt.Sprintf(" %+v", *e.Process)
	case e.Evidence != nil:
		line += fmt.Sprintf(" %+v", *e.Evidence)
	case e.Start != nil:
		line += fmt.Sprintf(" %+v", *e.Start)
	}
	return line
}

// TestRawGolden compares the events of captures with what they were; "verbose"
// are those that NewVerbose gives otherwise.
func TestRawGolden(t *testing.T) {
	for _, f := range rawFixtures(t) {
		t.Run(strings.TrimSuffix(filepath.Base(f.path), ".txtar"), func(t *testing.T) {
			stx := capture(t, f.file("capture").Data)
			events, _ := readAll(t, stx)
			whole, _ := readVerbose(t, stx)
			if len(whole) != len(events) {
				t.Fatalf("%d events are %d when verbose", len(events), len(whole))
			}
			var got, verbose bytes.Buffer
			for i, e := range events {
				line := describeRaw(e)
				fmt.Fprintln(&got, line)
				if long := describeRaw(whole[i]); long != line {
					fmt.Fprintln(&verbose, long)
				}
			}
			f.compare(t, "events", got.Bytes())
			f.compare(t, "verbose", verbose.Bytes())
		})
	}
}

// compare compares a file of the fixture with what the test got; with -update
// it writes the file anew.
func (f *fixture) compare(t *testing.T, name string, got []byte) {
	t.Helper()
	want := f.file(name)
	if *update && len(want.Data)+len(got) > 0 {
		if want.Name == "" {
			f.archive.Files = append(f.archive.Files, txtar.File{Name: name})
			want = f.file(name)
		}
		want.Data = got
		if err := os.WriteFile(f.path, txtar.Format(f.archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(want.Data), string(got)); d != "" {
		t.Errorf("%s differ (-want +got):\n%s", name, d)
	}
}

// FuzzRaw reads any records as a capture. Whatever they are, events are numbered,
// halves of calls belong together, and what is printed is one harmless line.
func FuzzRaw(f *testing.F) {
	for _, fix := range rawFixtures(f) {
		text := string(fix.file("capture").Data)
		f.Add(text)
		for _, part := range strings.SplitAfter(text, "\nexit ") {
			f.Add("exit " + part)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		records, err := stx.ParseText(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		w, err := stx.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if w.Write(r) != nil { // too long
				return
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		events, stats := readAll(t, b.Bytes())
		checkRaw(t, events, stats)
		events, stats = readVerbose(t, b.Bytes())
		checkRaw(t, events, stats)
	})
}

// checkRaw checks what holds for the events of every capture.
func checkRaw(t *testing.T, events []*event.Event, stats Stats) {
	if stats.Events != len(events) {
		t.Fatalf("%d events, counted as %d", len(events), stats.Events)
	}
	open := map[int]bool{} // indices of calls that were entered
	for i, e := range events {
		if e.Index != i {
			t.Fatalf("event %d has number %d", i, e.Index)
		}
		if e.Kind == event.Entered {
			open[i] = true
		}
		if e.Kind == event.Returned && e.Call.Entered >= 0 {
			first := events[e.Call.Entered]
			if !open[e.Call.Entered] || first.Call.Name != e.Call.Name ||
				len(first.Call.Args()) != e.Call.Shown() || e.Call.Shown() > len(e.Call.Args()) {
				t.Fatalf("halves do not fit: %s and %s", describeRaw(first), describeRaw(e))
			}
			delete(open, e.Call.Entered)
		}
		line := event.Append(nil, e, event.Format{PID: event.BracketPID, Times: event.DayTimes, Decos: true})
		if event.Printable(string(line)) != string(line) {
			t.Fatalf("line has control characters: %q", line)
		}
	}
	if stats.Skipped == 0 && len(open) > 0 {
		t.Fatalf("%d calls were entered and never ended", len(open))
	}
}

// TestRawCut reads a capture cut anywhere: all of it that is whole is read, and
// it is said to be cut.
func TestRawCut(t *testing.T) {
	whole := capture(t, rawFixtures(t)[0].file("capture").Data)
	for n := 1; n < len(whole); n += 1 + len(whole)/50 {
		r, err := newRaw(bytes.NewReader(whole[:n]), "cut.stx", false)
		if err != nil {
			if n < 8 {
				continue // not even the magic
			}
			t.Fatalf("%d bytes: %v", n, err)
		}
		for {
			if _, err = r.Read(); err != nil {
				break
			}
		}
		if err != io.EOF || !r.Stats().Truncated {
			t.Fatalf("%d bytes: %v, truncated: %v", n, err, r.Stats().Truncated)
		}
	}
}

// TestRawHardMemory decodes each call that there is with memory missing, cut
// short, and full of ones or zeros.
func TestRawHardMemory(t *testing.T) {
	ones := bytes.Repeat([]byte{0xff}, 512)
	kinds := map[string][]stx.Mem{
		"none":       nil,
		"zeros":      {{Addr: 0x1000, Want: 512, Data: make([]byte, 512)}},
		"ones":       {{Addr: 0x1000, Want: 512, Data: ones}},
		"one byte":   {{Addr: 0x1000, Want: 512, Data: ones[:1]}},
		"unreadable": {{Addr: 0x1000, Want: 512, Errno: 14}},
		"the end":    {{Addr: ^uint64(0) - 7, Want: 512, Data: ones[:8]}},
	}
	registers := [][6]uint64{
		{0x1000, 0x1000, 0x1000, 0x1000, 0x1000, 0x1000}, {3, 0x1000, 8, 0x1010, 0x1010, 8},
		{^uint64(7), ^uint64(7), ^uint64(7), ^uint64(7), ^uint64(7), ^uint64(7)}, {}, {1, 0x1000, 0x1000, 0x1000, 0x1000, 16},
	}
	for _, arch := range []abi.Arch{abi.AMD64, abi.ARM64, abi.I386} {
		for name, mem := range kinds {
			if arch != abi.AMD64 && name != "ones" && name != "zeros" {
				continue
			}
			var records []*stx.Record
			for nr := range uint64(470) {
				for i, args := range registers {
					for _, ret := range []int64{int64(i), -22, []int64{64, 4096, -1 << 63}[i%3]}[i%2:] {
						records = append(records,
							&stx.Record{Kind: stx.KindEnter, TID: 1, Enter: &stx.Enter{Arch: uint32(arch), Nr: nr, Args: args, SP: 0x1000, Mem: mem}},
							&stx.Record{Kind: stx.KindExit, TID: 1, Exit: &stx.Exit{Ret: ret, IsError: ret == -22, Mem: mem}})
					}
				}
			}
			capture := write(t, records)
			events, stats := readVerbose(t, capture)
			checkRaw(t, events, stats)
			events, stats = readAll(t, capture)
			if want := len(records) / 2; stats.Calls != want {
				t.Errorf("%v, %s: %d calls, want %d", arch, name, stats.Calls, want)
			}
			checkRaw(t, events, stats)
		}
	}
}

// TestLayouts checks that every layout can be read, and that each struct that
// the table of calls names is either written or known to stay an address.
func TestLayouts(t *testing.T) {
	verbs := " i u x o ptr dev text bytes name sockaddr hwaddr flags enum struct sig "
	for name, l := range layouts() {
		if len(l.fields) == 0 {
			t.Errorf("%s has no members", name)
		}
		for _, f := range l.fields {
			if !strings.Contains(verbs, " "+f.verb+" ") {
				t.Errorf("%s.%s: no such type: %q", name, f.name, f.verb)
			}
			if f.verb == "struct" && layouts()[f.set] == nil {
				t.Errorf("%s.%s: no struct %q", name, f.name, f.set)
			}
		}
	}
}

// TestLayoutSizes compares layouts with the sizes that abi has of the structs.
func TestLayoutSizes(t *testing.T) {
	whole := map[string]bool{"timespec": true, "timeval": true, "itimerspec": true, "itimerval": true, "timezone": true,
		"tms": true, "utimbuf": true, "open_how": true, "flock": true, "rlimit": true, "rlimit64": true,
		"stack_t": true, "winsize": true, "sembuf": true, "epoll_event": true, "statfs": false, "rusage": true, "utsname": true}
	for _, arch := range []abi.Arch{abi.AMD64, abi.ARM64, abi.I386} {
		for nr := range uint64(600) {
			c := arch.Lookup(arch.CallName(nr))
			if c == nil {
				continue
			}
			for _, a := range c.Args {
				l := findLayout(arch, a.Set)
				if (a.Kind != abi.Struct && a.Kind != abi.Array) || l == nil || a.Size == 0 {
					continue
				}
				d := &decoder{arch: arch, verbose: true}
				r := reading{d: d, b: make([]byte, 4096), long: d.long()}
				r.structure(l)
				if r.off > uint64(a.Size) || whole[a.Set] && r.off != uint64(a.Size) {
					t.Errorf("%v %s: struct %s has %d bytes, its layout %d", arch, c.Name, a.Set, a.Size, r.off)
				}
			}
		}
	}
}
