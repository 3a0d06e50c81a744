package carrier

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// FuzzCarrier undoes the carriers of any bytes: there is a line for each that came.
// A log of strace that says the same bytes comes out as it is, and out of a carrier
// as it was.
func FuzzCarrier(f *testing.F) {
	log := logs(f)["plain.log"][:2000]
	for i, c := range carriersTested {
		f.Add([]byte(eachLine(log, c.wrap)), i)
	}
	for i, c := range textsTested {
		f.Add([]byte(c.wrap(log)), i)
	}
	for format := range packers {
		f.Add(pack(f, format, []byte(log)), 0)
	}
	f.Add([]byte(wrapWords(log, 72)), 0)
	f.Add([]byte(wrapColumns(log, 80)), 0)
	f.Add([]byte(dockerJSON("a", "stdout")+"\n"+dockerJSON("getpid() = 1\n", "stdout")+"\n"), 1)
	f.Add([]byte("```\n> getpid() = 1\n```\n&lt;\x1b]\x00"), 2)
	f.Fuzz(func(t *testing.T, data []byte, which int) {
		keepsLines(t, data)
		log := saying(data)
		compare(t, log, plain(t, log))
		n := uint(which) % uint(len(carriersTested)+len(textsTested))
		wrapped := ""
		if n < uint(len(carriersTested)) {
			wrapped = eachLine(log, carriersTested[n].wrap)
		} else {
			wrapped = textsTested[n-uint(len(carriersTested))].wrap(log)
		}
		compare(t, log, plain(t, wrapped))
	})
}

// keepsLines checks the number of lines, of what data holds when it is unpacked.
func keepsLines(t *testing.T, data []byte) {
	u, err := Unpack(bytes.NewReader(data))
	if err != nil {
		return
	}
	data, err = io.ReadAll(io.LimitReader(u, 16<<20))
	if err != nil {
		return // nothing could be unpacked
	}
	text, err := unmark(bufio.NewReaderSize(bytes.NewReader(data), HeadSize))
	if err != nil {
		t.Fatal(err)
	}
	in, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := plain(t, string(data)); countLines(got) != countLines(string(in)) {
		t.Fatalf("%d lines of %d: %q of %q", countLines(got), countLines(string(in)), got, in)
	}
}

func countLines(s string) int {
	n := strings.Count(s, "\n")
	if s != "" && s[len(s)-1] != '\n' {
		n++
	}
	return n
}

// saying makes the log of a program that reads the lines of data.
func saying(data []byte) string {
	var b strings.Builder
	b.WriteString("execve(\"./a.out\", [\"./a.out\"], 0x7ffcb3c9e008 /* 1 var */) = 0\n")
	for line := range bytes.Lines(data) {
		b.WriteString(`read(0, "`)
		for _, c := range line {
			switch {
			case c == '"' || c == '\\':
				fmt.Fprintf(&b, `\%c`, c)
			case c < ' ' || c > '~':
				fmt.Fprintf(&b, `\%03o`, c)
			default:
				b.WriteByte(c)
			}
		}
		fmt.Fprintf(&b, "\", 4096) = %d\n", len(line))
	}
	b.WriteString("exit_group(0)                           = ?\n+++ exited with 0 +++\n")
	return b.String()
}
