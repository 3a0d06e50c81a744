package parser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

// account follows a reader line by line, and checks that all that a line says
// comes out in an event.
type account struct {
	t    testing.TB
	r    *straceReader
	torn *tornCall // before the line
	held []line    // lines that were taken for the torn call's rest
}

// checkAccount reads a log and checks its account.
func checkAccount(t testing.TB, r *straceReader) {
	t.Helper()
	a := account{t: t, r: r}
	skipped := 0
	for {
		q, err := r.lines.next()
		if err != nil {
			break
		}
		if e := r.quick(q); e != nil {
			a.line(r.lines.whole(q), []*event.Event{e})
			continue
		}
		l := r.lines.whole(q)
		r.line(l)
		a.line(l, r.ready)
		skipped += a.taken()
	}
	r.stayed("")
	r.lose()
	a.ended(r.ready)
	r.abandonAll()
	skipped += a.taken()
	if r.torn != nil || len(r.pending) != 0 || len(r.execs) != 0 || r.held != 0 {
		t.Fatalf("kept: %v, %d calls, %d execs, %d bytes", r.torn, len(r.pending), len(r.execs), r.held)
	}
	if r.stats.Skipped != skipped {
		t.Fatalf("%d lines skipped, %d events of such", r.stats.Skipped, skipped)
	}
}

// taken forgets the events that are ready, and counts those that were skipped.
func (a *account) taken() (skipped int) {
	for _, e := range a.r.ready {
		if e.Kind == event.Unknown {
			skipped++
		}
	}
	a.r.ready = a.r.ready[:0]
	return skipped
}

// line checks what came of a line: it has an event, or it is kept as the beginning
// of a torn call, or it ended one.
func (a *account) line(l line, events []*event.Event) {
	a.t.Helper()
	n := a.r.lines.n
	mended := a.ended(events)
	kept := a.r.torn != nil && a.r.torn.n == n
	l.text = withoutTail(withoutNoise(l.text))
	if kept && a.r.torn.line.text != l.text {
		a.t.Fatalf("line %d is kept as %q: %q", n, a.r.torn.line.text, l.text)
	}
	var own []*event.Event
	for _, e := range events {
		if e.Line == n {
			own = append(own, e)
		}
	}
	held := a.r.torn != nil && len(a.r.torn.more) > len(a.held)
	if held {
		a.held = append(a.held, l)
	}
	if len(own) == 0 && !kept && !mended && !held {
		a.t.Fatalf("line %d is lost: %q", n, l.text)
	}
	if rest, ok := cutTexts(l.text, own); !ok {
		a.t.Fatalf("line %d %q is not what its events say: %q", n, l.text, texts(own))
	} else if rest != "" && !kept && !mended && !held && !hasMore(own) {
		a.t.Fatalf("line %d: %q of %q is lost", n, rest, l.text)
	}
	if a.torn == nil && !kept && !held {
		a.letters(l.text, own)
	}
	a.torn = a.r.torn
}

// letters checks that the events of a line have as many letters as it has.
func (a *account) letters(text string, events []*event.Event) {
	a.t.Helper()
	if isShort(text, events) {
		return
	}
	_, body := cutPrefix(strings.TrimLeft(text, " \t"))
	if isResumed(body) {
		_, body, _ = strings.Cut(body, " resumed>")
	}
	var printed string
	for _, e := range events {
		_, line, _ := strings.Cut(describe(e), ": ")
		printed += line
	}
	if had, has := countLetters(body), countLetters(printed); has < had {
		a.t.Fatalf("line %d: %q has %d letters, what was read of it %d: %q", a.r.lines.n, text, had, has, printed)
	}
}

// short is in lines of which the events have less to say: undone escapes, old
// addresses of signals, numbers that became one, a terminal's ^C, why strace let go
// of a thread.
var short = []string{"\\", "|0", "^", " @ ", " <ptrace(", " <Cannot restart pid "}

