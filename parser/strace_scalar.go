package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// name steps over "st_size=", and over "msg_iov(2)=" of old straces.
func (p *scanner) name() string {
	s, j := p.s, p.i
	if j >= len(s) || isDigit(s[j]) {
		return ""
	}
	for j < len(s) && isWord(s[j]) {
		j++
	}
	if j == p.i || j >= len(s) {
		return ""
	}
	end := j
	if s[j] == '(' {
		for j++; j < len(s) && isDigit(s[j]); {
			j++
		}
		if j >= len(s) || s[j] != ')' {
			return ""
		}
		j++
	}
	if j >= len(s) || s[j] != '=' || strings.HasPrefix(s[j:], "==") || strings.HasPrefix(s[j:], "=>") {
		return ""
	}
	name := s[p.i:end]
	p.i = j + 1
	return name
}

// number reads 3, -1, 0644, 0x1f; and 0x4|SIGCHLD, which is a Symbol.
func (p *scanner) number() (event.Value, bool) {
	start := p.i
	if p.s[p.i] == '-' {
		p.i++
	}
	for p.i < len(p.s) && isWord(p.s[p.i]) {
		p.i++
	}
	if p.peek() == '|' {
		return p.constants(start), true
	}
	return parseNumber(p.s[start:p.i])
}

// parseNumber reads a number as strace writes it.
func parseNumber(text string) (event.Value, bool) {
	digits, negative := strings.CutPrefix(text, "-")
	if digits == "" || !isDigit(digits[0]) {
		return event.Value{}, false
	}
	v := event.Value{Kind: event.Int}
	base := 10
	switch {
	case strings.HasPrefix(digits, "0x"):
		v.Kind, v.Style, base, digits = event.Addr, event.Hex, 16, digits[2:]
	case digits[0] == '0' && len(digits) > 1:
		v.Style, base = event.Octal, 8
	}
	n, err := strconv.ParseUint(digits, base, 64)
	switch {
	case err != nil || strings.Contains(digits, "_"):
		return event.Value{}, false
	case negative:
		if base != 10 || n > 1<<63 {
			return event.Value{}, false
		}
		v.Int = -int64(n)
		return v, true
	}
	v.Int = int64(n)
	if v.Int < 0 && base == 10 {
		v.Style = event.Unsigned
	}
	return v, v.Int >= 0 || v.Style != event.Octal
}

// symbol reads NULL, O_RDONLY|O_CLOEXEC, &sin6_addr and htons(80).
func (p *scanner) symbol() (event.Value, bool) {
	start := p.i
	p.i++
	for p.i < len(p.s) && isWord(p.s[p.i]) {
		p.i++
	}
	name := p.s[start:p.i]
	switch p.peek() {
	case '|':
		return p.constants(start), true
	case '(':
		p.i++
		l := p.list(')')
		return event.Value{Kind: event.Func, Str: name, Elems: l.elems}, l.closed
	}
	if name == "NULL" {
		return event.Value{Kind: event.Addr, Style: event.Hex}, true
	}
	return event.Value{Kind: event.Symbol, Str: name}, true
}

// constants reads the rest of names and numbers joined by "|".
func (p *scanner) constants(start int) event.Value {
	for p.i < len(p.s) && (isWord(p.s[p.i]) || p.s[p.i] == '|') {
		p.i++
	}
	return event.Value{Kind: event.Symbol, Str: p.s[start:p.i]}
}
