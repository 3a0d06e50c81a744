package event

import (
	"strconv"
	"strings"
	"time"
)

// PIDStyle says how a line names its thread.
type PIDStyle uint8

const (
	NoPID      PIDStyle = iota
	BarePID             // "12    ", as strace -f -o
	BracketPID          // "[pid    12] ", as strace -f
)

// TimeStyle says which time a line begins with.
type TimeStyle uint8

const (
	NoTimes    TimeStyle = iota
	DayTimes             // 10:11:12.345678, as strace -tt
	UnixTimes            // 1795381683.227335, as strace -ttt
	DeltaTimes           // the time since the event before, as strace -r
)

// Format says what [Append] shows of an event beside its essence.
type Format struct {
	PID   PIDStyle
	Times TimeStyle
	// Digits of the fractions of a second in Times: 0, 3, 6 or 9.
	Digits int
	// Before is the time of the event shown before, for DeltaTimes.
	Before Time
	// Zone is what DayTimes are in when a time counts from 1970; nil is local
	// time.
	Zone *time.Location
	// Durations is how many digits of a call's duration are shown, as strace
	// -T; 0 shows none.
	Durations int
	// Decos shows what descriptors point to, as strace -y, and the command
	// names beside pids.
	Decos bool
	// CommaAhead says of a call that is printed in two halves whether the comma
	// behind its first n arguments belongs to the first half, as strace has it
	// before what only the return tells: "read(3,  <unfinished ...>". nil: it
	// belongs to the second.
	CommaAhead func(name string, n int) bool
}

// resultColumn is where "= result" stands when the call is short enough.
const resultColumn = 40

// printer appends to a line.
type printer struct {
	Format
	dst   []byte
	start int  // where the line begins in dst
	hex   bool // strings are written byte by byte in hex: what is in them is random
}

// Append appends the event to dst as one line in strace's syntax, without line
// end. Nothing that a terminal would act on is in it. What strace has no syntax
// for (Snapshot, Evidence) is a line in the style of its detail lines.
func Append(dst []byte, e *Event, f Format) []byte {
	p := printer{Format: f, dst: dst, start: len(dst)}
	switch e.Kind {
	case Unknown, Output, Comment:
		p.text(e.Text)
		return p.dst
	case Started:
		p.text("strace: Process ")
		p.number(int64(e.TID))
		p.text(" attached")
		return p.dst
	case Snapshot, Evidence:
		p.detail(e)
		return p.dst
	}
	p.prefix(e)
	switch e.Kind {
	case Entered:
		p.entered(e.Call)
	case Returned:
		p.returned(e.Call)
	case Signal, Stopped:
		p.signal(e)
	case Exited:
		p.exit(e.Exit)
	}
	return p.dst
}

// text appends text of strace's own alphabet.
func (p *printer) text(s string) {
	if isPrintable(s) {
		p.dst = append(p.dst, s...)
	} else {
		p.dst = appendPrintable(p.dst, s)
	}
}

func (p *printer) number(n int64) { p.dst = strconv.AppendInt(p.dst, n, 10) }

func (p *printer) prefix(e *Event) {
	if e.TID != 0 {
		switch p.PID {
		case BarePID:
			start := len(p.dst)
			p.pid(e)
			p.pad(start + 5)
			p.dst = append(p.dst, ' ')
		case BracketPID:
			p.text("[pid ")
			for n := e.TID; n < 10000; n *= 10 {
				p.dst = append(p.dst, ' ')
			}
			p.pid(e)
			p.text("] ")
		}
	}
	p.time(e.Time)
}

func (p *printer) pid(e *Event) {
	p.number(int64(e.TID))
	if e.Comm != "" && p.Decos {
		p.deco(e.Comm)
	}
}

// pad appends blanks up to a position in dst.
func (p *printer) pad(to int) {
	for len(p.dst) < to {
		p.dst = append(p.dst, ' ')
	}
}

const (
	second = int64(time.Second)
	day    = 24 * 3600 * second
)

// time appends a time in the asked style, as far as its clock allows.
func (p *printer) time(t Time) {
	if t.Clock == NoClock || p.Times == NoTimes {
		return
	}
	switch {
	case p.Times == DeltaTimes:
		var delta int64
		if p.Before.Clock == t.Clock {
			delta = max(t.NS-p.Before.NS, 0)
		}
		start := len(p.dst)
		p.number(delta / second)
		width := 6 - (len(p.dst) - start)
		p.dst = append(p.dst[:start], "      "[:max(width, 0)]...)
		p.number(delta / second)
		p.fraction(delta % second)
	case t.Clock == DayClock, t.Clock == UnixClock && p.Times == DayTimes:
		p.dayTime(t)
	default:
		p.number(t.NS / second)
		p.fraction(t.NS % second)
	}
	p.dst = append(p.dst, ' ')
}

func (p *printer) dayTime(t Time) {
	ns := t.NS % day
	if t.Clock == UnixClock {
		zone := p.Zone
		if zone == nil {
			zone = time.Local
		}
		h, m, s := time.Unix(0, t.NS).In(zone).Clock()
		ns = int64(h*3600+m*60+s)*second + t.NS%second
	}
	s := ns / second
	for i, n := range [...]int64{s / 3600, s / 60 % 60, s % 60} {
		if i > 0 {
			p.dst = append(p.dst, ':')
		}
		p.dst = append(p.dst, '0'+byte(n/10), '0'+byte(n%10))
	}
	p.fraction(ns % second)
}

// fraction appends a part of a second: ".345678".
func (p *printer) fraction(ns int64) { p.digits(ns, p.Digits) }

func (p *printer) digits(ns int64, n int) {
	if n <= 0 {
		return
	}
	p.dst = append(p.dst, '.')
	for range min(n, 9) {
		ns *= 10
		p.dst = append(p.dst, '0'+byte(ns/second%10))
		ns %= second
	}
}

func (p *printer) signal(e *Event) {
	s := e.Signal
	if e.Kind == Stopped {
		p.text("--- stopped by ")
		p.text(s.Name)
		p.text(" ---")
		return
	}
	p.text("--- ")
	p.text(s.Name)
	if s.Info.Kind != None {
		p.dst = append(p.dst, ' ')
		p.value(&s.Info)
	}
	if s.Raw != "" {
		p.text(" (")
		p.text(s.Raw)
		p.text(") @ 0 (0)")
	}
	p.text(" ---")
}

func (p *printer) exit(x *Exit) {
	switch {
	case x.SupersededBy != 0:
		p.text("+++ superseded by execve in pid ")
		p.number(int64(x.SupersededBy))
	case x.Signal != "":
		p.text("+++ killed by ")
		p.text(x.Signal)
		if x.Core {
			p.text(" (core dumped)")
		}
	default:
		p.text("+++ exited with ")
		p.number(int64(x.Code))
	}
	p.text(" +++")
}

// detail shows what a capture has beside the calls.
func (p *printer) detail(e *Event) {
	if s := e.Process; e.Kind == Snapshot && s != nil {
		p.text(" * at " + s.At + ": pid " + strconv.Itoa(s.PID) + " runs " + s.Exe + " in " + s.Cwd)
	}
	if s := e.Evidence; e.Kind == Evidence && s != nil {
		p.text(" * seen: " + s.Path)
		for _, text := range s.Text {
			p.text("; " + strings.ReplaceAll(text, "\n", " "))
		}
	}
}
