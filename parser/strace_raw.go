package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// comment steps over /* text */; ok is false when there is no text or no end.
func (p *scanner) comment() (string, bool) {
	if !p.noComment {
		if n := strings.Index(p.s[p.i+2:], "*/"); n >= 0 {
			text := p.s[p.i+2 : p.i+2+n]
			p.i += n + 4
			text = strings.Trim(text, " ")
			return event.Printable(text), text != ""
		}
	}
	p.noComment, p.open = true, true
	p.i = len(p.s)
	return "", false
}

// raw takes the text up to the bracket, or the comma if asked for, that ends the
// value.
func (p *scanner) raw(commaEnds bool) string {
	start, depth := p.i, 0
loop:
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case '"':
			end, _ := stringEnd(p.s, p.i)
			if end < 0 {
				end, p.open = len(p.s)-1, true
			}
			p.i = end
		case '<':
			if depth == 0 && p.depth == 1 && p.atMark() {
				break loop
			}
		case '/':
			if strings.HasPrefix(p.s[p.i:], "/*") {
				p.comment()
				continue
			}
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				break loop
			}
			depth--
		case ',':
			if depth == 0 && commaEnds {
				break loop
			}
		}
		p.i++
	}
	if depth > 0 {
		p.open = true
	}
	return event.Printable(strings.TrimRight(p.s[start:p.i], " "))
}
