package carrier

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// logs are the tree's examples of strace's text.
func logs(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/strace/*.log")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	all := map[string]string{}
	for _, path := range paths {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(path)] = string(log)
	}
	return all
}

// plain undoes the carriers of a text.
func plain(t testing.TB, text string) string {
	t.Helper()
	r, err := Text(bufio.NewReaderSize(strings.NewReader(text), HeadSize))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func compare(t *testing.T, want, got string) {
	t.Helper()
	if want != got {
		t.Errorf("-want +got\n%s", cmp.Diff(strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")))
	}
}

// few says whether a log has too little of strace in it to know a carrier by, or
// bytes that JSON and UTF-16 can't hold.
func few(log string) bool {
	lines := headLines([]byte(log), false)
	return traces(lines) < max(1, len(lines)/4) || !utf8.ValidString(log)
}

func TestEachCarrier(t *testing.T) {
	for name, log := range logs(t) {
		if few(log) {
			continue
		}
		for _, c := range carriersTested {
			t.Run(name+"/"+c.name, func(t *testing.T) { compare(t, log, plain(t, eachLine(log, c.wrap))) })
		}
	}
}

func TestEachText(t *testing.T) {
	for name, log := range logs(t) {
		if few(log) {
			continue
		}
		for _, c := range textsTested {
			t.Run(name+"/"+c.name, func(t *testing.T) { compare(t, log, plain(t, c.wrap(log))) })
		}
	}
}

// Every carrier in every other.
func TestNestedCarriers(t *testing.T) {
	log := logs(t)["pipeline-f.log"]
	for _, inner := range carriersTested {
		once := eachLine(log, inner.wrap)
		for _, outer := range carriersTested {
			t.Run(outer.name+" of "+inner.name, func(t *testing.T) { compare(t, log, plain(t, eachLine(once, outer.wrap))) })
		}
		for _, text := range textsTested {
			t.Run(text.name+" of "+inner.name, func(t *testing.T) { compare(t, log, plain(t, text.wrap(once))) })
		}
	}
}

// A log without a carrier comes back as the reader that it was.
func TestCleanLogIsNotTouched(t *testing.T) {
	for name, log := range logs(t) {
		b := bufio.NewReaderSize(strings.NewReader(log), HeadSize)
		u, err := Unpack(b)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Text(u.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if u.Reader != b || r != b {
			t.Errorf("%s: not the same reader", name)
		}
		if out, _ := io.ReadAll(r); string(out) != log {
			t.Errorf("%s: changed", name)
		}
	}
}

// Small reads from below, and to above, give the same.
func TestSlowReaders(t *testing.T) {
	log := logs(t)["threads-y-tt-T.log"]
	wrapped := inUTF16(eachLine(log+"\U0001f600\ufffd \U0001f600\n", carriersTested[0].wrap), binary.LittleEndian)
	r, err := Text(bufio.NewReaderSize(iotest.OneByteReader(strings.NewReader(wrapped)), HeadSize))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(iotest.OneByteReader(r))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, log+"\U0001f600\ufffd \U0001f600\n", string(got))
}

// An error of the reader below arrives, behind what was read before it.
func TestReadErrorArrives(t *testing.T) {
	log := eachLine(strings.Repeat(logs(t)["plain.log"], 50), carriersTested[0].wrap)
	if len(log) <= HeadSize {
		t.Fatal("the log is too short")
	}
	r, err := Text(bufio.NewReaderSize(io.MultiReader(strings.NewReader(log), iotest.ErrReader(os.ErrDeadlineExceeded)), HeadSize))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != os.ErrDeadlineExceeded || !bytes.HasPrefix([]byte(strings.Repeat(logs(t)["plain.log"], 50)), got[:len(got)-1]) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

// A line is kept up to 64 MiB, and the next one is whole.
func TestLongLine(t *testing.T) {
	const prefix = "2024-01-01T12:00:00.1234567Z "
	long := prefix + "write(1, \"" + strings.Repeat("x", maxLine+HeadSize)
	out := plain(t, prefix+"getpid() = 1\n"+long+"\n"+prefix+"getuid() = 0\n")
	lines := strings.Split(out, "\n")
	if len(lines) != 4 || len(lines[1]) < 64<<20-len(prefix) || len(lines[1]) > maxLine || lines[2] != "getuid() = 0" {
		t.Errorf("%d lines, the second of %d bytes", len(lines), len(lines[1]))
	}
}

func TestTextOfThis(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"strace -t is no clock of Jenkins'",
			"12:00:00 getpid() = 1\n12:00:00 getpid() = 1\n", "12:00:00 getpid() = 1\n12:00:00 getpid() = 1\n"},
		{"-tt with a pid",
			"7    12:00:00.123456 getpid() = 1\n", "7    12:00:00.123456 getpid() = 1\n"},
		{"-r and -ttt",
			"     0.000123 getpid() = 1\n1700000000.123456 (+     0.000000) getpid() = 1\n",
			"     0.000123 getpid() = 1\n1700000000.123456 (+     0.000000) getpid() = 1\n"},
		{"-r behind a clock",
			"12:00:01       0.000123 getpid() = 1\n12:00:01       0.000123 getuid() = 1\n",
			"     0.000123 getpid() = 1\n     0.000123 getuid() = 1\n"},
		{"pids stay",
			"[pid  12] getpid() = 12\n[pid 113] getpid() = 113\n12 getpid() = 12\n",
			"[pid  12] getpid() = 12\n[pid 113] getpid() = 113\n12 getpid() = 12\n"},
		{"the program's own times stay",
			"getpid() = 1\n2024-01-01T12:00:00Z starting\n2024-01-01T12:00:01Z read(3) = 4\ngetuid() = 0\n2024-01-01T12:00:02Z ended\n",
			"getpid() = 1\n2024-01-01T12:00:00Z starting\n2024-01-01T12:00:01Z read(3) = 4\ngetuid() = 0\n2024-01-01T12:00:02Z ended\n"},
		{"lines without the prefix pass",
			"a banner\n2024-01-01T12:00:00.1234567Z getpid() = 1\n2024-01-01T12:00:00.1234567Z\n2024-01-01T12:00:00.1234567Z oops: failed\n",
			"a banner\ngetpid() = 1\n\noops: failed\n"},
		{"no trace at all", "2024-01-01T12:00:00Z hello\n> world\n", "2024-01-01T12:00:00Z hello\n> world\n"},
		{"sections of GitLab",
			"section_start:1700000000:script[collapsed=true]\r\x1b[0KRunning\r\ngetpid() = 1\nsection_end:1700000001:script\r\x1b[0Ksection_start:1700000001:after\r\x1b[0K\n",
			"Running\ngetpid() = 1\n\n"},
		{"GitLab goes on with a line",
			"2024-01-01T12:00:00.123456Z 01O write(1, \"a\n2024-01-01T12:00:00.123456Z 02E getpid() = 2\n2024-01-01T12:00:00.123456Z 01O+b\", 2) = 2\n2024-01-01T12:00:00.123456Z 01O getpid() = 1",
			"write(1, \"ab\", 2) = 2\ngetpid() = 2\n\ngetpid() = 1"},
		{"docker splits lines",
			dockerJSON("write(1, \"a", "stderr") + "\n" + dockerJSON("out\n", "stdout") + "\n" + dockerJSON("b", "stderr") + "\n" +
				dockerJSON("c\", 3) = 3\n", "stderr") + "\n" + dockerJSON("getpid() = 1\n", "stderr") + "\n",
			"write(1, \"abc\", 3) = 3\nout\n\n\ngetpid() = 1\n"},
		{"docker ends in the middle",
			dockerJSON("getpid() = 1\n", "stderr") + "\n" + dockerJSON("pause(", "stderr") + "\n", "getpid() = 1\npause("},
		{"a record that breaks off",
			dockerJSON("getpid() = 1\n", "stderr") + "\n" + `{"log":"write(1, \"ab`, "getpid() = 1\nwrite(1, \"ab"},
		{"escapes of JSON",
			`{"log":"write(2, \"\\303\\251\\n\", 3) = 3\n"}` + "\n" + `{"log":"\u00e9\ud83d\ude00\ud83d\u003c\t\/\b\u2028é\n\ncd\q\u12"}` + "\n",
			"write(2, \"\\303\\251\\n\", 3) = 3\né😀\ufffd<\t/\b\u2028é\\n\\ncd\\q\\u12"},
		{"records of others",
			`{"time": 1, "a": {"log": [1, "}"]}, "message": "getpid() = 1"}` + "\n" + `{"level":"info","msg":"getuid() = 0","x":null}` + "\n",
			"getpid() = 1\ngetuid() = 0\n"},
		{"CRI splits lines",
			"2024-01-01T12:00:00.1Z stderr P write(1, \"a\n2024-01-01T12:00:00.1Z stdout F out\n2024-01-01T12:00:00.1Z stderr F b\", 2) = 2\n2024-01-01T12:00:00.1Z stderr F\n",
			"write(1, \"ab\", 2) = 2\nout\n\n\n"},
		{"Markdown",
			"Hello,\nit fails:\n\n```console\ngetpid() = 1\ngetuid() = 0\n```\nWhy?\n", "Hello,\nit fails:\n\n\ngetpid() = 1\ngetuid() = 0\n\nWhy?\n"},
		{"fences of the program's",
			"getpid() = 1\n```\ngetuid() = 0\n```\n", "getpid() = 1\n```\ngetuid() = 0\n```\n"},
		{"a quoted mail",
			"On Monday A wrote:\n> Hello,\n>\n> > getpid() = 1\n> > getuid() = 0\n>\n> Why?\nNo idea.\n",
			"On Monday A wrote:\nHello,\n\ngetpid() = 1\ngetuid() = 0\n\nWhy?\nNo idea.\n"},
		{"quoted-printable",
			"> openat(AT_FDCWD, \"/caf=C3=A9\", O_RDONLY) =3D -1 ENOENT (No such file or dir=\n> ectory)\n> getpid()                                =3D 1\n> done\n",
			"openat(AT_FDCWD, \"/café\", O_RDONLY) = -1 ENOENT (No such file or directory)\n\ngetpid()                                = 1\ndone\n"},
		{"no quoted-printable",
			"write(1, \"a=3D=\", 5) = 5\nwrite(1, \"=3D\", 3) = 3\n", "write(1, \"a=3D=\", 5) = 5\nwrite(1, \"=3D\", 3) = 3\n"},
		{"stack frames are not quoted",
			"getpid() = 1\n > /lib/libc.so.6(getpid+0x1) [0x1]\n > /lib/libc.so.6(f+0x1) [0x2]\n",
			"getpid() = 1\n > /lib/libc.so.6(getpid+0x1) [0x1]\n > /lib/libc.so.6(f+0x1) [0x2]\n"},
		{"marks escaped for HTML",
			"read(0,  &lt;unfinished ...&gt;\n&lt;... read resumed&gt;\"&amp;lt;\", 4) = 4 &lt;0.000012&gt;\n&#x2192;&nbsp;&unknown; &\n",
			"read(0,  <unfinished ...>\n<... read resumed>\"&lt;\", 4) = 4 <0.000012>\n→ &unknown; &\n"},
		{"HTML that the program writes",
			"write(1, \"a, &quot;b&quot; &lt;unfinished ...&gt;\", 9) = 9\nwrite(1, \"(&quot;\", 7) = 7\n",
			"write(1, \"a, &quot;b&quot; &lt;unfinished ...&gt;\", 9) = 9\nwrite(1, \"(&quot;\", 7) = 7\n"},
		{"an escape without an end", "\x1b[1mgetpid() = 1\nab\x1b]0;c\nd\x1b", "getpid() = 1\nab\x1b]0;c\nd\x1b"},
		{"single carriage returns are the program's",
			"getpid() = 1\n50%\r100%\r\ngetuid() = 0\n", "getpid() = 1\n50%\r100%\r\ngetuid() = 0\n"},
		{"empty", "", ""},
		{"a mark alone", mark8, ""},
		{"half a unit", "\xff\xfea\x00b", "a\ufffd"},
		{"half a pair", "\xff\xfe\x3d\xd8", "\ufffd"},
	} {
		t.Run(test.name, func(t *testing.T) { compare(t, test.want, plain(t, test.in)) })
	}
}
