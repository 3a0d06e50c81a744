package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// isMessage says whether strace itself speaks: "strace: Process 12 attached",
// "/usr/bin/strace: …", and without its name in old ones.
func isMessage(s string) bool {
	if _, _, ok := processMessage(s); ok || isOldMessage(s) {
		return true
	}
	name, _, ok := strings.Cut(s, ": ")
	return ok && strings.HasPrefix(name[strings.LastIndexByte(name, '/')+1:], "strace") &&
		!strings.ContainsAny(name, " \t(")
}

// processMessage reads "strace: Process 12 attached" and "detached", and of
// strace before 4.6 "suspended" and "resumed (parent 11 ready)".
func processMessage(s string) (tid int, verb string, ok bool) {
	i := strings.Index(s, "Process ")
	if i < 0 || i > 0 && !strings.HasSuffix(s[:i], ": ") {
		return 0, "", false
	}
	number, verb, _ := strings.Cut(s[i+len("Process "):], " ")
	verb, _, _ = strings.Cut(verb, " ")
	tid, err := strconv.Atoi(number)
	if err != nil || tid <= 0 {
		return 0, "", false
	}
	switch verb {
	case "attached", "detached", "suspended", "resumed":
		return tid, verb, true
	}
	return 0, "", false
}

func isDetached(text string) bool {
	_, verb, _ := processMessage(text)
	return verb == "detached"
}

// oldMessages are how strace before 4.9 begins what it says without its name.
var oldMessages = []string{
	"[ Process PID=", // "[ Process PID=12 runs in 32 bit mode. ]"
	"upeek: ", "umoven: ", "umovestr: ", "ptrace: umoven: ", "PANIC: ",
	"trace: ptrace(", "detach: ptrace(", "attach: ptrace(",
}

func isOldMessage(s string) bool {
	if s == "" || strings.IndexByte("[uptdaP", s[0]) < 0 {
		return false
	}
	for _, m := range oldMessages {
		if strings.HasPrefix(s, m) {
			return true
		}
	}
	return false
}

// summaryPart is where in the table of strace -c a line stands.
type summaryPart uint8

const (
	noSummary    summaryPart = iota
	summaryHead              // "% time     seconds  usecs/call     calls    errors syscall"
	summaryRows              // behind the first line of dashes
	summaryTotal             // behind the second one: a line is still to come
)

// summaryColumns are the words of the table's head, in whatever order strace -U
// was given.
var summaryColumns = map[string]bool{
	"%": true, "time": true, "seconds": true, "shortest": true, "longest": true, "usecs/call": true,
	"calls": true, "errors": true, "syscall": true,
	"wall-total": true, "wall-min": true, "wall-max": true, "wall-avg": true, // strace 7
}

// isSummaryHead says whether a table of strace -c begins here. Where several
// kinds of programs ran, "System call usage summary for 32 bit mode:" stands
// before it.
func isSummaryHead(text string) bool {
	if strings.HasPrefix(text, "System call usage summary for ") {
		return true
	}
	if !strings.Contains(text, "calls") && !strings.Contains(text, "time") && !strings.Contains(text, "syscall") {
		return false
	}
	n := 0
	for word := range strings.FieldsSeq(text) {
		if !summaryColumns[word] {
			return false
		}
		n++
	}
	return n >= 2
}

// next is the part of the line behind text.
func (s summaryPart) next(text string) summaryPart {
	switch {
	case isSummaryHead(text):
		return summaryHead
	case s == noSummary || s == summaryTotal || text == "":
		return noSummary
	case !isRule(text):
		return s
	}
	return s + 1
}

// isRule says whether the line is one of dashes.
func isRule(text string) bool {
	return strings.HasPrefix(text, "--") && strings.Trim(text, "- ") == ""
}

// cutLost takes off the mark of a thread that strace let go of inside the call,
// or found gone.
func cutLost(text string) (args, note string, ok bool) {
	if args, ok := strings.CutSuffix(text, "<detached ...>"); ok {
		return strings.TrimSuffix(strings.TrimRight(args, " "), "^C"), "detached", true
	}
	if !strings.HasSuffix(text, ">") {
		return "", "", false
	}
	const renamed = " <pid changed to "
	if i := strings.LastIndex(text, renamed); i >= 0 {
		pid, ok := strings.CutSuffix(text[i+len(renamed):], " ...>")
		if _, err := strconv.Atoi(pid); ok && err == nil { // an execve of a thread, strace -ff
			return text[:i], "pid changed to " + pid, true
		}
	}
	for _, mark := range []string{" <ptrace(", " <Cannot restart pid "} {
		if i := strings.LastIndex(text, mark); i >= 0 && !strings.ContainsAny(text[i:], "\",") {
			return strings.TrimRight(text[:i], " "), "", true
		}
	}
	return "", "", false
}

// cutEnd takes off the mark with which strace before 4.7 says that the process
// ended inside the call: "exit_group(1 <unfinished ... exit status 1>".
func cutEnd(text string) (args string, code int, ok bool) {
	const mark = "<unfinished ... exit status "
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return "", 0, false
	}
	number, ok := strings.CutSuffix(text[i+len(mark):], ">")
	code, err := strconv.Atoi(number)
	return strings.TrimRight(text[:i], " "), code, ok && err == nil
}

// ended handles a call in which the process ended. It returns why it is none.
func (r *straceReader) ended(name, text string, code int) (why string) {
	args, ok := r.firstArgs(text)
	if !ok {
		return endsEarly
	}
	c := event.NewCall(name, args...)
	c.Unfinished = true
	r.emitCall(c)
	r.emitExit(&event.Exit{Code: code})
	r.told = r.lines.n
	return ""
}

// emitExit gives out the end of the thread that the line is about.
func (r *straceReader) emitExit(exit *event.Exit) {
	r.emitHere(&event.Event{Kind: event.Exited, Exit: exit})
	r.who.exited(r.now.tid)
}
