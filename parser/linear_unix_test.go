//go:build unix

package parser

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stracex/stracex/event"
)

// tooLong is far above the work that a log of this test is, and far below what it
// would be if lines were gone over once for each of their bytes. It is time on a
// processor: how busy the machine is with other things doesn't matter.
const tooLong = slower * 2 * time.Second

// TestLinesTakeLinearTime reads lines that lead a reader astray at every byte.
func TestLinesTakeLinearTime(t *testing.T) {
	const size = 1 << 15
	for _, unit := range []string{
		"[", "<", "(", "{", "\"", "@\"", "\\", "^C", "/*", "*/", "=>", "-> ", "~[", "<<", ">", ")", "]", "}", ",", " ", "1", "a",
		"1<", "1<,", "1<[,", "1<x<,", "</,", "\"a\"...,", "1/*,", "1 => ", "a(", "a(1", "a=", "a:1 ", "a_b:-1", "[a ", "{{} ", "SCM_{",
		"\"\\\"", "1|", "1 /*a*/|", "0x1 /*a*/|0x2 ", "<unfinished ...>", "<unfinished ...> ", "<... ", " resumed>", "strace: ",
		"Process ", "Process 1 attached", "[x_t] ", " [x_t]", "1 [a:b:c]", "...", "...]", "--- ", "+++ ", ") = ", ")  = ", "[pid ", "\x1b[", "\x1b[1m",
		"&", "-", "|", "\x00", "\xff", ":", "10:00:00 ", "=", "a[", "1,", "1<a>x,", "{a=1, ", "[1 ",
	} {
		for _, shape := range []struct{ before, after string }{
			{"f(", ") = 0"}, {"", ""}, {"f(", ">x) = 0"}, {"f(1) = -1 ENOENT (", ")"}, {"f(1) = 3<", ""},
			{"--- SIGSEGV {", "} ---"}, {"write(1, \"", "\", 5"}, {"write(1, \"a\", 1", ") = 1"}, {"[pid 12", ""},
			{"f(", "strace: Process 5 attached\n) = 0"},
		} {
			line := shape.before + strings.Repeat(unit, size/len(unit)) + shape.after
			log := []byte("g() = 0\n" + line + "\n")
			events := readInTime(t, shape.before+unit, log)
			if len(events) < 2 && !bytes.Contains(log, []byte("\x00")) {
				t.Errorf("%q %q…: %d events", shape.before, unit, len(events))
			}
		}
	}
}

// readInTime reads a log, which must not take long.
func readInTime(t *testing.T, what string, log []byte) []*event.Event {
	t.Helper()
	start := worked(t)
	events, _ := readAll(t, log)
	if took := worked(t) - start; took > tooLong {
		t.Errorf("%q…: %v", what, took)
	}
	return events
}

// worked is how long this process has been on a processor.
func worked(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestLogsTakeLinearTime reads logs in which what was kept of one line is used
// again with every other, and lines that are read again from their middle.
func TestLogsTakeLinearTime(t *testing.T) {
	ones := strings.Repeat("1", 1<<19)
	for what, log := range map[string]string{
		"a count of many digits":           "write(1, \"" + ones + "x\"..., " + ones + ones + "\n",
		"halves that do not fit":           "12 read(3, \"" + ones + "\" <unfinished ...>\n" + strings.Repeat("12 <... read resumed>)\n", 1<<15),
		"rests that do not fit":            "read(3, \"" + ones + "\"strace: x\n" + strings.Repeat(")\n", 1<<15),
		"bare tails":                       "12 read(3, \"" + ones + "\" <unfinished ...>\n" + strings.Repeat(")\n", 1<<15),
		"output after a write":             "write(1, \"" + ones + "\", 5" + strings.Repeat("a)\n", 1<<17),
		"descriptors that end far behind":  "f(" + strings.Repeat("1<,", 1<<19) + ">x) = 0\n",
		"old addresses of netlink":         "bind(3, " + strings.Repeat("{sin_family=AF_NETLINK, {sa_family=16, ", 1<<14) + "\n",
		"lines that a call may go on with": "f(" + ones + ",\n" + strings.Repeat("1,\n", 1<<15),
		"brackets that are not closed":     "f(" + strings.Repeat("[{", 1<<17) + "\n",
	} {
		readInTime(t, what, []byte("g() = 0\n"+log))
	}
}
