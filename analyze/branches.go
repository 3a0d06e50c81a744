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
	const reads = 64 // the script's next part is read as it goes on
	left := reads
	for _, p := range slices.Backward(f.words.read[s.hist]) {
		if p.pos.index < s.anchor.pos.index && p.file.Kind == replay.PathFile {
			if b := branchIn(p.text, s.anchor.line.text); b != nil {
				return b
			}
			if left--; left == 0 {
				break
			}
		}
	}
	for _, arg := range s.hist.proc.Argv[:min(len(s.hist.proc.Argv), reads)] {
		if b := branchIn(arg[:min(len(arg), maxPassed)], s.anchor.line.text); b != nil {
			return b
		}
	}
	return nil
}

// placeOf is where a message's words stand in a script, -1 for nowhere: its end, and what
// goes before a colon, may come from variables.
func placeOf(text, msg string) int {
	const words, most, bytes, long = 2, 12, 8, 512
	msg = msg[:min(len(msg), long)]
	for range 2 {
		list := strings.Fields(msg)
		for n := min(len(list), most); n >= words; n-- {
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
	ofStatus    = regexp.MustCompile(`\$\?|\$\{?(rc|ret|rv|ec|err|status|code)\b`)
	ofSuccess   = regexp.MustCompile(`-eq 0|[^!=]==? ?"?0`)
)

// isTest says whether a condition is a test, and no command whose success matters.
func isTest(guard string) bool {
	guard = strings.TrimLeft(guard, "! \t")
	return strings.HasPrefix(guard, "[") || strings.HasPrefix(guard, "test ")
}

// failsAt says whether a branch is taken since a command has failed: behind || of a command,
// or of a status that is good; in the then of one that is not, or of "! command"; in the
// else of a command.
func failsAt(kind, guard string) bool {
	guard = strings.TrimSpace(guard)
	not, status, good := strings.HasPrefix(guard, "!"), ofStatus.MatchString(guard), ofSuccess.MatchString(guard)
	switch {
	case status && isTest(guard):
		return kind == "then" && !good || kind != "then" && (good || kind == "||")
	case isTest(guard):
		return false
	case kind == "then":
		return not
	}
	return !not
}

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
			guard := text[command:m[0]]
			stack = append(stack, opened{"||", guard, m[1], failsAt("||", guard)})
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
				*o = opened{"then", guard, m[1], failsAt("then", guard)}
			}
			command = m[1]
		case word == "else":
			if o := top(); o.kind == "then" {
				*o = opened{"else", o.guard, m[1], failsAt("else", o.guard)}
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
	const many = 256
	h := &handling{start: math.MaxInt}
	children := s.hist.proc.Children
	for _, c := range slices.Backward(children[max(0, len(children)-many):]) {
		if c.First == nil || c.First.Index > s.anchor.pos.index || len(c.Execs) == 0 {
			continue
		}
		inBody, inGuard := standsIn(c, b.body), standsIn(c, b.guard)
		if inBody > 0 && inGuard < inBody {
			h.start = c.First.Index
			continue
		}
		switch known := h.start < math.MaxInt; {
		case !c.Failed() || c.Reaped == nil:
		case inGuard > 0 || known && strings.Contains(b.guard, "$?"):
			h.failed = c
			h.start = min(h.start, c.Reaped.Index)
			return h
		case known && ofStatus.MatchString(b.guard):
			return h // one before: which is not known
		}
		if inGuard == 0 && ofStatus.MatchString(b.guard) {
			continue // what was done since the status was kept
		}
		return &handling{start: math.MaxInt}
	}
	return &handling{start: math.MaxInt}
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

// hasCommand says whether a script has a program's name where a command begins.
func hasCommand(text, name string) bool {
	for from := 0; name != ""; {
		k := strings.Index(text[from:], name)
		if k < 0 {
			break
		}
		k += from
		from = k + len(name)
		if beginsCommand(text[max(0, k-longestBefore):k]) && (from == len(text) || strings.IndexByte(" \t\n;|&)<>", text[from]) >= 0) {
			return true
		}
	}
	return false
}

// longestBefore is more than what beginsCommand looks at.
const longestBefore = 64

// beginsCommand says whether a command begins behind a piece of a script.
func beginsCommand(before string) bool {
	before = strings.TrimRight(before, " \t")
	if before == "" || strings.IndexByte("!(;|&{\n`/", before[len(before)-1]) >= 0 {
		return true
	}
	word := before[strings.LastIndexAny(before, " \t\n;(")+1:]
	return slices.Contains([]string{"if", "elif", "then", "else", "do", "eval", "exec", "env", "command"}, word)
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
