package agree

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stracex/stracex/bench/install"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// leastText is how many percent of all lines must be the same.
const leastText = 90

// TestText compares what stracex show prints with what strace prints, character
// by character, for the commands of commands_test.go. It prints the share of
// equal lines for each command and for all, and what differs most often. With
// -keep DIR both texts are left there, put on a par.
func TestText(t *testing.T) {
	compareText(t, commands(localServer(t)))
}

// TestTextVerbose does the same with -v, and adds a program for the sake of its
// structures.
func TestTextVerbose(t *testing.T) {
	compareText(t, append(commands(localServer(t)), structs(t)), "-v")
}

// compareText runs programs; flags are for both show and strace.
func compareText(t *testing.T, programs []program, flags ...string) {
	need(t, "strace", "setarch")
	stracex := build(t)
	all := &score{kinds: map[string]int{}}
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			need(t, p.needs...)
			r := runner{t: t, stracex: stracex, program: p}
			s := compare(r.showText(flags), r.straceText(flags))
			t.Logf("%-10s %6d lines, %6d the same, %6.2f%%", p.name, s.calls, s.same, s.percent())
			if *details {
				for _, d := range s.differing {
					t.Log(d)
				}
			}
			if s.calls < p.calls {
				t.Errorf("the traces have %d lines, a run has at least %d", s.calls, p.calls)
			}
			all.add(s)
		})
	}
	t.Logf("all %d lines, %d the same, %.2f%%; most often differ:\n%s",
		all.calls, all.same, all.percent(), strings.Join(all.often(10), "\n"))
	if all.calls > 0 && all.percent() < leastText {
		t.Errorf("%.2f%% of the lines are the same, want %d%%", all.percent(), leastText)
	}
}

func build(t *testing.T) (stracex string) {
	t.Helper()
	stracex, err := install.In(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return stracex
}

func (s *score) add(other *score) {
	s.calls += other.calls
	s.same += other.same
	s.onlyOurs += other.onlyOurs
	s.onlyTheirs += other.onlyTheirs
	s.different += other.different
	s.differing = append(s.differing, other.differing...)
	for kind, n := range other.kinds {
		s.kinds[kind] += n
	}
}

func (r runner) showText(flags []string) trace {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "trace.stx")
	r.run(r.stracex, "record", "-o", file, "--")
	text := r.show(file, append(flags, "-f", "-s", "32")...)
	r.readBack(file, flags)
	return r.lines(text, "show")
}

// show prints a capture.
func (r runner) show(file string, flags ...string) []byte {
	r.t.Helper()
	text, err := exec.Command(r.stracex, append(append([]string{"show"}, flags...), file)...).Output()
	if err != nil {
		r.t.Fatal(err)
	}
	return text
}

// readBack checks that what show prints is read as the calls that the capture
// holds.
func (r runner) readBack(file string, flags []string) {
	r.t.Helper()
	capture, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	read := parser.New
	if slices.Contains(flags, "-v") {
		read = parser.NewVerbose
	}
	first := printed(events(r.t, read, capture))
	second := printed(parseText(r.t, r.show(file, append(flags, "-f")...)))
	if len(first) != len(second) {
		r.t.Errorf("%d events are %d when read again", len(first), len(second))
	}
	for i := range min(len(first), len(second)) {
		a, b := first[i], second[i]
		if a.Call != nil && b.Call != nil {
			if d := cmp.Diff(a.Call.Args(), b.Call.Args(), cmpopts.EquateEmpty()); d != "" {
				r.t.Errorf("%s\nis read with other arguments:\n%s", event.Append(nil, a, event.Format{}), d)
			}
			if a.Call.Name != b.Call.Name || a.Call.Ret != b.Call.Ret {
				r.t.Errorf("%s\nis read as\n%s", event.Append(nil, a, event.Format{}), event.Append(nil, b, event.Format{}))
			}
		}
		if a.Kind != b.Kind || a.TID != b.TID {
			r.t.Fatalf("%s\nis read as\n%s", event.Append(nil, a, event.Format{}), event.Append(nil, b, event.Format{}))
		}
	}
}

// printed leaves out what show prints only with --all-records.
func printed(events []*event.Event) []*event.Event {
	return slices.DeleteFunc(events, func(e *event.Event) bool {
		return e.Kind == event.Started || e.Kind == event.Snapshot || e.Kind == event.Evidence || e.Kind == event.Comment
	})
}

func (r runner) straceText(flags []string) trace {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "trace.log")
	r.run(append([]string{"strace", "-f", "-o", file}, flags...)...)
	text, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.lines(text, "strace")
}

// lines sorts a text's lines by thread.
func (r runner) lines(text []byte, name string) trace {
	r.t.Helper()
	n := newNormal(parseText(r.t, text))
	tr := trace{calls: map[string][]call{}}
	begun := map[int]string{} // by thread: the first half of a line
	s := bufio.NewScanner(bytes.NewReader(text))
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		pid, line := cutPID(s.Text())
		whole, ok := join(begun, pid, line)
		if !ok {
			continue
		}
		label := n.label(pid)
		whole = n.text(whole)
		tr.calls[label] = append(tr.calls[label], call{name: lineName(whole), key: whole, text: whole,
			tree: event.Value{Kind: event.Raw, Str: whole}})
	}
	r.keep(tr, name)
	return tr
}

