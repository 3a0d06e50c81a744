package parser

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/stracex/stracex/event"
)

// pendingCall is the first half of a call.
type pendingCall struct {
	name  string
	args  string // text after "(" without the mark at the end, in room unless it is large
	line  int
	index int // of its Entered event
	tries int // second halves that did not fit
	// closely: the first half is of no plain form, so the whole may be of none.
	closely bool
	room    []byte
}

const (
	maxPending   = 1 << 16             // calls that may be open at a time
	maxHalves    = maxLine + maxLine/4 // bytes of text of their first halves
	maxSpare     = 64                  // pendingCalls that are kept to be used again
	maxSpareRoom = 4096
)

// hold keeps a call that has begun, until its second half comes; nil when there
// are too many.
func (r *straceReader) hold(tid int, name, args string, begun *event.Event) *pendingCall {
	if len(r.pending) >= maxPending || r.held+len(args) > maxHalves {
		r.stats.skip(r.name, r.lines.n, name, "too many calls are unfinished at a time")
		return nil
	}
	var p *pendingCall
	if n := len(r.spare) - 1; n >= 0 {
		p, r.spare = r.spare[n], r.spare[:n]
	} else {
		p = new(pendingCall)
	}
	if len(args) <= maxHalves/2 {
		if len(args) > largeSize {
			r.lines.blocks.collect(len(args))
		}
		p.room = append(p.room[:0], args...)
		args = unsafe.String(unsafe.SliceData(p.room), len(p.room))
	} // else its block's memory is not used again
	p.name, p.args, p.line, p.index = name, args, begun.Line, begun.Index
	p.tries, p.closely = 0, false
	r.begun = tid
	r.put(tid, p)
	return p
}

// useAgain takes back what take gave. Its text must last until the next Read only.
func (r *straceReader) useAgain(p *pendingCall) {
	if len(r.spare) < maxSpare && cap(p.room) <= maxSpareRoom {
		r.spare = append(r.spare, p)
	}
}

// open is the thread's call that has begun and not ended, nil when there is none.
func (r *straceReader) open(tid int) *pendingCall {
	if len(r.pending) == 0 {
		return nil
	}
	if tid != r.lastTID || r.lastTID == 0 {
		r.lastTID, r.lastOpen = tid, r.pending[tid]
	}
	return r.lastOpen
}

// put makes p the thread's open call.
func (r *straceReader) put(tid int, p *pendingCall) {
	r.lastTID = 0
	r.pending[tid] = p
	r.held += len(p.args)
	if p.name == "execve" || p.name == "execveat" {
		r.execs[tid] = true
	}
}

// take removes the thread's open call.
func (r *straceReader) take(tid int) *pendingCall {
	p := r.open(tid)
	if p != nil {
		r.lastTID, r.lastOpen = 0, nil
		delete(r.pending, tid)
		delete(r.execs, tid)
		r.held -= len(p.args)
	}
	return p
}

// begin handles the first half of a call. It returns why it is none.
func (r *straceReader) begin(name, text string) (why string) {
	args, ok := r.firstArgs(text)
	if !ok {
		return endsEarly
	}
	tid := r.now.tid
	r.abandon(tid)
	e := r.emitHere(&event.Event{Kind: event.Entered, Call: event.NewCall(name, args...)})
	r.who.entered(tid, name)
	if p := r.hold(tid, name, text, e); p != nil {
		p.closely = true
	}
	return ""
}

// resumed handles the second half of a call: "<... read resumed>"x", 1) = 1".
func (r *straceReader) resumed(l line, body string) {
	name, rest, _ := strings.Cut(body[len("<... "):], " resumed>")
	first := r.firstHalf(name)
	if first != nil {
		r.join(l, first, rest)
		return
	}
	c := event.Call{Name: name, Entered: -1, Partial: true}
	if why := r.parseCall(&c, strings.TrimPrefix(rest, ",")); why != "" {
		r.unknown(l, why)
		return
	}
	r.emitCall(&c)
}

// firstHalf finds the first half of a call that is resumed. An execve may have
// been started under another thread id, since the thread takes over the
// leader's; and the first process has no id before strace knows of a second.
func (r *straceReader) firstHalf(name string) *pendingCall {
	if p := r.pending[r.now.tid]; p != nil && sameCall(p.name, name) {
		return r.take(r.now.tid)
	}
	if p := r.pending[0]; p != nil && p.name == name && r.now.style == bracketPID {
		r.who.learn(r.now.tid)
		return r.take(0)
	}
	r.abandon(r.now.tid)
	if len(r.execs) == 1 {
		for other := range r.execs {
			if r.pending[other].name == name {
				return r.take(other)
			}
		}
	}
	return nil
}

// abandon ends the thread's open call, if there is one: its end will not come.
func (r *straceReader) abandon(tid int) {
	p := r.take(tid)
	if p == nil {
		return
	}
	args, _ := r.firstArgs(p.args)
	c := event.NewCall(p.name, args...)
	c.Entered, c.Unfinished = p.index, true
	c.SetShown(len(args))
	r.emit(&event.Event{Kind: event.Returned, TID: tid, Line: p.line, Time: r.clock.last, Call: c})
}

// abandonAll ends all open calls, at the end of the log.
func (r *straceReader) abandonAll() {
	tids := make([]int, 0, len(r.pending))
	for tid := range r.pending {
		tids = append(tids, tid)
	}
	slices.Sort(tids)
	for _, tid := range tids {
		r.abandon(tid)
	}
}
