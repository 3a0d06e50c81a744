package parser

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/event"
)

// Each piece of the scanner has a target of its own: it takes any bytes, and what
// it understood is the same when it is printed and read again.

// seed adds what piece gives of each line of the examples, each text once.
func seed(f *testing.F, piece func(line string) (string, bool)) {
	logs, _ := filepath.Glob(examples + "/*.log")
	if len(logs) == 0 {
		f.Fatal("no examples")
	}
	var lines []string
	for _, path := range logs {
		log, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		lines = append(lines, strings.Split(string(log), "\n")...)
	}
	for _, test := range logTests {
		lines = append(lines, strings.Split(test.log, "\n")...)
	}
	seen := map[string]bool{}
	for _, line := range lines {
		if text, ok := piece(line); ok && len(text) < 500 && !seen[text] && len(seen) < 1000 {
			seen[text] = true
			f.Add(text)
		}
	}
	if len(seen) == 0 {
		f.Fatal("no seeds")
	}
}

func body(line string) string {
	_, body := cutPrefix(line)
	return body
}

// FuzzPrefix checks that what is taken off a line's beginning is its beginning,
// and that the same prefix stands before the same body.
func FuzzPrefix(f *testing.F) {
	seed(f, func(line string) (string, bool) { return line, true })
	f.Fuzz(func(t *testing.T, line string) {
		p, body := cutPrefix(line)
		if !strings.HasSuffix(line, body) {
			t.Fatalf("%q is not the end of %q", body, line)
		}
		if p.tid < 0 || p.ns < 0 || p.present != (p.style != noPID || p.clock != event.NoClock) {
			t.Fatalf("%+v", p)
		}
		if p.comm != event.Printable(p.comm) && !event.DecoEscaped(p.comm) {
			t.Fatalf("comm %q", p.comm)
		}
	})
}

// FuzzValues reads arguments.
func FuzzValues(f *testing.F) {
	seed(f, func(line string) (string, bool) {
		_, args, ok := strings.Cut(body(line), "(")
		return args, ok
	})
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\n\x00\x1b") {
			return // never in a line that is read
		}
		var p scanner
		p.reset(text)
		l := p.list(')')
		if p.i > len(text) || len(p.stack) != 0 || p.depth != 0 {
			t.Fatalf("at %d of %d, %d on the stack, depth %d", p.i, len(text), len(p.stack), p.depth)
		}
		if n := countValues(l.elems); n > maxValues+2*len(text) {
			t.Fatalf("%d values", n)
		}
		if l.closed && !hasBroken(l.elems) {
			c := event.NewCall("f", l.elems...)
			c.Unfinished = p.unfinished
			checkStable(t, c)
		}
	})
}

// hasBroken says whether a bracket, a quote or a comment may begin in a value that
// does not end there: what is printed behind it can end it.
func hasBroken(values []event.Value) bool {
	return slices.ContainsFunc(values, func(v event.Value) bool {
		return v.Kind == event.Raw && (v.Str == "" || strings.ContainsAny(v.Str, "<\"/@([{")) || opens(v.Deco) || opens(v.Comment) ||
			hasBroken(v.Elems) || v.After != nil && hasBroken([]event.Value{*v.After})
	})
}

// opens says whether the brackets and quotes of a comment, or of a decoration that is
// no path, are not in pairs.
func opens(s string) bool {
	return !strings.HasPrefix(s, "/") &&
		(strings.Count(s, "[") != strings.Count(s, "]") || strings.Count(s, `"`)%2 != 0)
}

func countValues(values []event.Value) int {
	n := len(values)
	for _, v := range values {
		n += countValues(v.Elems)
		if v.After != nil {
			n += 1 + countValues([]event.Value{*v.After})
		}
	}
	return n
}

// checkStable prints a call and reads it again: the same call must come out when
// what was read is printed and read once more. The first time spaces, the
// spelling of escapes and surplus zeros are lost.
func checkStable(t *testing.T, c *event.Call) {
	t.Helper()
	first, ok := reread(c)
	if !ok {
		t.Fatalf("can't be read again: %s", printCall(c))
	}
	second, ok := reread(first)
	if !ok || !reflect.DeepEqual(first, second) {
		t.Fatalf("%s\nis another call: %s", printCall(c), cmp.Diff(first, second, whole))
	}
}

func printCall(c *event.Call) string {
	e := &event.Event{Kind: event.Returned, Call: c}
	return string(event.Append(nil, e, formatOf([]*event.Event{e})))
}

func reread(c *event.Call) (*event.Call, bool) {
	text, ok := strings.CutPrefix(printCall(c), c.Name+"(")
	r := newStraceText(bufio.NewReader(strings.NewReader("")), "")
	again := event.NewCall(c.Name)
	again.Entered = -1
	return again, ok && r.parseCall(again, text) == ""
}

// FuzzResult reads what stands behind "= ".
func FuzzResult(f *testing.F) {
	seed(f, func(line string) (string, bool) {
		i := strings.LastIndex(line, " = ")
		return line[i+1:], i >= 0
	})
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\n\x00\x1b") {
			return
		}
		var p scanner
		p.reset(strings.TrimPrefix(text, "= "))
		c := event.NewCall("f")
		if !p.result(c) {
			return
		}
		if c.Duration < -1 || c.Ret.HasDeco && !c.Ret.Known {
			t.Fatalf("%+v", c)
		}
		checkStable(t, c)
	})
}

