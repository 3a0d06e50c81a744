package parser

import (
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
