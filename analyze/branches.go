package analyze

import (
	"math"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/stracex/stracex/analyze/replay"
)

// What a script runs because a command has failed is not why it fails, though some of that
// fails too:
//
//	fetch a.tar 2>/dev/null || { cat fetch.err; echo "no archive" >&2; exit 1; }
//
// Shells read their scripts with read(2), so the text that the message stands in is in the
// trace, as is that of sh -c. Here it is taken apart as far as that takes.

// branch is where a message stands: in what is run for a failure.
type branch struct {
	guard string // what was run or tested before
	body  string // the branch, up to the message
}

// handling is what a process did for a failure that it had seen.
type handling struct {
	start  int             // event from which on it did
	failed *replay.Process // what had failed, nil where it is not known
}

// handles says what a process did for a failure, until its message.
func (f *facts) handles(s *suspect) *handling {
	if s.handling == nil {
		s.handling = &handling{start: math.MaxInt}
		if b := f.branchOf(s); b != nil {
			s.handling = s.within(b)
		}
	}
	return s.handling
}

// branchOf finds the message of a process in a script that it has read or was given.
func (f *facts) branchOf(s *suspect) *branch {
	if s.anchor.line == nil || len(s.hist.proc.Children) == 0 {
		return nil
	}
	for _, p := range slices.Backward(f.words.read[s.hist]) {
		if p.pos.index < s.anchor.pos.index && p.file.Kind == replay.PathFile {
			if b := branchIn(p.text, s.anchor.line.text); b != nil {
				return b
			}
		}
	}
	for _, arg := range s.hist.proc.Argv {
		if b := branchIn(arg, s.anchor.line.text); b != nil {
			return b
		}
	}
	return nil
}

// placeOf is where a message's words stand in a script, -1 for nowhere: its end, and what
// goes before a colon, may come from variables.
func placeOf(text, msg string) int {
	const words, bytes = 2, 8
	for range 2 {
		list := strings.Fields(msg)
		for n := len(list); n >= words; n-- {
			part := strings.Join(list[:n], " ")
			if len(part) < bytes {
				break
			}
			if k := strings.Index(text, part); k >= 0 {
				return k
			}
		}
		_, rest, ok := strings.Cut(msg, ": ")
		if !ok {
			break
		}
		msg = rest
	}
	return -1
}

// opened is a part of a script that has begun and not ended.
type opened struct {
	kind  string // "{", "||" up to the line's end, "if", "then", "else", "()" of a function
	guard string
	from  int // of the condition, then of the branch
	fails bool
}

// branchIn finds the branch for a failure that a message stands in; nil if it is in none.
func branchIn(text, msg string) *branch {
	at := placeOf(text, msg)
	if at < 0 {
		return nil
	}
	for _, o := range slices.Backward(openAt(text[:at])) {
		switch {
		case o.kind == "()":
			return nil
		case o.fails:
			return &branch{strings.TrimSpace(o.guard), text[o.from:at]}
		}
	}
	return nil
}

var (
	scriptToken = regexp.MustCompile(`\$#|[\w.$/-]+#[^\s;]*|#[^\n]*|'[^']*'?|"(?:[^"\\]|\\.)*"?|\$\{[^}]*\}|\|\||&&|\(\)\s*\{|[{};\n]|[\w.$/-]+`)
	testsStatus = regexp.MustCompile(`^\s*!|\$\?|\$\{?(rc|ret|status|code|err|res|rv|ec|st|exit)\w*\b`)
)

