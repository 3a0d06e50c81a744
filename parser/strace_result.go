package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// result reads what stands after "= ": "3</etc/passwd>", "-1 ENOENT (No such
// file or directory)", "? ERESTARTSYS (…)", "1 (in [3])", each with the duration
// that may follow. It returns false when the line holds something else.
func (p *scanner) result(c *event.Call) bool {
	r := &c.Ret
	switch {
	case p.skip("?"):
		p.spaces()
		if p.skip("<unavailable>") {
			r.Note = "unavailable"
			p.spaces()
		}
	case p.resultNumber(r):
	default:
		return false
	}
	p.errno(r)
	for p.peek() == '(' {
		text, ok := p.parenthesis()
		if !ok {
			return false
		}
		if r.Note != "" {
			text = r.Note + "; " + text
		}
		r.Note = text
		p.spaces()
	}
	c.Duration = p.duration()
	return p.i >= len(p.s)
}

func (p *scanner) resultNumber(r *event.Result) bool {
	start := p.i
	for p.i < len(p.s) && (isWord(p.s[p.i]) || p.s[p.i] == '-') {
		p.i++
	}
	v, ok := parseNumber(p.s[start:p.i])
	if !ok {
		return false
	}
	r.Known, r.Value, r.Style = true, v.Int, v.Style
	if p.peek() == '<' && !isDigit(p.next()) { // not a duration glued on
		r.Deco, r.HasDeco = p.deco()
	}
	p.spaces()
	if strings.HasPrefix(p.s[p.i:], "/*") {
		r.Comment, ok = p.comment()
		p.spaces()
	}
	return ok
}

// next gives the byte after the next one, 0 at the end.
func (p *scanner) next() byte {
	if p.i+1 < len(p.s) {
		return p.s[p.i+1]
	}
	return 0
}

// errno reads "ENOENT (No such file or directory)".
func (p *scanner) errno(r *event.Result) {
	start := p.i
	if p.peek() != 'E' {
		return
	}
	for p.i < len(p.s) && isWord(p.s[p.i]) {
		p.i++
	}
	r.Errno = p.s[start:p.i]
	p.spaces()
	if p.peek() == '(' {
		r.Message, _ = p.parenthesis()
		p.spaces()
	}
}

// parenthesis reads (text), in which there may be further brackets and strings.
func (p *scanner) parenthesis() (string, bool) {
	p.i++
	start := p.i
	for {
		p.raw(true)
		switch p.peek() {
		case ')':
			text := p.s[start:p.i]
			p.i++
			return event.Printable(text), true
		case 0:
			if p.i >= len(p.s) {
				return "", false
			}
		}
		p.i++
	}
}

// duration reads <0.000123>: nanoseconds, -1 when there is none.
func (p *scanner) duration() int64 {
	rest := p.s[p.i:]
	if len(rest) < 3 || rest[0] != '<' || rest[len(rest)-1] != '>' {
		return -1
	}
	ns, ok := parseSeconds(rest[1 : len(rest)-1])
	if !ok {
		return -1
	}
	p.i = len(p.s)
	return ns
}

// parseSeconds reads "12", "12.3" to "12.345678901" as nanoseconds.
func parseSeconds(s string) (int64, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) > 10 || len(fraction) > 9 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return 0, false
	}
	ns := int64(n) * 1e9
	scale := int64(1e9)
	for i := 0; i < len(fraction); i++ {
		if !isDigit(fraction[i]) {
			return 0, false
		}
		scale /= 10
		ns += int64(fraction[i]-'0') * scale
	}
	return ns, ns >= 0
}
