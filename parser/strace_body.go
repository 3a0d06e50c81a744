package parser

import (
	"strconv"
	"strings"

	"github.com/stracex/stracex/event"
)

// form is what a line's body looks like.
type form uint8

const (
	formOther   form = iota
	formCall         // name(…
	formResumed      // <... name resumed>…
	formSignal       // --- … ---
	formExit         // +++ … +++
	formDetail       // a stack frame or a hexdump
	formMessage      // strace's own words
)

// formOf tells the form by the first bytes.
func formOf(body string) form {
	switch {
	case body == "":
		return formOther
	case body[0] == '<' && isResumed(body):
		return formResumed
	case body[0] == '-' && strings.HasPrefix(body, "--- ") && strings.HasSuffix(body, " ---"):
		return formSignal
	case body[0] == '+' && strings.HasPrefix(body, "+++ ") && strings.HasSuffix(body, " +++"):
		return formExit
	case body[0] == ' ':
		if strings.HasPrefix(body, " > ") || strings.HasPrefix(body, " | ") || strings.HasPrefix(body, " * ") {
			return formDetail
		}
		return formOther
	case callName(body) != "":
		return formCall
	case isMessage(body):
		return formMessage
	}
	return formOther
}

// isResumed says whether a second half begins here, of a call that has a name.
func isResumed(body string) bool {
	rest, ok := strings.CutPrefix(body, "<... ")
	name, _, found := strings.Cut(rest, " resumed>")
	return ok && found && (isConstant(name) || name == "???")
}

// callName gives the name before "(", "???" for a call that strace could not
// name.
func callName(body string) string {
	if strings.HasPrefix(body, "???(") {
		return "???"
	}
	n := 0
	for n < len(body) && isWord(body[n]) {
		n++
	}
	if n == 0 || n >= len(body) || body[n] != '(' || isDigit(body[0]) {
		return ""
	}
	return body[:n]
}

// isTraceLine says whether a line can only be strace's.
func isTraceLine(text string) bool {
	_, body := cutPrefix(text)
	switch formOf(body) {
	case formResumed, formSignal, formExit, formMessage:
		return true
	case formCall:
		return strings.HasSuffix(body, " <unfinished ...>") || strings.HasSuffix(body, " <detached ...>") ||
			strings.Contains(body, ") = ") || strings.Contains(body, ")  ") && strings.Contains(body, "  = ") ||
			strings.Contains(body, ")\t") && strings.Contains(body, "= ")
	}
	return false
}

// parseSignal reads "--- SIGSEGV {si_signo=SIGSEGV, …} ---", "--- stopped by
// SIGSTOP ---" and the old "--- SIGABRT (Aborted) @ 0 (0) ---" and
// "--- {si_signo=SIGABRT, …} (Aborted) ---".
func (p *scanner) parseSignal(body string) (event.Kind, *event.SignalInfo, bool) {
	text := body[len("--- "):max(len(body)-len(" ---"), len("--- "))]
	if name, ok := strings.CutPrefix(text, "stopped by "); ok {
		return event.Stopped, &event.SignalInfo{Name: name}, isConstant(name)
	}
	name, rest := "", text
	if !strings.HasPrefix(text, "{") {
		name, rest, _ = strings.Cut(text, " ")
	}
	info := &event.SignalInfo{Name: name}
	p.reset(rest)
	if p.peek() == '{' {
		info.Info = p.value(true)
		p.spaces()
	}
	if name == "" {
		info.Name = info.Info.Field("si_signo").Str
	}
	if !isConstant(info.Name) {
		return 0, nil, false
	}
	if p.peek() == '(' {
		var ok bool
		if info.Raw, ok = p.parenthesis(); !ok {
			return 0, nil, false
		}
		p.spaces()
		if p.skip("@ ") {
			p.i = len(p.s)
		}
	}
	return event.Signal, info, p.i >= len(p.s) && info.Info.Kind != event.Raw
}

// isConstant says whether s is a name such as SIGRT_5.
func isConstant(s string) bool {
	for i := range len(s) {
		if !isWord(s[i]) {
			return false
		}
	}
	return s != ""
}

// parseExit reads "+++ exited with 0 +++", "+++ killed by SIGSEGV (core dumped)
// +++" and "+++ superseded by execve in pid 12 +++".
func parseExit(body string) (*event.Exit, bool) {
	text := body[len("+++ "):max(len(body)-len(" +++"), len("+++ "))]
	if code, ok := strings.CutPrefix(text, "exited with "); ok {
		n, err := strconv.Atoi(code)
		return &event.Exit{Code: n}, err == nil
	}
	if name, ok := strings.CutPrefix(text, "killed by "); ok {
		name, core := strings.CutSuffix(name, " (core dumped)")
		return &event.Exit{Signal: name, Core: core}, isConstant(name)
	}
	if pid, ok := strings.CutPrefix(text, "superseded by execve in pid "); ok {
		pid, _, _ = strings.Cut(pid, "<") // strace -Y
		n, err := strconv.Atoi(pid)
		return &event.Exit{SupersededBy: n}, err == nil && n > 0
	}
	return nil, false
}
