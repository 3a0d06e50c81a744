package carrier

import (
	"bytes"
	"mime/quotedprintable"
	"strings"
	"testing"
)

// wrapWords wraps as mailers do: at the last blank that fits, which is lost.
func wrapWords(log string, width int) string {
	var out strings.Builder
	for line := range strings.Lines(log) {
		for len(line)-1 > width {
			at := strings.LastIndexByte(line[:width+1], ' ')
			if at <= 0 {
				if at = strings.IndexByte(line, ' '); at < 0 {
					break
				}
			}
			out.WriteString(line[:at] + "\n")
			line = line[at+1:]
		}
		out.WriteString(line)
	}
	return out.String()
}

// wrapColumns wraps as terminals do.
func wrapColumns(log string, width int) string {
	var out strings.Builder
	for line := range strings.Lines(log) {
		for len(line)-1 > width {
			out.WriteString(line[:width] + "\n")
			line = line[width:]
		}
		out.WriteString(line)
	}
	return out.String()
}

// joined says how many of log's lines are in got, and whether got has a line for
// each of wrapped's.
func joined(log, wrapped, got string) (same, all int, numbered bool) {
	have := map[string]int{}
	for line := range strings.Lines(got) {
		have[line]++
	}
	for line := range strings.Lines(log) {
		all++
		if have[line] > 0 {
			have[line]--
			same++
		}
	}
	return same, all, strings.Count(got, "\n") == strings.Count(wrapped, "\n")
}

// mostlyCalls says whether a log is long enough and has little but calls, the only
// lines that can be joined for certain.
func mostlyCalls(log string) bool {
	calls, all := 0, 0
	for line := range strings.Lines(log) {
		if all++; strings.Contains(line, ") ") && strings.Contains(line, "= ") {
			calls++
		}
	}
	return all >= 20 && calls*10 >= all*8
}

func TestWrapped(t *testing.T) {
	for name, log := range logs(t) {
		if !mostlyCalls(log) {
			continue
		}
		for wrap, wrapped := range map[string]string{
			"72 columns, words": wrapWords(log, 72), "80 columns, words": wrapWords(log, 80),
			"80 columns": wrapColumns(log, 80), "72 columns": wrapColumns(log, 72),
		} {
			if wrapped == log {
				continue
			}
			for _, quoted := range []string{"", "> "} {
				text := eachLine(wrapped, func(_ int, line string) string { return quoted + line })
				same, all, numbered := joined(log, wrapped, plain(t, text))
				if same*100 < all*95 || !numbered {
					t.Errorf("%s, %s, quoted %q: %d of %d lines whole, numbers kept %v", name, wrap, quoted, same, all, numbered)
				}
			}
		}
	}
}

// Mails in quoted-printable are wrapped too, and say so.
func TestQuotedPrintable(t *testing.T) {
	for name, log := range logs(t) {
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		w.Write([]byte(log))
		w.Close()
		if !strings.Contains(b.String(), ") =3D") || !mostlyCalls(log) {
			continue
		}
		same, all, numbered := joined(log, b.String(), plain(t, b.String()))
		if same != all || !numbered {
			t.Errorf("%s: %d of %d lines whole, numbers kept %v", name, same, all, numbered)
		}
	}
}

// One wrapped line is enough where mailers wrap.
func TestOneWrappedLine(t *testing.T) {
	compare(t, "getpid() = 1\nopenat(AT_FDCWD, \"/etc/app/config.json\", O_RDONLY) = -1 ENOENT (No such file or directory) <0.000012>\n\n",
		plain(t, "getpid() = 1\nopenat(AT_FDCWD, \"/etc/app/config.json\", O_RDONLY) = -1 ENOENT (No\nsuch file or directory) <0.000012>\n"))
}

// What is not certainly wrapped is left alone.
func TestNotWrapped(t *testing.T) {
	long := `openat(AT_FDCWD, "/usr/share/a/long/path/to/a/file", O_RDONLY|O_CLOEXEC) = 3` + "\n"
	for name, log := range map[string]string{
		"output in a call": strings.Repeat(long, 3) + "write(1, \"hello\\n\", 6hello\n)   = 6\nwrite(1, \"hello\\n\", 6hello\n)   = 6\n",
		"output in a call, as long as a line": strings.Repeat(long+
			`write(1, "`+strings.Repeat("x", 32)+`"..., 58`+strings.Repeat("x", len(long)-51)+"\n)   = 58\n", 4),
		"output of two words, as long as a line": strings.Repeat(long+
			`write(1, "`+strings.Repeat("x", 32)+`"..., 58`+strings.Repeat("x", len(long)-51)+"\ny)   = 58\n", 4),
		"a message of strace in the longest line": strings.Repeat(
			"clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLDstrace: Process 12 attached\n, child_tidptr=0x7efec3147a10) = 12\n", 3),
		"a call that goes on behind another": strings.Repeat(long+
			"clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD\ngetpid() = 1\n, child_tidptr=0x7efec3147a10) = 12\n", 3),
	} {
		t.Run(name, func(t *testing.T) { compare(t, log, plain(t, log)) })
	}
}
