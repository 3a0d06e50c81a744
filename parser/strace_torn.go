package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// On stderr, a call's line can be torn: strace prints the beginning when the
// call is entered, then the program's own output or a message of strace comes,
// and the rest of the call stands behind it.
//
//	write(1, "hello\n", 6hello
//	)                  = 6
//	clone(child_stack=NULL, flags=SIGCHLDstrace: Process 12 attached
//	, child_tidptr=0x7efec3147a10) = 12

// tornCall is the first part of such a line.
type tornCall struct {
	at   prefix
	time event.Time
	line line
	n    int    // its number
	name string // of the call
	args string // the text after "(", when a message of strace came in between
	// call holds the arguments when the program's output came in between.
	call *event.Call
	past int    // lines that were not the rest
	cut  string // nothing came in between: why the line is no call
	ends bool   // cut, and a thread may wait in the call as it stands
	more []line // that were taken for its rest, and are not until it ends
}

// maxBroken is how long a call may be that somebody has broken into lines.
const maxBroken = 64 << 10

// maxPast is how many foreign lines may stand before the rest of a call that a
// message of strace broke into.
const maxPast = 16

// tear takes a line for the first part of a torn one. It returns false when
// there is no sign that it is one.
func (r *straceReader) tear(l line, name, text string) bool {
	if args, message, ok := cutMessage(text); ok {
		args = strings.TrimSuffix(args, "^C")
		r.lose()
		r.torn = &tornCall{at: r.now, time: r.time, line: l, n: r.lines.n, name: name, args: args}
		r.now, r.time = prefix{}, event.Time{}
		r.message(message)
		return true
	}
	if r.torn != nil && r.torn.call != nil { // more of the program's output
		r.output(l.text)
		return true
	}
	return false
}

// cutMessage separates "flags=SIGCHLDstrace: Process 12 attached".
func cutMessage(text string) (before, message string, ok bool) {
	i := strings.LastIndex(text, "Process ")
	if i >= 0 {
		_, _, ok = processMessage(text[i:])
	}
	if !ok { // any other of its messages
		if i = strings.LastIndex(text, "strace: "); i < 0 {
			return "", "", false
		}
		i += len("strace: ")
	}
	start := i
	if name, found := strings.CutSuffix(text[:i], ": "); found {
		if start = strings.LastIndexAny(name, " ,>)}]\"") + 1; !strings.HasPrefix(name[start:], "/") {
			start = max(start, strings.LastIndex(name, "strace"))
		}
	}
	return text[:start], text[start:], true
}

// lose gives up on the torn call: its rest did not come.
func (r *straceReader) lose() {
	t := r.torn
	if t == nil {
		return
	}
	r.torn = nil
	why := "the call's line breaks off"
	if t.cut != "" {
		why = t.cut
	}
	r.stats.skip(r.name, t.n, t.line.text, why)
	r.emit(&event.Event{Kind: event.Unknown, TID: t.at.tid, Comm: t.at.comm, Line: t.n, Time: t.time, Text: t.line.text})
	if !t.line.whole {
		r.stats.Truncated = true
	}
	r.giveBack(t)
}

// giveBack gives out the lines that were taken for the rest of a torn call.
func (r *straceReader) giveBack(t *tornCall) {
	now := r.now
	for i, l := range t.more {
		r.now, r.from = prefix{}, t.n+1+i
		r.other(l, l.text)
	}
	r.now, r.from = now, 0
}

// stays keeps a call without an end. Somebody may have broken the line, or the thread
// waits in the call until strace is interrupted, which then says no more, or "Process 12
// detached": strace writes the arguments that are known at entry. It returns false when
// the line is nothing of the kind.
func (r *straceReader) stays(l line, name, text, why string) bool {
	text = strings.TrimSuffix(text, "^C")
	if !l.whole || len(text) > maxBroken {
		return false
	}
	ok, ends := r.argsGoOn(text)
	if !ok {
		return false
	}
	r.lose()
	r.torn = &tornCall{at: r.now, time: r.time, line: l, n: r.lines.n, name: name, args: text, cut: why, ends: ends}
	return true
}

// argsGoOn says whether a text is of arguments that do not end, and whether it ends
// between two of them.
func (r *straceReader) argsGoOn(text string) (ok, ends bool) {
	r.scan.reset(text)
	args := r.scan.list(')')
	return !args.closed && r.scan.i >= len(text) && (text == "" || len(args.elems) > 0), !r.scan.open
}

// stayed gives out the call that the log, or the tracing of its thread, ended in.
func (r *straceReader) stayed(note string) {
	t := r.torn
	if t == nil || !t.ends {
		return
	}
	args, _ := r.firstArgs(t.args)
	c := event.NewCall(t.name, args...)
	c.Unfinished, c.Ret.Note = true, note
	r.torn = nil
	r.stats.Truncated = r.stats.Truncated || note == ""
	r.now, r.time, r.from = t.at, t.time, t.n
	r.emitCall(c)
	r.giveBack(t)
}

