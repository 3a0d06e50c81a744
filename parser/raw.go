package parser

import (
	"fmt"
	"io"
	"slices"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// rawReader reads a capture. Read takes records until one gives an event;
// record finds out what a record is, and one small function handles each kind.
//
// A call is held at its entry: when its exit is the next thing that happens it
// becomes one event, as it is one line of strace.
type rawReader struct {
	stx     *stx.Reader
	name    string
	verbose bool // structures are written whole
	stats   Stats
	begin   *stx.Begin
	finish  *stx.Finish

	ready  []*event.Event
	open   map[int]*rawCall // by TID: calls that have begun and not ended
	bytes  int              // of memory that open holds
	held   *rawCall         // the last of them, while no event tells of it
	asides []*event.Event   // what came up during held and is no part of any call
	now    int64            // time of the last record
	done   bool

	interrupted map[int]string // by TID: the call that a restart_syscall would go on with
	netlinks    netlinks
}

// rawCall is a call that has begun.
type rawCall struct {
	tid   int
	time  int64
	enter *stx.Enter
	// restarts is the call that this restart_syscall goes on with.
	restarts string
	entry    int // index of its Entered event, -1 if there is none
	shown    int // arguments of that event
	bytes    int // of memory that enter holds
}

const maxAsides = 1 << 10

// maxOpenBytes is how much memory of calls that have begun is kept, in bytes.
const maxOpenBytes = 256 << 20

// newRaw reads a capture.
func newRaw(r io.Reader, name string, verbose bool) (Reader, error) {
	s, err := stx.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &rawReader{stx: s, name: name, verbose: verbose, stats: Stats{Kind: "capture"},
		open: map[int]*rawCall{}, interrupted: map[int]string{}, netlinks: newNetlinks()}, nil
}

// Begin says what was run, where and when; nil before the first Read.
func (r *rawReader) Begin() *stx.Begin { return r.begin }

// Finish says how the capture ended; nil when it did not, or is not read yet.
func (r *rawReader) Finish() *stx.Finish { return r.finish }

// Stats says what has been read so far.
func (r *rawReader) Stats() Stats {
	s := r.stats
	s.Skipped += r.stx.Skipped()
	s.Truncated = r.done && r.stx.Truncated()
	s.First = slices.Clone(s.First)
	return s
}

// Read gives the next event, io.EOF after the last.
func (r *rawReader) Read() (*event.Event, error) {
	for len(r.ready) == 0 {
		if r.done {
			return nil, io.EOF
		}
		rec, err := r.stx.Read()
		switch {
		case err == io.EOF:
			r.done = true
			r.abandonAll()
			if r.stx.Truncated() {
				r.give(0, r.now, &event.Event{Kind: event.Comment, Text: "the capture is truncated: " + r.stx.Why()})
			}
		case err != nil:
			return nil, err
		default:
			r.record(rec)
		}
	}
	e := r.ready[0]
	r.ready[0] = nil
	r.ready = r.ready[1:]
	return e, nil
}

func (r *rawReader) record(rec *stx.Record) {
	r.now = rec.Time
	switch rec.Kind {
	case stx.KindBegin:
		r.begin = rec.Begin
	case stx.KindFinish:
		r.finish = rec.Finish
		if text := finishText(rec.Finish); text != "" {
			r.aside(rec, &event.Event{Kind: event.Comment, Code: finishCode(rec.Finish), Text: text})
		}
	case stx.KindEnter:
		r.enter(rec)
	case stx.KindExit:
		r.exit(rec)
	case stx.KindExec:
		r.exec(rec)
	case stx.KindEnd:
		r.end(rec)
	case stx.KindSignal:
		r.emit(rec, &event.Event{Kind: event.Signal, Signal: signalEvent(r.arch(rec.TID), rec.Signal)})
	case stx.KindStop:
		r.emit(rec, &event.Event{Kind: event.Stopped, Signal: &event.SignalInfo{Name: abi.SignalName(rec.Signal.Signo)}})
	case stx.KindStart:
		r.netlinks.started(rec.TID, rec.Start)
		r.aside(rec, &event.Event{Kind: event.Started, Start: (*event.Start)(rec.Start)})
	case stx.KindProcess:
		r.aside(rec, &event.Event{Kind: event.Snapshot, Process: processEvent(rec.Process)})
	case stx.KindEvidence:
		r.emit(rec, &event.Event{Kind: event.Evidence, Evidence: evidenceEvent(rec.Evidence)})
	case stx.KindNote:
		r.aside(rec, &event.Event{Kind: event.Comment, Text: noteText(rec.Note), Code: rec.Note.Code})
	case stx.KindLost:
		r.aside(rec, &event.Event{Kind: event.Comment, Text: fmt.Sprintf("%d events were lost", rec.Lost.Count)})
	}
}

// arch is that of the capture's machine.
func (r *rawReader) arch(tid int) abi.Arch {
	if c := r.open[tid]; c != nil {
		return abi.Arch(c.enter.Arch)
	}
	if r.begin != nil {
		return abi.Arch(r.begin.Arch)
	}
	return abi.AMD64
}

// emit gives out what happened to a thread; a call that is held is unfinished.
func (r *rawReader) emit(rec *stx.Record, e *event.Event) *event.Event {
	r.interrupt()
	return r.give(rec.TID, rec.Time, e)
}

// aside gives out what tells of no call. It doesn't cut a held call in two but
// comes after it: a thread's birth after the clone that made it, the new
// program after execve.
func (r *rawReader) aside(rec *stx.Record, e *event.Event) {
	if r.held == nil {
		r.give(rec.TID, rec.Time, e)
		return
	}
	e.TID, e.Time.NS = rec.TID, rec.Time
	r.asides = append(r.asides, e)
	if len(r.asides) >= maxAsides {
		r.interrupt()
	}
}

func (r *rawReader) give(tid int, time int64, e *event.Event) *event.Event {
	e.Index, e.File, e.TID = r.stats.Events, r.name, tid
	e.Time = event.Time{NS: time, Clock: event.UnixClock}
	r.stats.Events++
	if e.Kind == event.Returned {
		r.stats.Calls++
	}
	r.ready = append(r.ready, e)
	return e
}

// interrupt gives out the first half of the held call, and what waited for it.
func (r *rawReader) interrupt() {
	c := r.held
	if c == nil {
		return
	}
	r.held = nil
	d := r.decoder(c)
	call := event.NewCall(d.name, d.values()...)
	c.entry = r.give(c.tid, c.time, &event.Event{Kind: event.Entered, Call: call}).Index
	c.shown = len(call.Args())
	r.flushAsides()
}

func (r *rawReader) flushAsides() {
	for i, e := range r.asides {
		r.give(e.TID, e.Time.NS, e)
		r.asides[i] = nil
	}
	r.asides = r.asides[:0]
}

func (r *rawReader) enter(rec *stx.Record) {
	r.interrupt()
	r.abandon(rec.TID, rec.Time)
	c := &rawCall{tid: rec.TID, time: rec.Time, enter: rec.Enter, entry: -1, restarts: r.interrupted[rec.TID]}
	delete(r.interrupted, rec.TID)
	for _, m := range rec.Enter.Mem {
		c.bytes += len(m.Data)
	}
	if rec.Enter.NoExit {
		r.unwatched(c)
		return
	}
	r.held = c
	if len(r.open) >= maxPending || r.bytes+c.bytes > maxOpenBytes {
		r.stats.skip(r.name, 0, abi.Arch(rec.Enter.Arch).CallName(rec.Enter.Nr), "too many calls are unfinished at a time")
		r.interrupt()
		return
	}
	r.open[rec.TID] = c
	r.bytes += c.bytes
}

// unwatched gives out a call of which nothing is known but that it was made.
func (r *rawReader) unwatched(c *rawCall) {
	d := r.decoder(c)
	call := event.NewCall(d.name, d.values()...)
	r.give(c.tid, c.time, &event.Event{Kind: event.Returned, Call: call})
}

// interrupts keeps what a restart_syscall of the thread would go on with.
func (r *rawReader) interrupts(tid int, d *decoder) {
	const restartBlock = -516 // ERESTART_RESTARTBLOCK
	if !d.failed || d.ret != restartBlock || len(r.interrupted) >= maxPending {
		return
	}
	name := d.name
	if name == "restart_syscall" {
		name = d.restarts
	}
	r.interrupted[tid] = name
}

// take removes a thread's open call, nil if there is none.
func (r *rawReader) take(tid int) *rawCall {
	c := r.open[tid]
	if c != nil {
		delete(r.open, tid)
		r.bytes -= c.bytes
	}
	return c
}

func (r *rawReader) exit(rec *stx.Record) {
	c := r.take(rec.TID)
	if c != r.held || c == nil {
		r.interrupt()
	}
	if c == nil { // it began before the capture did
		call := &event.Call{Name: "???", Entered: -1, Duration: -1, Partial: true}
		call.Ret = plainResult(rec.Exit)
		r.give(rec.TID, rec.Time, &event.Event{Kind: event.Returned, Call: call})
		return
	}
	d := r.decoder(c)
	d.exit(rec.Exit)
	r.interrupts(rec.TID, d)
	r.netlinks.called(rec.TID, d)
	call := event.NewCall(d.name, d.values()...)
	call.Entered = c.entry
	call.SetShown(c.shown)
	call.Ret = d.result()
	call.Duration = max(rec.Time-c.time, 0)
	time := rec.Time
	if c.entry < 0 {
		time = c.time
	}
	r.held = nil
	r.give(rec.TID, time, &event.Event{Kind: event.Returned, Call: call})
	r.flushAsides()
}

// exec handles a successful execve. The thread has become its process's only
// one and has taken over its id; the exit comes under that id.
func (r *rawReader) exec(rec *stx.Record) {
	former := rec.Exec.Former
	if former == rec.TID {
		return
	}
	r.interrupt()
	r.abandon(rec.TID, rec.Time)
	if c := r.open[former]; c != nil {
		delete(r.open, former)
		c.tid = rec.TID
		r.open[rec.TID] = c
	}
	r.give(rec.TID, rec.Time, &event.Event{Kind: event.Exited, Exit: &event.Exit{SupersededBy: former}})
}

func (r *rawReader) end(rec *stx.Record) {
	if c := r.open[rec.TID]; c != r.held || c == nil {
		r.interrupt()
	}
	r.abandon(rec.TID, rec.Time)
	delete(r.interrupted, rec.TID)
	delete(r.netlinks.process, rec.TID)
	exit := &event.Exit{Code: rec.End.Code, Core: rec.End.Core}
	if rec.End.Signal != 0 {
		exit.Signal = abi.SignalName(rec.End.Signal)
	}
	r.emit(rec, &event.Event{Kind: event.Exited, Exit: exit})
}

// abandon ends a thread's open call, if there is one: its exit will not come.
func (r *rawReader) abandon(tid int, time int64) {
	c := r.take(tid)
	if c == nil {
		return
	}
	d := r.decoder(c)
	call := event.NewCall(d.name, d.values()...)
	call.Entered = c.entry
	call.SetShown(c.shown)
	call.Unfinished = !d.never()
	if c.entry < 0 {
		time = c.time
	}
	if c == r.held {
		r.held = nil
	}
	r.give(tid, time, &event.Event{Kind: event.Returned, Call: call})
	if r.held == nil {
		r.flushAsides()
	}
}

// abandonAll ends all open calls, at the end of the capture.
func (r *rawReader) abandonAll() {
	tids := make([]int, 0, len(r.open))
	for tid := range r.open {
		tids = append(tids, tid)
	}
	slices.Sort(tids)
	for _, tid := range tids {
		r.abandon(tid, r.open[tid].time)
	}
	r.interrupt()
}
