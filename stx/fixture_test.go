package stx

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files again")

const v1 = "testdata/v1.txtar"

// section of the fixture; the line ends are Unix's on every machine.
func section(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(v1)
	if err != nil {
		t.Fatal(err)
	}
	ar := txtar.Parse(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
	for _, f := range ar.Files {
		if f.Name == name {
			return f.Data
		}
	}
	t.Fatalf("%s has no %s", v1, name)
	return nil
}

// fixture is at least one record of every kind; the last is a finish.
func fixture(t testing.TB) []*Record {
	t.Helper()
	recs, err := ParseText(bytes.NewReader(section(t, "records")))
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

func unhex(t testing.TB, text []byte) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hexLines is b in lines of 32 bytes.
func hexLines(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		n := min(32, len(b))
		s.WriteString(hex.EncodeToString(b[:n]) + "\n")
		b = b[n:]
	}
	return s.String()
}

// TestFixtureReads reads a file that the first version wrote. The file stays as
// it is for ever, as the captures that people have do.
func TestFixtureReads(t *testing.T) {
	want := fixture(t)
	seen := map[Kind]bool{}
	for _, r := range want {
		seen[r.Kind] = true
	}
	for k := range kinds {
		if Kind(k).known() && !seen[Kind(k)] {
			t.Errorf("the fixture has no %s", Kind(k))
		}
	}
	got, rd := readAll(t, bytes.NewReader(unhex(t, section(t, "file"))))
	if d := diff(want, got); d != "" {
		t.Errorf("(-text +file):\n%s", d)
	}
	if rd.Truncated() || rd.Skipped() != 0 {
		t.Errorf("truncated: %s; skipped %d", rd.Why(), rd.Skipped())
	}
}

// TestFixtureWrites holds the bytes of each record. They may only grow at the
// end of a record or of a struct in it; then -update.
func TestFixtureWrites(t *testing.T) {
	var e encoder
	for _, r := range fixture(t) {
		if err := e.encode(r); err != nil {
			t.Fatal(err)
		}
	}
	got, want := hexLines(e.take(nil)), string(section(t, "body"))
	if *update {
		text, err := os.ReadFile(v1)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(v1, []byte(strings.Replace(string(text), want, got, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("the fixture's records are written as\n%s", got)
	}
}

// TestFixtureText holds the text twin.
func TestFixtureText(t *testing.T) {
	var b bytes.Buffer
	for _, r := range fixture(t) {
		if err := WriteText(&b, r); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(section(t, "records")); b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
