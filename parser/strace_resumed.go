package parser

import (
	"strings"

	"github.com/stracex/stracex/event"
)

// maxTries is how many second halves may fail to fit a first half, which is read
// again with each of them.
const maxTries = 4

// join handles the second half of a call whose first is known.
func (r *straceReader) join(l line, first *pendingCall, rest string) {
	why := "the call's second half does not fit"
	if first.tries < maxTries {
		c := event.Call{Name: first.name, Entered: first.index}
		if why = r.parseCall(&c, first.args+rest); why == "" {
			shown, _ := r.firstArgs(first.args)
			c.SetShown(len(shown))
			r.emitCall(&c)
			return
		}
	}
	first.tries++
	r.put(r.now.tid, first) // it may come whole on a later line
	r.unknown(l, why)
}

// tail handles a bare ")   = ?": strace --status=unfinished leaves the rest away
// that stands before it. It is the end of the call that began on the line before.
func (r *straceReader) tail(l line) bool {
	if !r.who.column || r.now.present || !strings.HasPrefix(l.text, ")") {
		return false
	}
	p := r.pending[r.begun]
	if p == nil || p.line != r.lines.n-1 {
		return false
	}
	r.now = prefix{tid: r.begun}
	r.join(l, r.take(r.begun), l.text)
	return true
}

// sameCall says whether a call that began as one name can go on as the other: a
// table of 32-bit calls or another version has another spelling, and a call of
// which strace could not read the number has none.
func sameCall(began, resumed string) bool {
	return began == resumed || spelling(began) == spelling(resumed) || isNumbered(began) || isNumbered(resumed)
}

// isNumbered says whether the name is but a number: "syscall_0x1ff", "SYS_511",
// and "???" for none.
func isNumbered(name string) bool {
	return name == "???" || strings.HasPrefix(name, "syscall_") || strings.HasPrefix(name, "SYS_")
}

// spellings are names of the same call that differ by more than what spelling
// takes off.
var spellings = map[string]string{
	"waitpid": "wait4", "semtimedop": "semop", "clone3": "clone", "__clone2": "clone",
	"recvfrom": "recv", "sendto": "send", "newfstatat": "fstatat", "_exit": "exit",
}

// spelling is the name without what tables add to it: "_newselect",
// "old_mmap", "pread64", "futex_time64", "setuid32".
func spelling(name string) string {
	if s, ok := spellings[name]; ok {
		return s
	}
	for _, before := range []string{"_new", "old_", "old", "sys_", "compat_", "_"} {
		if rest, ok := strings.CutPrefix(name, before); ok && rest != "" {
			name = rest
			break
		}
	}
	for _, after := range []string{"_time64", "64", "32", "_time32"} {
		if rest, ok := strings.CutSuffix(name, after); ok && rest != "" {
			name = rest
			break
		}
	}
	if s, ok := spellings[name]; ok {
		return s
	}
	return name
}
