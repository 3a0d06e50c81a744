package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// Forms of values that only some versions of strace write.

// colonName steps over a field's name as strace before 4.10 wrote that of a
// user_desc: "entry_number:-1 -> 6, base_addr:0xb7593740".
func (p *scanner) colonName() string {
	j, letters := p.i, false
	for j < len(p.s) && isWord(p.s[j]) {
		letters = letters || p.s[j] == '_' || 'g' <= p.s[j] && p.s[j] <= 'z'
		j++
	}
	if !letters || isDigit(p.s[p.i]) || j+1 >= len(p.s) || p.s[j] != ':' || !isDigit(p.s[j+1]) && p.s[j+1] != '-' {
		return ""
	}
	name := p.s[p.i:j]
	p.i = j + 1
	return name
}

// changeMark steps over what stands between a value and what it is after the
// call.
func (p *scanner) changeMark() bool { return p.skip("=>") || p.skip("-> ") }

// abstractPath reads a socket's abstract name as strace before 4.6 wrote it,
// without quotes: "path=@/tmp/.X11-unix/X0".
func (p *scanner) abstractPath() (event.Value, bool) {
	n := strings.IndexAny(p.s[p.i:], ",}")
	if n < 2 || p.depth < 2 {
		return event.Value{}, false
	}
	v := event.Value{Kind: event.String, Str: "\x00" + p.s[p.i+1:p.i+n]}
	p.i += n
	return v, true
}

// surplusBrace steps over the bracket too many behind the address of strace
// before 4.4: {sin_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}}.
func (p *scanner) surplusBrace(elems []event.Value) {
	if p.peek() == '}' && len(elems) == 3 && elems[2].Name == "sin_addr" &&
		(elems[0].Name == "sin_family" || p.depth == 1) {
		p.i++
	}
}

// glued says whether a struct follows without a comma, as strace before 4.9 wrote
// some control messages: "cmsg_type=SCM_CREDENTIALS{pid=1, uid=0, gid=0}".
func (p *scanner) glued(v *event.Value) bool {
	return p.peek() == '{' && v.Kind == event.Symbol && strings.HasPrefix(v.Str, "SCM_")
}

// structAhead says whether only blanks stand before another struct: strace before
// 4.9 wrote the entries of getdents as {{…} {…}}.
func (p *scanner) structAhead(v *event.Value) bool { return v.Kind == event.Struct && p.peek() == '{' }

// orMore reads the rest of "0x1 /* SOCK_STREAM */|0x80000 /* SOCK_CLOEXEC */"
// (strace -X verbose): one number, one comment.
func (p *scanner) orMore(v *event.Value) {
	if p.peek() != '|' || v.Kind != event.Int && v.Kind != event.Addr {
		return
	}
	comments := []string{v.Comment}
	for p.peek() == '|' {
		start := p.i
		p.i++
		more, text, ok := p.commented()
		if !ok {
			p.i = start
			break
		}
		v.Int |= more.Int
		if more.Kind == event.Addr {
			v.Kind, v.Style = event.Addr, event.Hex
		}
		comments = append(comments, text)
	}
	v.Comment = strings.Join(comments, "|")
}

// commented reads a number with a comment behind it.
func (p *scanner) commented() (v event.Value, comment string, ok bool) {
	if !isDigit(p.peek()) {
		return v, "", false
	}
	if v, ok = p.number(); !ok || v.Kind != event.Int && v.Kind != event.Addr {
		return v, "", false
	}
	p.spaces()
	if !strings.HasPrefix(p.s[p.i:], "/*") {
		return v, "", false
	}
	comment, ok = p.comment()
	return v, comment, ok
}

// errnoNumber understands "= -1 (errno 38)", which strace before 4.10 writes for
// a call that it doesn't know, and "= -1 E??? (errno 600)".
func errnoNumber(r *event.Result) {
	number, ok := strings.CutPrefix(r.Note, "errno ")
	n, err := strconv.ParseUint(number, 10, 16)
	if !ok || err != nil || !r.Known || r.Value != -1 || r.Errno != "" {
		return
	}
	if r.Errno = abi.ErrnoName(int(n)); r.Errno == "" {
		r.Errno = "ERRNO_" + number // as later ones write it
	}
	r.Message, r.Note = r.Note, ""
}

// skipEcho steps over the ^C that a terminal shows in the middle of a line.
func (p *scanner) skipEcho() {
	if p.peek() == '^' && len(p.s) > p.i+1 && strings.IndexByte("CZ\\", p.s[p.i+1]) >= 0 {
		p.i += 2
	}
}

// cutEcho takes off the ^C that a terminal shows at the beginning of a line.
func cutEcho(s string) string {
	if len(s) > 2 && s[0] == '^' && strings.IndexByte("CZ\\", s[1]) >= 0 {
		return s[2:]
	}
	return s
}

// oldNetlink closes the braces that straces before 4.5 left open in an address:
//
//	bind(3, {sin_family=AF_NETLINK, {sa_family=16, sa_data="\0\0"}, 12) = 0
func oldNetlink(text string) string {
	return strings.Replace(text, "{sin_family=AF_NETLINK, {sa_family=", "{sin_family=AF_NETLINK, sa_family=", -1)
}
