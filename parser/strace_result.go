package parser

import (
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
	errnoNumber(r)
	c.Duration = p.duration()
	return p.i >= len(p.s) || p.remark(r)
}

// remark takes what somebody has written behind a call for a comment: "= 0 # stdin".
func (p *scanner) remark(r *event.Result) bool {
	text := p.s[p.i:]
	for _, mark := range []string{"# ", "// ", "<- ", "<-- ", "<== "} {
		if strings.HasPrefix(text, mark) && !strings.Contains(text, "*/") {
			r.Comment = joined(r.Comment, event.Printable(strings.TrimRight(text, " ")))
			p.i = len(p.s)
			return true
		}
	}
	return false
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
	if p.peek() == '<' && !p.gluedDuration() {
		r.Deco, r.HasDeco = p.deco()
	}
	p.spaces()
	if strings.HasPrefix(p.s[p.i:], "/*") {
		r.Comment, ok = p.comment()
		p.spaces()
	}
	if text := contextText(p.s[p.i:]); text != "" {
		p.i += len(text) + 2
		r.Comment = joined(r.Comment, text)
		p.spaces()
	}
	return ok
}

// gluedDuration says whether a duration follows without a blank. A command may
// be named by digits: 12<7z>.
func (p *scanner) gluedDuration() bool {
	rest := p.s[p.i:]
	if len(rest) < 3 || rest[len(rest)-1] != '>' || strings.IndexByte(rest, '.') < 0 {
		return false
	}
	_, ok := parseSeconds(rest[1 : len(rest)-1])
	return ok
}

// errno reads "ENOENT (No such file or directory)".
func (p *scanner) errno(r *event.Result) {
	start := p.i
	if p.peek() != 'E' {
		return
	}
	for p.i < len(p.s) && (isWord(p.s[p.i]) || p.s[p.i] == '?') { // E??? of old straces
		p.i++
	}
	r.Errno = p.s[start:p.i]
	p.spaces()
	for p.peek() == '(' && r.Message == "" {
		r.Message = p.message()
		p.spaces()
	}
}

// message reads an errno's text, which ends with the line where that is cut.
func (p *scanner) message() string {
	rest := p.s[p.i+1:]
	text, ok := p.parenthesis()
	if !ok {
		text = event.Printable(strings.TrimSuffix(rest, ")"))
	}
	return text
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

// maxSeconds bounds times: as nanoseconds they fit in 64 bits.
const maxSeconds = 1 << 33

// parseSeconds reads "12", "12.3" to "12.345678901" as nanoseconds.
func parseSeconds(s string) (int64, bool) {
	whole, ns := int64(0), int64(0)
	i := 0
	for ; i < len(s) && isDigit(s[i]); i++ {
		if whole = whole*10 + int64(s[i]-'0'); whole > maxSeconds {
			return 0, false
		}
	}
	if i == 0 || i > 10 || i < len(s) && s[i] != '.' {
		return 0, false
	}
	i = min(i+1, len(s))
	digits := i
	for ; i < len(s) && isDigit(s[i]); i++ {
		if i-digits == 9 {
			return 0, false
		}
		ns = ns*10 + int64(s[i]-'0')
	}
	if i < len(s) {
		return 0, false
	}
	return whole*1e9 + ns*powers[9-(i-digits)], true
}
