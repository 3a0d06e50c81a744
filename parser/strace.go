package parser

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// straceReader reads an strace log. Read takes lines until one gives an event;
// line finds out what a line is, and one small function handles each form.
type straceReader struct {
	lines lines
	name  string
	stats Stats
	scan  scanner
	clock clock
	who   threads

	now     prefix     // of the line being read
	time    event.Time // of the line being read
	ready   []*event.Event
	done    bool
	pending map[int]*pendingCall // by TID: calls that have begun and not ended
	execs   map[int]bool         // by TID: those of pending that are an execve
	held    int                  // bytes of text that pending holds
	spare   []*pendingCall
	// What open has found last, when lastTID isn't 0.
	lastTID  int
	lastOpen *pendingCall
	summary  summaryPart // where in the table of strace -C the next line is
	begun    int         // the thread whose call was the last to begin and not end
	told     int         // the line that last told of an exit inside a call
	from     int         // the line where a mended call begins, 0 for any other
	torn     *tornCall   // the call into whose line other text broke, nil when none
	quickly  quickEvent
	closely  bool // no line is taken quickly
}

func newStrace(b io.Reader, head []byte, name string) *straceReader {
	r := newStraceText(b, name)
	r.who.main = firstThread(head)
	return r
}

func newStraceText(b io.Reader, name string) *straceReader {
	return &straceReader{
		lines:   lines{blocks: newBlockReader(b)},
		name:    name,
		stats:   Stats{Kind: "strace"},
		who:     newThreads(),
		pending: map[int]*pendingCall{},
		execs:   map[int]bool{},
	}
}

// Stats says what has been read so far.
func (r *straceReader) Stats() Stats {
	s := r.stats
	s.First = slices.Clone(s.First)
	return s
}

// Read gives the next event, io.EOF after the last.
func (r *straceReader) Read() (*event.Event, error) {
	for len(r.ready) == 0 {
		if r.done {
			return nil, io.EOF
		}
		if r.lines.last() {
			r.forget()
		}
		q, err := r.lines.next()
		switch {
		case errors.Is(err, io.EOF):
			r.done = true
			r.stayed("")
			r.lose()
			r.abandonAll()
		case err != nil:
			return nil, err
		default:
			if e := r.quick(q); e != nil {
				return e, nil
			}
			r.line(r.lines.whole(q))
		}
	}
	e := r.ready[0]
	r.ready[0] = nil
	r.ready = r.ready[1:]
	return e, nil
}

// forget lets go of the last line, which may be large, before others are read.
func (r *straceReader) forget() {
	r.quickly.call = event.Call{}
	r.now.comm, r.scan.s = "", ""
}

// emit gives an event out, with all that the line's prefix says about it.
func (r *straceReader) emit(e *event.Event) *event.Event {
	e.Index = r.stats.Events
	e.File = r.name
	if e.Line == 0 {
		e.Line = r.lineNumber()
	}
	if e.Time.Clock == event.NoClock {
		e.Time = r.time
	}
	r.stats.Events++
	if e.Kind == event.Returned {
		r.stats.Calls++
	}
	r.ready = append(r.ready, e)
	return e
}

// lineNumber is where the event that is being read begins.
func (r *straceReader) lineNumber() int {
	if r.from > 0 {
		return r.from
	}
	return r.lines.n
}

// emitHere gives out an event of the thread that the line is about.
func (r *straceReader) emitHere(e *event.Event) *event.Event {
	e.TID, e.Comm = r.now.tid, r.now.comm
	return r.emit(e)
}

// unknown keeps a line that was not understood.
func (r *straceReader) unknown(l line, why string) {
	r.stats.skip(r.name, r.lines.n, l.text, why)
	if !l.whole {
		r.stats.Truncated = true
	}
	r.emitHere(&event.Event{Kind: event.Unknown, Text: l.text})
}

func (r *straceReader) comment(text string) {
	r.emitHere(&event.Event{Kind: event.Comment, Text: text})
}

func (r *straceReader) line(l line) {
	l.text = withoutTail(withoutNoise(l.text))
	var body string
	r.now, body = cutPrefix(l.text)
	form := formOf(body)
	if form == formOther && l.text != "" && (l.text[0] == ' ' || l.text[0] == '\t') {
		if text := strings.TrimLeft(l.text, " \t"); isTraceLine(text) { // an indented log
			r.now, body = cutPrefix(text)
			form = formOf(body)
		}
	}
	if form == formOther && !r.who.column && (r.now.style == barePID || r.now.clock != r.clock.last.Clock) {
		r.now, body = prefix{}, l.text // a number that the program printed
	}
	r.who.name(&r.now)
	r.time = r.clock.at(r.now)
	if l.long {
		r.unknown(l, "the line is longer than 64 MiB")
		return
	}
	if r.torn != nil && r.mend(l, form) {
		return
	}
	switch form {
	case formCall:
		r.call(l, body)
	case formResumed:
		r.resumed(l, body)
	case formSignal:
		r.signal(l, body)
	case formExit:
		r.exit(l, body)
	case formDetail:
		r.comment(l.text)
	case formMessage:
		r.message(l.text)
	default:
		r.other(l, body)
	}
}

// withoutTail takes off blanks behind a line that can only be strace's.
func withoutTail(text string) string {
	if short := strings.TrimRight(text, " \t"); len(short) < len(text) && isTraceLine(short) {
		return short
	}
	return text
}