func parseText(t *testing.T, text []byte) []*event.Event {
	t.Helper()
	return events(t, parser.New, text)
}

// events reads a trace.
func events(t *testing.T, read func(io.Reader, string) (parser.Reader, error), trace []byte) (events []*event.Event) {
	t.Helper()
	p, err := read(bytes.NewReader(trace), "trace")
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := p.Read()
		if err == io.EOF {
			return events
		}
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e.Keep())
	}
}

// cutPID takes the thread's id from the beginning of a line: five digits wide
// and a blank, wider when it has more.
func cutPID(line string) (pid int, rest string) {
	word, _, _ := strings.Cut(line, " ")
	pid, _ = strconv.Atoi(word)
	return pid, line[min(max(len("12345 "), len(word)+1), len(line)):]
}

// join puts the halves of a call together again: where it was interrupted is
// chance. ok is false for the first half.
func join(begun map[int]string, pid int, line string) (whole string, ok bool) {
	if first, cut := strings.CutSuffix(line, " <unfinished ...>"); cut && !strings.HasPrefix(line, "<... ") {
		begun[pid] = first
		return "", false
	}
	if !strings.HasPrefix(line, "<... ") {
		return line, true
	}
	_, rest, _ := strings.Cut(line, " resumed>")
	whole = begun[pid] + rest
	delete(begun, pid)
	return align40(whole), true
}

// align40 puts a line's result into strace's column.
func align40(line string) string {
	args, result, found := cutResult(line)
	if !found {
		return line
	}
	const column = 40 - len("12345 ")
	return fmt.Sprintf("%-*s= %s", column, args, result)
}

// cutResult separates "call(…) " and the result. The last " = " may be part of
// neither, so that it is the last one behind a bracket.
func cutResult(line string) (args, result string, found bool) {
	m := lastResult.FindStringSubmatchIndex(line)
	if m == nil {
		return line, "", false
	}
	return line[:m[2]] + " ", line[m[4]:], true
}

var lastResult = regexp.MustCompile(`^.*(?:\))()\s+= ()[^"]*$`)

func lineName(line string) string {
	if i := strings.IndexAny(line, "({"); i > 0 {
		return line[:i]
	}
	return line
}

// chance is what differs from run to run in a text.
var chance = []struct {
	find    *regexp.Regexp
	replace string
}{
	{regexp.MustCompile(`0x[0-9a-f]{9,16}\b`), "ADDR"},
	{regexp.MustCompile(`\b(tv_sec|tv_n?u?sec|uptime|totalram|freeram|sharedram|bufferram|totalswap|freeswap|procs)=-?\d+`), "$1=N"},
	{regexp.MustCompile(`\b(si_[us]time|tms_c?[us]time|f_(?:blocks|bfree|bavail|files|ffree))=\d+( /\* [0-9.]+ s \*/)?`), "$1=N"},
	{regexp.MustCompile(`\b(loads)=\[[^]]*\]`), "$1=[N]"},
	{regexp.MustCompile(`\b(stx?_ino|d_ino|d_off|st_[amc]time(?:_nsec)?|(?:shm|msg|sem)_ctime|ru_[a-z]+)=-?\d+`), "$1=N"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+0000`), "DATE"},
	{regexp.MustCompile(`^(getrandom\()("(?:\\x[0-9a-f]{2})+")`), `$1"\x.."`},
	{regexp.MustCompile(`/(cc|sed|tmp|\.tmp|tmp_obj_|dir\.)[A-Za-z0-9_]{6,8}`), "/$1"},
	{regexp.MustCompile(`"(\.\w+\.)[A-Za-z0-9]{6}"`), `"$1"`}, // rsync's
	{regexp.MustCompile(`^(getppid\(\) +)= \d+`), "$1= N"},
	{regexp.MustCompile(`htons\((3[3-9]\d{3}|[4-6]\d{4})\)`), "htons(PORT)"},
	{regexp.MustCompile(`^(times|time)(\(.*\) += )\d+`), "$1${2}N"},
}

var numbers = regexp.MustCompile(`\b\d{2,7}\b`)

// text puts a line on a par: process ids, addresses, times and what else is
// chance. Where that has changed its length, the result's column is made anew.
func (n *normal) text(given string) string {
	line := numbers.ReplaceAllStringFunc(given, func(s string) string {
		pid, _ := strconv.Atoi(s)
		if l, ok := n.labels[pid]; ok {
			return "PID_" + l
		}
		return s
	})
	for _, c := range chance {
		line = c.find.ReplaceAllString(line, c.replace)
	}
	if line != given {
		line = align40(line)
	}
	return line
}

// keep leaves the lines in the folder of -keep.
func (r runner) keep(tr trace, name string) {
	if *keepDir == "" {
		return
	}
	var b bytes.Buffer
	labels := make([]string, 0, len(tr.calls))
	for l := range tr.calls {
		labels = append(labels, l)
	}
	slices.Sort(labels)
	for _, l := range labels {
		for _, c := range tr.calls[l] {
			fmt.Fprintf(&b, "%s %s\n", l, c.text)
		}
	}
	file := filepath.Join(*keepDir, r.program.name+"."+name)
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		r.t.Error(err)
	}
}
