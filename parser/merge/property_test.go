package merge

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stracex/stracex/event"
)

// world is a made-up kernel: it runs processes at random, and writes their files
// as strace -ff does.
type world struct {
	t     *rapid.T
	style string // of times: "", "-t", "-ttt", "-ttt -T"
	now   int64  // microseconds
	procs []*proc
	logs  map[int]*strings.Builder
	lines map[int]int // by pid: lines written
	// before are pairs of which the first comes before the second has ended.
	before [][2]mark
	order  []mark       // all, as they began
	unread int          // bytes in the pipe that all write to and the second process reads
	taken  map[mark]int // bytes by read, negative: by write
}

// mark is a line of a file.
type mark struct{ pid, line int }

type proc struct {
	pid      int
	parent   *proc
	dead     bool
	exit     mark
	reaped   bool
	vforking *proc // it waits for this child's exec
	execed   bool
	waiting  int64  // since when it waits for a child; 0: it does not
	place    int    // in order, kept for that call
	signals  []mark // kills that were not delivered yet
	senders  []int  // of signals
	after    *mark  // its next line comes after this
}

func (w *world) stamp(began int64) string {
	switch {
	case w.style == "":
		return ""
	case w.style == "-t":
		s := began / 1e6
		return fmt.Sprintf("%02d:%02d:%02d ", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("17000%05d.%06d ", began/1e6, began%1e6)
}

// write adds a line; a call takes until now.
func (w *world) write(p *proc, began int64, format string, args ...any) mark {
	text := fmt.Sprintf(format, args...)
	if w.style == "-ttt -T" && strings.Contains(text, ") = ") && !strings.HasSuffix(text, "?") {
		text += fmt.Sprintf(" <%d.%06d>", (w.now-began)/1e6, (w.now-began)%1e6)
	}
	if w.logs[p.pid] == nil {
		w.logs[p.pid] = &strings.Builder{}
	}
	fmt.Fprintf(w.logs[p.pid], "%s%s\n", w.stamp(began), text)
	w.lines[p.pid]++
	m := mark{p.pid, w.lines[p.pid]}
	if p.after != nil {
		w.before = append(w.before, [2]mark{*p.after, m})
		p.after = nil
	}
	if p.place > 0 {
		w.order[p.place-1] = m
		p.place = 0
	} else {
		w.order = append(w.order, m)
	}
	return m
}

func (w *world) spawn(parent *proc) *proc {
	p := &proc{pid: 100 + 7*len(w.procs)%1000, parent: parent}
	w.procs = append(w.procs, p)
	return p
}

// step lets one process do something; false when there is none left.
func (w *world) step() bool {
	var free []*proc
	for _, p := range w.procs {
		if !p.dead && p.waiting == 0 && (p.vforking == nil || p.vforking.execed || p.vforking.dead) {
			free = append(free, p)
		}
	}
	if len(free) == 0 {
		return false
	}
	p := free[rapid.IntRange(0, len(free)-1).Draw(w.t, "process")]
	w.now += rapid.SampledFrom([]int64{3, 3, 3, 400_000}).Draw(w.t, "time")
	began := w.now
	if len(p.signals) > 0 {
		p.after = &p.signals[0]
		w.write(p, began, "--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=%d, si_uid=0} ---", p.senders[0])
		p.signals, p.senders = p.signals[1:], p.senders[1:]
		return true
	}
	w.now++
	switch p.vforking = nil; rapid.IntRange(0, 9).Draw(w.t, "action") {
	case 0, 1:
		w.write(p, began, "close(%d) = 0", 100+len(w.order))
	case 2:
		if len(w.procs) < 12 {
			c := w.spawn(p)
			m := w.write(p, began, "fork() = %d", c.pid)
			c.after = &m
		}
	case 3:
		if len(w.procs) < 12 {
			c := w.spawn(p)
			m := w.write(p, began, "vfork() = %d", c.pid)
			c.after, p.vforking = &m, c
		}
	case 4:
		m := w.write(p, began, `execve("/bin/x", ["x"], NULL) = 0`)
		if !p.execed && p.parent != nil && p.parent.vforking == p {
			p.parent.after = &m
		}
		p.execed = true
	case 5:
		to := w.procs[rapid.IntRange(0, len(w.procs)-1).Draw(w.t, "target")]
		if !to.dead && to != p {
			m := w.write(p, began, "kill(%d, SIGUSR1) = 0", to.pid)
			to.signals, to.senders = append(to.signals, m), append(to.senders, p.pid)
		}
	case 6:
		w.wait(p, began)
	case 7:
		w.taken[w.write(p, began, `write(4, "x", 1) = 1`)] = -1
		w.unread++
	case 8:
		w.read(p, began)
	default:
		w.exit(p)
	}
	return true
}

// read takes some of what is in the pipe.
func (w *world) read(p *proc, began int64) {
	if w.unread == 0 || len(w.procs) < 2 || p != w.procs[1] {
		return
	}
	n := rapid.IntRange(1, w.unread).Draw(w.t, "bytes")
	w.taken[w.write(p, began, `read(3, "xx"..., 8) = %d`, n)] = n
	w.unread -= n
}

// wait takes a dead child, or waits for the next one to die.
func (w *world) wait(p *proc, began int64) {
	alive := false
	for _, c := range w.procs {
		if c.parent == p && c.dead && !c.reaped {
			w.reap(p, c, began)
			return
		}
		alive = alive || c.parent == p && !c.dead
	}
	if alive {
		w.order = append(w.order, mark{})
		p.waiting, p.place = began, len(w.order)
	}
}

func (w *world) reap(p, c *proc, began int64) {
	c.reaped, p.waiting, p.after = true, 0, &c.exit
	w.write(p, began, "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = %d", c.pid)
}

func (w *world) exit(p *proc) {
	p.exit = w.write(p, w.now, "+++ exited with 0 +++")
	p.dead = true
	switch q := p.parent; {
	case q == nil:
	case q.vforking == p && !p.execed:
		q.after = &p.exit
	case !q.dead && q.waiting > 0:
		w.now += 2
		w.reap(q, p, q.waiting)
	}
}

// run makes up a run, and gives its files.
func (w *world) run() map[int]string {
	w.logs, w.lines, w.taken, w.now = map[int]*strings.Builder{}, map[int]int{}, map[mark]int{}, 1
	root := w.spawn(nil)
	w.write(root, w.now, `execve("/bin/x", ["x"], NULL) = 0`)
	w.write(root, w.now, `pipe2([3, 4], 0) = 0`)
	for range rapid.IntRange(1, 80).Draw(w.t, "steps") {
		if !w.step() {
			break
		}
	}
	logs := map[int]string{}
	for pid, b := range w.logs {
		logs[pid] = b.String()
	}
	return logs
}

// span is where a line's events are in the merged stream.
type span struct{ first, last int }

// check merges logs and gives where their lines went. Each file's lines have to
// come in their order, none twice but in halves.
func check(t interface{ Fatalf(string, ...any) }, logs map[int]string) (at map[mark]span, whole []mark) {
	m := New(membersOf(logs))
	at = map[mark]span{}
	last := map[int]int{}
	entered := map[int]string{}
	for n := 0; ; n++ {
		e, err := m.Read()
		if err == io.EOF {
			return at, whole
		}
		if err != nil {
			t.Fatalf("%v", err)
		}
		if e.Index != n || n > 100000 {
			t.Fatalf("event %d has number %d", n, e.Index)
		}
		k := mark{e.TID, e.Line}
		old, again := at[k]
		switch {
		case e.File != fmt.Sprintf("ff.%d", e.TID):
			t.Fatalf("event of %s has thread %d", e.File, e.TID)
		case !again:
			at[k] = span{n, n}
			whole = append(whole, k)
		default:
			at[k] = span{old.first, n}
		}
		if e.Line < last[e.TID] && !(e.Kind == event.Returned && e.Call.Entered >= 0) {
			t.Fatalf("line %d of %d comes after line %d", e.Line, e.TID, last[e.TID])
		}
		last[e.TID] = e.Line
		switch {
		case e.Kind == event.Entered:
			entered[n] = e.Call.Name
		case e.Kind == event.Returned && e.Call.Entered >= 0:
			if entered[e.Call.Entered] != e.Call.Name {
				t.Fatalf("halves of %q and %q", entered[e.Call.Entered], e.Call.Name)
			}
			delete(entered, e.Call.Entered)
		}
	}
}

// Whatever a run was, its files are merged into an order in which it can have been;
// with times into the one that it was in.
func TestRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t, style: rapid.SampledFrom([]string{"", "-t", "-ttt", "-ttt -T"}).Draw(t, "style")}
		logs := w.run()
		at, whole := check(t, logs)
		var lines int
		for _, n := range w.lines {
			lines += n
		}
		if len(at) != lines {
			t.Fatalf("%d of %d lines", len(at), lines)
		}
		for _, b := range w.before {
			if at[b[0]].first >= at[b[1]].last {
				t.Fatalf("line %d of %d comes before line %d of %d\n%s", b[1].line, b[1].pid, b[0].line, b[0].pid, dump(logs))
			}
		}
		ended := slices.Clone(whole) // a read that is given in two halves brings its bytes with the second
		slices.SortFunc(ended, func(a, b mark) int { return at[a].last - at[b].last })
		bytes := 0
		for _, m := range ended {
			if bytes -= w.taken[m]; bytes < 0 {
				t.Fatalf("line %d of %d reads what was not written\n%s", m.line, m.pid, dump(logs))
			}
		}
		if !strings.HasPrefix(w.style, "-ttt") {
			return
		}
		i := 0
		for _, m := range w.order {
			if m == (mark{}) {
				continue // a wait without an end
			}
			if whole[i] != m {
				t.Fatalf("%d lines in, line %d of %d came, not line %d of %d\n%s", i, whole[i].line, whole[i].pid, m.line, m.pid, dump(logs))
			}
			i++
		}
	})
}

