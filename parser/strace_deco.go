package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// deco reads what a descriptor or pid stands for: </etc/passwd>,
// </dev/null<char 1:3>>, <TCP:[127.0.0.1:80->127.0.0.1:4711]>,
// </tmp/x>(deleted), <bash>.
func (p *scanner) deco() (string, bool) {
	rest := p.s[p.i+1:]
	if strings.HasPrefix(rest, "<") { // 1<<CAP_CHOWN
		return "", false
	}
	n := -1
	if !p.noNested {
		if strings.HasPrefix(rest, "/") {
			n = pathDecoEnd(rest)
		} else {
			n = otherDecoEnd(rest)
		}
		p.noNested = n < 0
	}
	if n < 0 && !p.noAngle {
		n = strings.IndexByte(rest, '>')
		p.noAngle = n < 0
	}
	if n < 0 {
		return "", false
	}
	text := rest[:n]
	p.i += n + 2
	if event.DecoEscaped(text) {
		if strings.IndexByte(text, '\\') >= 0 {
			if plain := unescape("", text); event.DecoEscaped(plain) {
				text = plain
			}
		}
	} else {
		text = event.Printable(text)
	}
	if p.skip("(deleted)") {
		text += " (deleted)"
	}
	return text, true
}

// pathDecoEnd finds the ">" after a path, in which both angle brackets are
// escaped; a device follows in brackets of its own.
func pathDecoEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '<':
			depth++
		case '>':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// otherDecoEnd finds the ">" after a protocol's text, in which "->" and quoted
// socket paths stand in square brackets, or after a pid's, in which a name of its
// own may follow: <pid:12<sh>>.
func otherDecoEnd(s string) int {
	depth, angles := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '"':
			if depth > 0 {
				end, _ := stringEnd(s, i)
				if end < 0 {
					return -1
				}
				i = end
			}
		case '<':
			if depth <= 0 {
				angles++
			}
		case '>':
			if depth > 0 {
				continue
			}
			if angles == 0 {
				return i
			}
			angles--
		}
	}
	return -1
}