// call handles a line that begins with name(.
func (r *straceReader) call(l line, body string) {
	name := callName(body)
	rest := body[len(name)+1:]
	why := r.callText(name, rest)
	if why == "" {
		return
	}
	switch {
	case !l.whole && r.lastCall(name, rest):
	case !r.who.column && (r.mixedWrite(l, name, rest) || r.tear(l, name, rest)):
	case why == argsOpen && r.stays(l, name, rest, why):
	default:
		r.unknown(l, why)
	}
}

// lastCall handles a call that the log ends in: strace writes the arguments
// known at entry and waits. It returns false when the log is cut elsewhere.
func (r *straceReader) lastCall(name, text string) bool {
	r.scan.reset(text)
	l := r.scan.list(')')
	if r.scan.open || l.closed && strings.Trim(text[r.scan.i:], " =") != "" {
		return false
	}
	r.stats.Truncated = true
	c := event.NewCall(name, l.elems...)
	c.Unfinished = true
	r.emitCall(c)
	return true
}

// callText handles the text after "name(": a whole call, the first half of one,
// or one that strace was detached from. It returns why it is none of them.
func (r *straceReader) callText(name, text string) (why string) {
	if args, ok := strings.CutSuffix(text, "<unfinished ...>"); ok {
		args = strings.TrimSuffix(strings.TrimRight(args, " "), "^C")
		if strings.HasSuffix(args, "<unfinished ...>") {
			return "it is marked as unfinished twice"
		}
		return r.begin(name, args)
	}
	if args, code, ok := cutEnd(text); ok {
		return r.ended(name, args, code)
	}
	c := event.Call{Name: name, Entered: -1}
	if args, note, ok := cutLost(text); ok {
		first, ok := r.firstArgs(args)
		if !ok || r.from > 0 && r.scan.open { // what is left out would be whole lines
			return endsEarly
		}
		c.Duration, c.Unfinished = -1, true
		c.SetArgs(first)
		c.Ret.Note = note
	} else if why := r.parseCall(&c, text); why != "" {
		if old := oldNetlink(text); why == argsOpen && old != text {
			return r.callText(name, old)
		}
		return why
	}
	if !r.who.column && isMixed(&c) {
		return "output of the program stands inside"
	}
	r.emitCall(&c)
	return ""
}

func (r *straceReader) emitCall(c *event.Call) {
	r.emitHere(&event.Event{Kind: event.Returned, Call: c})
	r.who.returned(r.now.tid, c)
}

// parseCall reads what follows "name(": arguments and result. It returns why
// the text was not understood.
func (r *straceReader) parseCall(c *event.Call, text string) (why string) {
	p := &r.scan
	p.reset(text)
	l := p.list(')')
	if !l.closed {
		return argsOpen
	}
	c.Unfinished = p.unfinished
	p.spaces()
	if p.peek() == '(' { // old straces: sigreturn() (mask [])
		start := p.i
		if _, ok := p.parenthesis(); ok {
			l.elems = append(l.elems, event.Value{Kind: event.Raw, Str: event.Printable(text[start:p.i])})
			p.spaces()
		}
	}
	c.SetArgs(l.elems)
	if !p.skip("=") {
		return "there is no result"
	}
	p.spaces()
	if !p.result(c) {
		return "the result has no known form"
	}
	return ""
}

// argsOpen is why a line is no whole call.
const argsOpen = "the arguments do not end"

// endsEarly is why a line is no first half: another line is glued to it.
const endsEarly = "the arguments end before the line does"

// firstArgs reads the arguments of a first half, those that are whole. ok is false
// when they end before the text does.
func (r *straceReader) firstArgs(text string) (args []event.Value, ok bool) {
	r.scan.reset(text)
	l := r.scan.list(')')
	if r.scan.open && len(l.elems) > 0 {
		l.elems = l.elems[:len(l.elems)-1]
	}
	return l.elems, !l.closed && r.scan.i >= len(text)
}

func (r *straceReader) signal(l line, body string) {
	kind, info, ok := r.scan.parseSignal(body)
	if !ok {
		r.unknown(l, "the signal has no known form")
		return
	}
	r.emitHere(&event.Event{Kind: kind, Signal: info})
}

func (r *straceReader) exit(l line, body string) {
	exit, ok := parseExit(body)
	if !ok {
		r.unknown(l, "the exit has no known form")
		return
	}
	r.abandon(r.now.tid)
	if exit.SupersededBy == 0 {
		if r.told > 0 && r.told == r.lines.n-1 { // strace 4.6 says it twice
			r.comment(l.text)
			return
		}
		r.emitExit(exit)
		return
	}
	r.emitHere(&event.Event{Kind: event.Exited, Exit: exit})
	if r.execs[exit.SupersededBy] {
		r.put(r.now.tid, r.take(exit.SupersededBy))
	} else {
		r.abandon(exit.SupersededBy)
	}
	r.who.exited(exit.SupersededBy)
}

// message handles what strace says itself.
func (r *straceReader) message(text string) {
	tid, verb, ok := processMessage(text)
	if !ok || verb != "attached" {
		r.comment(text)
		return
	}
	start := &event.Start{Attached: r.stats.Calls == 0 && len(r.pending) == 0 && r.torn == nil}
	r.who.attached(tid, start.Attached)
	r.emit(&event.Event{Kind: event.Started, TID: tid, Start: start})
}

// other handles a line that is none of strace's events.
func (r *straceReader) other(l line, body string) {
	switch {
	case r.summary != noSummary || isSummaryHead(l.text):
		r.summary = r.summary.next(l.text)
		r.comment(l.text)
	case r.tail(l):
	case l.text == "" && r.who.column: // the rest of a line that was wrapped
		r.comment("")
	case r.who.column || r.now.present:
		r.unknown(l, "no form of strace's lines")
	default:
		r.output(l.text)
	}
}