// checkAgain prints an event of one line and reads it.
func checkAgain(t *testing.T, e *event.Event) {
	t.Helper()
	line := event.Append(nil, e, event.Format{Decos: true})
	r := newStraceText(bufio.NewReader(bytes.NewReader(line)), "")
	again, err := r.Read()
	if err != nil || again.Kind != e.Kind || !reflect.DeepEqual(again.Signal, e.Signal) || !reflect.DeepEqual(again.Exit, e.Exit) {
		t.Fatalf("%s\nis another event: %v %s", line, err, cmp.Diff(e, again, whole))
	}
}

// FuzzSignal reads what stands between the dashes.
func FuzzSignal(f *testing.F) {
	seed(f, func(line string) (string, bool) { return body(line), formOf(body(line)) == formSignal })
	f.Fuzz(func(t *testing.T, text string) {
		if formOf(text) != formSignal || strings.ContainsAny(text, "\n\x00\x1b") {
			return
		}
		var p scanner
		kind, info, ok := p.parseSignal(text)
		if !ok {
			return
		}
		once := &event.Event{Kind: kind, Signal: info}
		p.reset("")
		_, plain, ok := new(scanner).parseSignal(string(event.Append(nil, once, event.Format{Decos: true})))
		if !ok {
			t.Fatalf("%q can't be read again", event.Append(nil, once, event.Format{Decos: true}))
		}
		checkAgain(t, &event.Event{Kind: kind, Signal: plain})
	})
}

// FuzzExit reads what stands between the crosses.
func FuzzExit(f *testing.F) {
	seed(f, func(line string) (string, bool) { return body(line), formOf(body(line)) == formExit })
	f.Fuzz(func(t *testing.T, text string) {
		if formOf(text) != formExit || strings.ContainsAny(text, "\n\x00\x1b") {
			return
		}
		if exit, ok := parseExit(text); ok {
			checkAgain(t, &event.Event{Kind: event.Exited, Exit: exit})
		}
	})
}

// FuzzUnescape undoes escapes: what is printed of the bytes is read as the bytes.
func FuzzUnescape(f *testing.F) {
	seed(f, func(line string) (string, bool) {
		_, text, ok := strings.Cut(line, `"`)
		return text, ok
	})
	f.Fuzz(func(t *testing.T, text string) {
		plain := unescape("", text)
		if len(plain) > len(text) {
			t.Fatalf("%d bytes became %d", len(text), len(plain))
		}
		printed := event.AppendValue(nil, event.Value{Kind: event.String, Str: plain}, event.Format{})
		end, _ := stringEnd(string(printed), 0)
		if end != len(printed)-1 {
			t.Fatalf("%s ends at %d", printed, end)
		}
		if again := unescape("", string(printed[1:end])); again != plain {
			t.Fatalf("%q printed as %s is %q", plain, printed, again)
		}
	})
}

// FuzzDeco reads what stands in angle brackets.
func FuzzDeco(f *testing.F) {
	seed(f, func(line string) (string, bool) {
		_, text, ok := strings.Cut(line, "<")
		return "<" + text, ok
	})
	f.Fuzz(func(t *testing.T, text string) {
		if !strings.HasPrefix(text, "<") || strings.ContainsAny(text, "\n\x00\x1b") {
			return
		}
		p := scanner{s: text}
		deco, ok := p.deco()
		if p.i > len(text) {
			t.Fatalf("at %d of %d", p.i, len(text))
		}
		if ok && !opens(deco) {
			checkStable(t, event.NewCall("f", event.Value{Kind: event.Int, Int: 3, Deco: deco, HasDeco: true}))
		}
	})
}

// FuzzMessage reads what strace says itself, and the parts of its tables.
func FuzzMessage(f *testing.F) {
	seed(f, func(line string) (string, bool) { return line, isMessage(line) || isSummaryHead(line) })
	f.Fuzz(func(t *testing.T, text string) {
		if before, message, ok := cutMessage(text); ok && before+message != text {
			t.Fatalf("%q and %q are not %q", before, message, text)
		}
		if tid, verb, ok := processMessage(text); ok && (tid <= 0 || verb == "") {
			t.Fatalf("%d %q", tid, verb)
		}
		for s := noSummary; s <= summaryTotal; s++ {
			if next := s.next(text); next > summaryTotal {
				t.Fatalf("part %d after %q", next, text)
			}
		}
	})
}

// FuzzLines checks that no line is lost.
func FuzzLines(f *testing.F) {
	addLogs(f)
	f.Add([]byte("strace: Process 7708 attached\nrestart_syscall(<... resumin>\ng interrupted read ...>strace: Process 7708 de\xcehed\n <detached ...>"))
	f.Add([]byte("race: PrEcess 7708 attached\nrestart_syscall(<... resumin>\nd interrupted read ...>sera{e: Process 7708 de\xcehed\n <detached ...>"))
	f.Fuzz(func(t *testing.T, log []byte) {
		checkAccount(t, newStraceText(bytes.NewReader(log), "log"))
	})
}