// mend looks whether the line is the rest of the torn call, or output of the
// program that stands before it.
func (r *straceReader) mend(l line, form form) bool {
	t := r.torn
	if t.cut != "" && r.who.column && (form != formOther || r.now.present) {
		r.lose()
		return false
	}
	if form == formMessage && isDetached(l.text) {
		now, time := r.now, r.time
		r.stayed("detached")
		r.now, r.time = now, time
		return false
	}
	if form != formOther {
		if form != formMessage && form != formDetail && r.now.tid == t.at.tid && (form != formCall || isTraceLine(l.text)) {
			r.lose() // its thread does something else
		}
		return false
	}
	if t.call != nil {
		r.mendWrite(t, l)
		return true
	}
	now, time := r.now, r.time
	r.now, r.time, r.torn, r.from = t.at, t.time, nil, t.n
	whole := t.args
	for _, m := range t.more {
		whole += m.text
	}
	whole += l.text
	why := r.callText(t.name, whole)
	r.from = 0
	if why == "" {
		return true
	}
	r.now, r.time, r.torn = now, time, t
	if t.cut != "" && t.past == 0 && why == argsOpen && l.text != "" && len(whole) <= maxBroken && len(t.more) < maxPast {
		if ok, _ := r.argsGoOn(whole); ok {
			l.text = strings.Clone(l.text)
			t.more = append(t.more, l)
			return true
		}
	}
	if t.past++; t.past >= maxPast {
		r.lose()
	}
	return false
}

// mendWrite handles a line after a torn write: the rest of what was written,
// with or without the end of the call.
func (r *straceReader) mendWrite(t *tornCall, l line) {
	c := *t.call
	before, ok := r.cutResult(&c, l.text)
	if !ok {
		r.output(l.text)
		return
	}
	if before != "" {
		r.output(before)
	}
	r.torn = nil
	r.now, r.time, r.from = t.at, t.time, t.n
	r.emitCall(&c)
	r.from = 0
}

// output emits a line, or part of one, that the program wrote.
func (r *straceReader) output(text string) {
	r.emit(&event.Event{Kind: event.Output, Text: text})
}

// cutResult separates what stands before the last ") = " and reads the result
// behind it into c.
func (r *straceReader) cutResult(c *event.Call, text string) (before string, ok bool) {
	for end := len(text); ; {
		i := strings.LastIndexByte(text[:end], ')')
		if i < 0 || len(text)-i > 1000 {
			return "", false
		}
		p := &r.scan
		p.reset(text[i+1:])
		p.spaces()
		if p.i > 0 && p.skip("= ") && p.result(c) {
			return text[:i], true
		}
		end = i
	}
}

// isMixed says whether the program's output stands behind a write's last
// argument: write(2, "ls: ", 4ls: ) = 4.
func isMixed(c *event.Call) bool {
	return writes(c.Name) && len(c.Args()) >= 3 && (len(c.Args()) > 3 || c.Args()[2].Kind == event.Raw)
}

// writes says whether the call can put text on the stream that strace shares
// with the program.
func writes(name string) bool { return name == "write" || name == "writev" }

// mixedWrite handles a write in whose line its own output stands. The rest of
// the call is on the same line, or on a later one.
func (r *straceReader) mixedWrite(l line, name, text string) bool {
	if !writes(name) {
		return false
	}
	args, written, ok := r.cutWrite(text)
	if !ok {
		return false
	}
	r.lose()
	c := event.NewCall(name, args...)
	known := 0 // bytes that are certainly the data, whatever they look like
	if first, _, _ := strings.Cut(args[1].Str, "\n"); strings.HasPrefix(written, first) {
		known = len(first)
	}
	if before, ok := r.cutResult(c, written[known:]); ok {
		if before = written[:known+len(before)]; before != "" {
			r.output(before)
		}
		r.emitCall(c)
		return true
	}
	r.torn = &tornCall{at: r.now, time: r.time, line: l, n: r.lines.n, name: name, call: c}
	if written != "" {
		r.output(written)
	}
	return true
}

// cutWrite reads a write's arguments: descriptor, data, and the count to which
// the written text is glued.
func (r *straceReader) cutWrite(text string) (args []event.Value, written string, ok bool) {
	p := &r.scan
	p.reset(text)
	for range 2 {
		args = append(args, p.value(false))
		if !p.skip(",") {
			return nil, "", false
		}
		p.spaces()
	}
	digits := countDigits(text[p.i:], args[1])
	n, err := strconv.ParseInt(text[p.i:p.i+digits], 10, 64)
	args = append(args, event.Value{Kind: event.Int, Int: n})
	return args, text[p.i+digits:], err == nil
}

// maxCount is how many digits a count may have.
const maxCount = 20

// countDigits says how many of the leading digits belong to the count, where
// the data itself may begin with digits: 2 and "1\n" give "21".
func countDigits(s string, data event.Value) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if data.Kind != event.String {
		return n
	}
	if !data.Cut {
		if count := strconv.Itoa(len(data.Str)); strings.HasPrefix(s, count) {
			return len(count)
		}
	}
	first, _, _ := strings.Cut(data.Str, "\n")
	for k := min(n, maxCount); k > 0; k-- {
		if strings.HasPrefix(s[k:], first) {
			return k
		}
	}
	return n
}
