package carrier

import (
	"fmt"
	"testing"
)

func TestUntypeset(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"open(“/etc/x”, O_RDONLY)\u00a0= −1 ENOENT (No such file or directory)", `open("/etc/x", O_RDONLY) = -1 ENOENT (No such file or directory)`},
		{"--- SIGCHLD {si_signo=SIGCHLD, …} ---", "--- SIGCHLD {si_signo=SIGCHLD, ...} ---"},
		{"can’t open “x” – giving up…", "can’t open “x” – giving up…"}, // the program's
		{`close(3) = 0`, `close(3) = 0`},
	} {
		if got := string(untypeset([]byte(c.line))); got != c.want {
			t.Errorf("%s\ngives %s\nwant  %s", c.line, got, c.want)
		}
	}
}

func TestWithoutTags(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"close(3) = 0<br>", "close(3) = 0"},
		{"<p>close(3) = 0</p>", "close(3) = 0"},
		{"<span class=x>12 close(3) = 0</span><br/>", "12 close(3) = 0"},
		{`write(1, "<p>\"<br>", 3) = 3`, `write(1, "<p>\"<br>", 3) = 3`}, // what it wrote
		{"[pid 12<tr>] close(3) = 0", "[pid 12<tr>] close(3) = 0"},       // a process
		{"close(3</tmp/code>) = 0", "close(3</tmp/code>) = 0"},
		{"<p>prose</p>", "<p>prose</p>"},
	} {
		if got := string(withoutTags([]byte(c.line))); got != c.want {
			t.Errorf("%s\ngives %s\nwant  %s", c.line, got, c.want)
		}
	}
}

func TestMorePrefixes(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func([]byte) int
		line string
		want int
	}{
		{"label", label, "[Test linux] close(3) = 0", 13},
		{"label", label, "[pid  12] close(3) = 0", 0},
		{"label", label, "[00007f2a8291dad7] close(3) = 0", 0},
		{"monotonic", monotonic, "[ 1234.567890] close(3) = 0", 15},
		{"monotonic", monotonic, "[  59] close(3) = 0", 0},
		{"line number", lineNumber, "  12 | close(3) = 0", 7},
		{"line number", lineNumber, "12. close(3) = 0", 4},
		{"line number", lineNumber, "12 close(3) = 0", 0}, // a pid
		{"bare number", bareNumber, "  12 close(3) = 0", 5},
	} {
		if got := c.f([]byte(c.line)); got != c.want {
			t.Errorf("%s of %q: %d, want %d", c.name, c.line, got, c.want)
		}
	}
}

func TestRecordsOfStrings(t *testing.T) {
	for _, c := range []struct {
		name string
		f    readRecord
		line string
		want string
	}{
		{"list", readString, `    "open(\"/x\", O_RDONLY) = 3",`, `open("/x", O_RDONLY) = 3`},
		{"list", readString, `- "close(3) = 0"`, "close(3) = 0"},
		{"list", readString, `"a" b`, ""},
		{"logfmt", readLogfmt, `time=2024-01-01T00:00:00Z level=info msg="open(\"/x\") = 3" n=1`, `open("/x") = 3`},
		{"logfmt", readLogfmt, `write(1, "msg=\"x\"", 7) = 7`, ""},
	} {
		r, ok := c.f([]byte(c.line))
		if got := string(r.text); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s of %s: %q, %v; want %q", c.name, c.line, got, ok, c.want)
		}
	}
}

func TestCounted(t *testing.T) {
	numbered := func(from, step int) (lines [][]byte) {
		for i := range 40 {
			lines = append(lines, fmt.Appendf(nil, "%5d close(3) = 0", from+i*step))
		}
		return lines
	}
	if !areCounted(numbered(1, 1)) || !areCounted(numbered(120, 1)) {
		t.Error("lines with rising numbers are not counted")
	}
	if areCounted(numbered(812, 0)) || areCounted(numbered(812, 3)) {
		t.Error("pids are taken for line numbers")
	}
}