// A set of which files are missing, cut off or another run's is merged too.
func TestDamagedRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{t: t, style: rapid.SampledFrom([]string{"", "-t", "-ttt", "-ttt -T"}).Draw(t, "style")}
		logs := w.run()
		for pid := range w.lines {
			switch rapid.IntRange(0, 3).Draw(t, "damage") {
			case 0:
				delete(logs, pid)
			case 1:
				logs[pid] = logs[pid][:rapid.IntRange(0, len(logs[pid])).Draw(t, "cut")]
			case 2:
				other := 100 + 7*rapid.IntRange(0, 11).Draw(t, "other")
				logs[pid] = strings.ReplaceAll(logs[pid], fmt.Sprintf(" %d", other), fmt.Sprintf(" %d", pid))
			}
		}
		check(t, logs)
	})
}

func dump(logs map[int]string) string {
	var b strings.Builder
	for pid, log := range logs {
		fmt.Fprintf(&b, "== %d\n%s", pid, log)
	}
	return b.String()
}

// FuzzMerge: whatever the files hold, all of it comes, in each file's order.
func FuzzMerge(f *testing.F) {
	for _, test := range orderTests {
		f.Add(test.set)
	}
	f.Fuzz(func(t *testing.T, set string) {
		if len(set) > 1<<16 {
			return
		}
		logs := files(set)
		want := 0
		for _, m := range membersOf(logs) {
			r, _, err := m.Open()
			for err == nil {
				_, err = r.Read()
			}
			if r != nil {
				want += r.Stats().Events
			}
		}
		m := New(membersOf(logs))
		got := 0
		for {
			e, err := m.Read()
			if err != nil {
				break
			}
			if e.Index != got {
				t.Fatalf("event %d has number %d", got, e.Index)
			}
			if e.Kind == event.Returned && e.Call.Entered >= got {
				t.Fatalf("event %d ends call %d", got, e.Call.Entered)
			}
			got++
			if e.Kind == event.Entered && m.given.half != nil && m.given.half.index == e.Index && m.given.event != nil {
				want++ // a call in two halves
			}
		}
		if got != want {
			t.Fatalf("%d events of %d", got, want)
		}
	})
}
