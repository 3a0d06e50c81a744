package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// prefix is what stands before the event on a line: "[pid 12] 10:11:12.345678 ".
type prefix struct {
	style   pidStyle
	tid     int
	comm    string
	clock   event.Clock
	ns      int64 // by clock; for RunClock nanoseconds since the line before
	spaces  bool  // the line begins with blanks
	present bool  // there is a pid or a time
}

// pidStyle is how a line names its thread.
type pidStyle uint8

const (
	noPID      pidStyle = iota
	barePID             // "12 ": strace -o with -f
	bracketPID          // "[pid 12] ": strace -f on stderr
)

// cutPrefix separates a line's prefix from its event.
func cutPrefix(s string) (p prefix, body string) {
	s = cutContext(p.cutPID(cutEcho(s)))
	if trimmed := strings.TrimLeft(s, " "); len(trimmed) < len(s) {
		p.spaces = p.style == noPID
		if rest, ok := p.cutTime(trimmed); ok {
			s = rest
		}
	} else if rest, ok := p.cutTime(s); ok {
		s = rest
	}
	p.present = p.style != noPID || p.clock != event.NoClock
	return p, cutNumbers(cutContext(s))
}

// cutPID takes off "12 ", "12<comm> ", "[pid  12] " or "[pid 12<comm>] ".
func (p *prefix) cutPID(s string) string {
	rest, bracket := strings.CutPrefix(s, "[pid ")
	if bracket {
		rest = strings.TrimLeft(rest, " ")
	}
	n := 0
	for n < len(rest) && isDigit(rest[n]) {
		n++
	}
	if n == 0 || n > 8 || n == len(rest) { // more digits are a time
		return s
	}
	tid, _ := strconv.Atoi(rest[:n])
	if tid == 0 { // no thread's, and the word for none
		return s
	}
	comm := ""
	rest = rest[n:]
	if rest[0] == '<' {
		sc := scanner{s: rest}
		text, ok := sc.deco()
		if !ok {
			return s
		}
		comm, rest = text, rest[sc.i:]
	}
	end, style := " ", barePID
	if bracket {
		end, style = "] ", bracketPID
	}
	rest, ok := strings.CutPrefix(rest, end)
	if !ok {
		return s
	}
	p.tid, p.comm, p.style = tid, comm, style
	if style == barePID {
		rest = trimColumn(rest)
	}
	return rest
}

// trimColumn takes off the blanks that fill the pid column: strace pads the
// number to five places. More blanks belong to what follows.
func trimColumn(s string) string {
	for range 4 {
		s = strings.TrimPrefix(s, " ")
	}
	return s
}

// cutTime takes off "10:11:12 ", "10:11:12.345678 ", "1795381683.227335 ",
// "0.000676 " and a difference "(+     0.000000) " after one of them.
func (p *prefix) cutTime(s string) (rest string, ok bool) {
	word, rest, found := strings.Cut(s, " ")
	if !found || len(word) < 2 || !isDigit(word[0]) {
		return s, false
	}
	switch {
	case len(word) >= 8 && word[2] == ':':
		if p.ns, ok = parseDayTime(word); !ok {
			return s, false
		}
		p.clock = event.DayClock
	default:
		if p.ns, ok = parseSeconds(word); !ok {
			return s, false
		}
		switch whole, _, point := strings.Cut(word, "."); {
		case len(whole) >= 9:
			p.clock = event.UnixClock
		case point:
			p.clock = event.RunClock
		default:
			return s, false
		}
	}
	if difference, after, found := strings.Cut(rest, ") "); found && strings.HasPrefix(difference, "(+") {
		rest = after
	}
	return rest, true
}

// parseDayTime reads "10:11:12" and "10:11:12.345678" as nanoseconds since
// midnight.
func parseDayTime(s string) (int64, bool) {
	if len(s) < 8 || s[5] != ':' {
		return 0, false
	}
	h, err1 := strconv.ParseUint(s[:2], 10, 8)
	m, err2 := strconv.ParseUint(s[3:5], 10, 8)
	ns, ok := parseSeconds(s[6:])
	if err1 != nil || err2 != nil || !ok || h > 24 || m > 59 {
		return 0, false
	}
	return (int64(h)*3600+int64(m)*60)*1e9 + ns, true
}

// cutNumbers takes off the call number and the instruction pointer of strace -n
// and -i: "[ 257] [00007ffa3c649b1d] ".
func cutNumbers(s string) string {
	for range 2 {
		if s == "" || s[0] != '[' {
			break
		}
		end := strings.IndexByte(s, ']')
		if end < 3 || end > 17 || end+2 > len(s) || s[end+1] != ' ' {
			break
		}
		number := strings.TrimLeft(s[1:end], " ")
		for i := range len(number) {
			if unhex(number[i]) < 0 && number[i] != '?' {
				return s
			}
		}
		s = s[end+2:]
	}
	return s
}
