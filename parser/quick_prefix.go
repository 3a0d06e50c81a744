package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// lastPrefix is what the line before began with, up to the fraction of its second. Most
// lines begin like the one before.
type lastPrefix struct {
	text  string // "" for none
	tid   int32
	style pidStyle
	clock event.Clock
	ns    int64
}

// samePrefix reads pid and time where they are those of the line before, but for the
// fraction.
func (q *quickScanner) samePrefix() bool {
	p, line := &q.last, q.line
	if p.text == "" || !strings.HasPrefix(q.s, p.text) {
		return false
	}
	q.pos = len(p.text)
	ns, ok := q.fraction()
	if !ok {
		q.pos = 0
		return false
	}
	line.tid, line.style, line.clock, line.ns = p.tid, p.style, p.clock, p.ns+ns
	return true
}

// remember has the next line compared with this one, whose second ends here.
func (q *quickScanner) remember(clock event.Clock, ns int64) {
	q.last = lastPrefix{q.s[:q.pos], q.line.tid, q.line.style, clock, ns}
}

// prefix reads pid and time, of the plain kinds only.
func (q *quickScanner) prefix() bool {
	s, i, end := q.s, q.pos, q.end
	if i < end && s[i] == '[' {
		const mark = "[pid "
		if end-i < len(mark) || s[i:i+len(mark)] != mark {
			return false
		}
		for i += len(mark); i < end && s[i] == ' '; i++ {
		}
		q.line.style = bracketPID
	}
	n, digits := 0, i
	for i < end && isDigit(s[i]) && i-digits < 9 {
		n = n*10 + int(s[i]-'0')
		i++
	}
	switch width := i - digits; {
	case width == 0:
		return q.line.style == noPID // no pid, no time
	case i >= end:
		return false
	case width > 8:
		q.pos = digits
		return q.line.style == noPID && q.unixTime()
	case q.line.style == bracketPID:
		if s[i] != ']' {
			return false
		}
		i++
	case s[i] == ':':
		q.pos = digits
		return q.dayTime()
	default:
		q.line.style = barePID
	}
	if i >= end || s[i] != ' ' || n == 0 {
		return false
	}
	q.line.tid = int32(n)
	blanks := i
	for i < end && s[i] == ' ' {
		i++
	}
	if i-blanks > 5 || i-blanks > 1 && q.line.style == bracketPID { // see trimColumn
		return false
	}
	if q.pos = i; i < end && isDigit(s[i]) {
		return q.dayTime() || q.unixTime()
	}
	return true
}

// dayTime reads "10:11:12 " and "10:11:12.345678 ".
func (q *quickScanner) dayTime() bool {
	const size = len("10:11:12")
	if q.end-q.pos <= size {
		return false
	}
	s := q.s[q.pos : q.pos+size+1]
	if s[2] != ':' || s[5] != ':' {
		return false
	}
	h, ok1 := twoDigits(s[0], s[1])
	m, ok2 := twoDigits(s[3], s[4])
	sec, ok3 := twoDigits(s[6], s[7])
	if !ok1 || !ok2 || !ok3 || h > 24 || m > 59 {
		return false
	}
	q.pos += size
	whole := (int64(h)*3600 + int64(m)*60 + int64(sec)) * 1e9
	q.remember(event.DayClock, whole)
	ns, ok := q.fraction()
	q.line.clock, q.line.ns = event.DayClock, whole+ns
	return ok
}

func twoDigits(a, b byte) (int, bool) {
	return int(a-'0')*10 + int(b-'0'), isDigit(a) && isDigit(b)
}

// unixTime reads "1795381683.227335 ".
func (q *quickScanner) unixTime() bool {
	i, n := q.pos, int64(0)
	for i < q.end && isDigit(q.s[i]) && i-q.pos < 11 {
		n = n*10 + int64(q.s[i]-'0')
		i++
	}
	if width := i - q.pos; width < 9 || width > 10 || n > maxSeconds {
		return false
	}
	q.pos = i
	q.remember(event.UnixClock, n*1e9)
	ns, ok := q.fraction()
	q.line.clock, q.line.ns = event.UnixClock, n*1e9+ns
	return ok
}

// fraction reads ".345678 " or the blank alone, as nanoseconds.
func (q *quickScanner) fraction() (ns int64, ok bool) {
	s, i, end := q.s, q.pos, q.end
	if end-i > len(".345678 (") && s[i+8] != '(' {
		if ns, ok := micros(s, i, ' '); ok {
			q.pos = i + 8
			return ns, true
		}
	}
	if i < end && s[i] == '.' {
		digits := i + 1
		for i++; i < end && isDigit(s[i]); i++ {
			ns = ns*10 + int64(s[i]-'0')
			if i-digits >= 9 {
				return 0, false
			}
		}
		if i == digits {
			return 0, false
		}
		ns *= powers[9-(i-digits)]
	}
	if i >= end || s[i] != ' ' || i+1 < end && s[i+1] == '(' { // (+ 0.1)
		return 0, false
	}
	q.pos = i + 1
	return ns, true
}

var powers = [...]int64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}