func isShort(text string, events []*event.Event) bool {
	for _, s := range short {
		if strings.Contains(text, s) {
			return true
		}
	}
	for _, e := range events {
		switch {
		case e.Kind == event.Started:
			return true
		case e.Kind == event.Entered, e.Kind == event.Returned && e.Call.Unfinished:
			return true // without the argument that breaks off
		}
	}
	return false
}

// joins says whether a call goes on with a line: the letters that it begins with are in
// it.
func joins(e *event.Event, line string) bool {
	const few = 8
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if c := r | 0x20; 'a' <= c && c <= 'z' {
				return r
			}
			return -1
		}, s)
	}
	begin := letters(line)
	return strings.Contains(letters(describe(e)), begin[:min(few, len(begin))])
}

func countLetters(s string) (n int) {
	for i := range len(s) {
		if c := s[i] | 0x20; 'a' <= c && c <= 'z' {
			n++
		}
	}
	return n
}

// ended checks that a torn call that was kept came out when it is kept no more,
// and says whether it was mended.
func (a *account) ended(events []*event.Event) (mended bool) {
	a.t.Helper()
	was := a.torn
	if was == nil || a.r.torn == was {
		return false
	}
	held := a.held
	a.held = nil
	for _, e := range events {
		switch {
		case e.Line != was.n && len(held) > 0 && hasText(e) && strings.Contains(held[0].text, e.Text):
			held = held[1:] // it was given back
		}
	}
	for _, e := range events {
		switch {
		case e.Line != was.n:
		case e.Kind == event.Returned && e.Call.Name == was.name, e.Kind == event.Entered && e.Call.Name == was.name:
			if len(held) > 0 && len(was.more) > 0 && e.Kind == event.Returned && e.Call.Unfinished && !joins(e, held[0].text) {
				a.t.Fatalf("line %d, held for the call of line %d, is lost: %q", was.n+1, was.n, held[0].text)
			}
			return true
		case e.Kind == event.Unknown && e.Text == was.line.text:
			if len(held) > 0 {
				a.t.Fatalf("a line held for the call of line %d is lost: %q", was.n, held[0].text)
			}
			return false
		}
	}
	a.t.Fatalf("the call that begins on line %d is lost: %q", was.n, was.line.text)
	return false
}

// cutTexts takes the texts of events, in their order, out of the line that they
// are of; ok is false when one is not of it.
func cutTexts(line string, events []*event.Event) (rest string, ok bool) {
	for _, e := range events {
		if hasText(e) {
			before, after, found := strings.Cut(line, e.Text)
			if !found {
				return "", false
			}
			rest += before
			line = after
		}
	}
	return rest + line, true
}

func hasText(e *event.Event) bool {
	return e.Kind == event.Unknown || e.Kind == event.Output || e.Kind == event.Comment
}

// hasMore says whether an event tells of a line by more than its text.
func hasMore(events []*event.Event) bool {
	for _, e := range events {
		if !hasText(e) {
			return true
		}
	}
	return false
}

func texts(events []*event.Event) (all []string) {
	for _, e := range events {
		if hasText(e) {
			all = append(all, e.Text)
		}
	}
	return all
}

// maxFollowed is how much of a log is followed: each line is read several times.
const maxFollowed = 1 << 19

// TestNothingIsLost follows the reader through all logs there are, and reads each
// event again.
func TestNothingIsLost(t *testing.T) {
	logs, _ := filepath.Glob(examples + "/*.log")
	if len(logs) == 0 {
		t.Fatal("no examples")
	}
	found, _ := filepath.Glob(corpus + "/*/*.log")
	for _, path := range append(logs, found...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			log, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkAll(t, log[:min(len(log), maxFollowed)])
		})
	}
}

// checkAll reads a log, follows its reader and reads each event again.
func checkAll(t testing.TB, log []byte) ([]*event.Event, Stats) {
	t.Helper()
	events, stats := readAll(t, log)
	checkEachAgain(t, events)
	if r, err := New(bytes.NewReader(log), "log"); err == nil {
		if u, ok := r.(*unpacked); ok {
			r = u.Reader
		}
		checkAccount(t, r.(*straceReader))
	}
	return events, stats
}
