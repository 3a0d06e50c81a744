package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// strace --secontext writes the SELinux context behind descriptors, paths and
// pids, and that of the process before the call:
//
//	[unconfined_t] openat(AT_FDCWD [user_home_t], "x" [tmp_t!!etc_t], O_RDONLY) = 3 [tmp_t]
//
// A value's context becomes its comment; a process's is not kept.

// maxContext bounds the search for a context's end.
const maxContext = 512

// contextText gives the text of the context that s begins with, "" when s
// begins with something else. A type ends in "_t", a full context has colons;
// what stands before "!!" is the actual one, behind it the expected one.
func contextText(s string) string {
	if len(s) < 3 || s[0] != '[' {
		return ""
	}
	colons, at := 0, 1
	for ; at < min(len(s), maxContext); at++ {
		c := s[at]
		if c == ']' {
			break
		}
		if c == ':' {
			colons++
		} else if !isWord(c) && strings.IndexByte("-.,!", c) < 0 {
			return ""
		}
	}
	if at >= len(s) || s[at] != ']' {
		return ""
	}
	text := s[1:at]
	if text == "" || isDigit(text[0]) || colons < 2 && !strings.HasSuffix(text, "_t") {
		return ""
	}
	return text
}

// context reads the context behind a value.
func (p *scanner) context(v *event.Value) {
	if v.Kind == event.Array || v.Kind == event.Struct {
		return
	}
	text := contextText(p.s[p.i:])
	if text == "" {
		return
	}
	p.i += len(text) + 2
	v.Comment = joined(v.Comment, text)
}

// joined adds a comment to another.
func joined(first, second string) string {
	if first == "" {
		return second
	}
	return first + " " + second
}

// cutContext takes off the context of the process: "[unconfined_t] ".
func cutContext(s string) string {
	text := contextText(s)
	if text == "" {
		return s
	}
	if rest, ok := strings.CutPrefix(s[len(text)+2:], " "); ok {
		return rest
	}
	return s
}