// openAt takes a script apart up to a place, and says what is open there.
func openAt(text string) (stack []opened) {
	command := 0 // where the command begins that is being read
	top := func() *opened {
		if len(stack) == 0 {
			return &opened{}
		}
		return &stack[len(stack)-1]
	}
	pop := func(kinds ...string) {
		for len(stack) > 0 {
			kind := top().kind
			stack = stack[:len(stack)-1]
			if slices.Contains(kinds, kind) {
				return
			}
		}
	}
	for _, m := range scriptToken.FindAllStringIndex(text, -1) {
		switch word := text[m[0]:m[1]]; {
		case word == "||":
			stack = append(stack, opened{"||", text[command:m[0]], m[1], true})
			command = m[1]
		case word == "&&", word == "do":
			command = m[1]
		case word == "\n", word == ";":
			if top().kind == "||" && strings.TrimSpace(text[top().from:m[0]]) != "" {
				pop("||")
			}
			command = m[1]
		case word == "{":
			if o := top(); o.kind == "||" && strings.TrimSpace(text[o.from:m[0]]) == "" {
				o.kind, o.from = "{", m[1]
			} else {
				stack = append(stack, opened{kind: "{", from: m[1]})
			}
			command = m[1]
		case strings.HasPrefix(word, "()"):
			stack = append(stack, opened{kind: "()", from: m[1]})
			command = m[1]
		case word == "}":
			pop("{", "()")
		case word == "if":
			stack = append(stack, opened{kind: "if", from: m[1]})
			command = m[1]
		case word == "elif":
			pop("then", "else")
			stack = append(stack, opened{kind: "if", from: m[1]})
		case word == "then":
			if o := top(); o.kind == "if" {
				guard := text[o.from:m[0]]
				*o = opened{"then", guard, m[1], testsStatus.MatchString(guard)}
			}
			command = m[1]
		case word == "else":
			if o := top(); o.kind == "then" {
				test := strings.HasPrefix(strings.TrimSpace(o.guard), "[")
				*o = opened{"else", o.guard, m[1], !o.fails && !test}
			}
			command = m[1]
		case word == "fi":
			pop("if", "then", "else")
		}
	}
	return stack
}

// within tells, of the processes that a branch's commands were run in, which came first.
func (s *suspect) within(b *branch) *handling {
	h := &handling{start: math.MaxInt}
	for _, c := range slices.Backward(s.hist.proc.Children) {
		if c.First == nil || c.First.Index > s.anchor.pos.index || len(c.Execs) == 0 {
			continue
		}
		inBody, inGuard := standsIn(c, b.body), standsIn(c, b.guard)
		if inBody == 0 || inGuard >= inBody {
			if c.Failed() && c.Reaped != nil && (inGuard > 0 || h.start < math.MaxInt && strings.Contains(b.guard, "$?")) {
				h.failed = c
				h.start = min(h.start, c.Reaped.Index)
			}
			return h
		}
		h.start = c.First.Index
	}
	return h
}

// standsIn counts the words of a process's command that stand in a part of a script; 0
// when its program is no command there.
func standsIn(c *replay.Process, text string) (n int) {
	if len(c.Argv) == 0 || !hasCommand(text, path.Base(c.Argv[0])) {
		return 0
	}
	n = 1
	for _, arg := range c.Argv[1:] {
		if len(arg) > 1 && strings.Contains(text, arg) {
			n++
		}
	}
	return n
}

var beforeCommand = regexp.MustCompile(`(^|[!(;|&{\n` + "`" + `/]|\b(if|elif|then|else|do|eval|exec|env|command))\s*$`)

// hasCommand says whether a script has a program's name where a command begins.
func hasCommand(text, name string) bool {
	for from := 0; ; {
		k := strings.Index(text[from:], name)
		if k < 0 {
			return false
		}
		k += from
		from = k + len(name)
		if beforeCommand.MatchString(text[:k]) && (from == len(text) || strings.IndexByte(" \t\n;|&)<>", text[from]) >= 0) {
			return true
		}
	}
}

// branchForFailure: the child is the one whose failure a script answers, or it was run for
// that.
func branchForFailure(f *facts, l *link) float64 {
	h, c := f.handles(l.parent), l.child.hist.proc
	switch {
	case c == h.failed:
		return 4
	case c.First != nil && c.First.Index >= h.start:
		return -12
	}
	return 0
}

// lookedForFailure: the call was made since a command had failed.
func lookedForFailure(f *facts, c *candidate) (float64, string) {
	if h := f.handles(c.sus); c.fail != nil && c.pos.index >= h.start && h.start != math.MaxInt {
		return -6, ""
	}
	return 0, ""
}
