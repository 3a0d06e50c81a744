package stx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// threeBlocks is a capture and where its blocks end; block i has the records
// up to ends[i].records.
func threeBlocks(t testing.TB) (capture []byte, recs []*Record, ends []blockEnd) {
	t.Helper()
	recs = fixture(t)
	var b bytes.Buffer
	w, err := NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range recs {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
		if i == 2 || i == 7 || i == len(recs)-1 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			ends = append(ends, blockEnd{b.Len(), i + 1})
		}
	}
	return b.Bytes(), recs, ends
}

type blockEnd struct{ offset, records int }

func TestCutAnywhere(t *testing.T) {
	capture, recs, ends := threeBlocks(t)
	for cut := range len(capture) + 1 {
		if cut < len(magic) {
			if _, err := NewReader(bytes.NewReader(capture[:cut])); !errors.Is(err, ErrNotCapture) {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			continue
		}
		last := blockEnd{headerSize, 0}
		for _, end := range ends {
			if end.offset <= cut {
				last = end
			}
		}
		want := last.records
		got, rd := readAll(t, bytes.NewReader(capture[:cut]))
		if d := diff(recs[:want], got); d != "" {
			t.Fatalf("cut at %d: %s", cut, d)
		}
		if whole := cut == len(capture); rd.Truncated() == whole {
			t.Fatalf("cut at %d of %d: truncated %v (%s)", cut, len(capture), rd.Truncated(), rd.Why())
		}
		why := fmt.Sprintf("it ends in the middle of the block at byte %d", last.offset)
		if cut > last.offset && rd.Why() != why {
			t.Fatalf("cut at %d: %q, want %q", cut, rd.Why(), why)
		}
	}
}

func TestDamageAnywhere(t *testing.T) {
	capture, recs, ends := threeBlocks(t)
	for at := headerSize; at < len(capture); at++ {
		bad := bytes.Clone(capture)
		bad[at] ^= 0x10
		want := 0
		for _, end := range ends {
			if end.offset <= at {
				want = end.records
			}
		}
		got, rd := readAll(t, bytes.NewReader(bad))
		if d := diff(recs[:want], got); d != "" {
			t.Fatalf("damaged at %d: %s", at, d)
		}
		if !rd.Truncated() {
			t.Fatalf("damaged at %d: not truncated", at)
		}
	}
}

func TestNotACapture(t *testing.T) {
	for name, in := range map[string]string{
		"empty":     "",
		"strace":    "openat(AT_FDCWD, \"/etc/foo\", O_RDONLY) = -1 ENOENT (No such file or directory)\n",
		"as text":   strings.ReplaceAll(magic, "\r\n", "\n") + "\x01\x00\x00\x00\x00",
		"version 0": magic + "\x00\x00\x00\x00",
	} {
		if _, err := NewReader(strings.NewReader(in)); !errors.Is(err, ErrNotCapture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if IsCapture([]byte("\x89PNG\r\n\x1a\n")) || !IsCapture([]byte(magic+"x")) || IsCapture(nil) {
		t.Error("IsCapture is wrong")
	}
}

func TestTooNew(t *testing.T) {
	_, err := NewReader(strings.NewReader(magic + "\x02\x00\x00\x00"))
	var v *VersionError
	if !errors.As(err, &v) || v.Version != 2 {
		t.Fatalf("got %v", err)
	}
	const want = "the capture has format version 2, this stracex reads up to version 1: update stracex"
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestReadError(t *testing.T) {
	capture, _, _ := threeBlocks(t)
	broken := errors.New("broken")
	rd, err := NewReader(io.MultiReader(bytes.NewReader(capture[:20]), failing{broken}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rd.Read(); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestGrowingFile reads a capture of which more and more is there.
func TestGrowingFile(t *testing.T) {
	capture, recs, ends := threeBlocks(t)
	var there bytes.Buffer // gives io.EOF, and later more
	there.Write(capture[:headerSize])
	rd, err := NewReader(&there)
	if err != nil {
		t.Fatal(err)
	}
	var got []*Record
	for at := headerSize; at < len(capture); at++ {
		if !rd.Truncated() {
			t.Fatalf("at %d: not truncated", at)
		}
		there.WriteByte(capture[at])
		for {
			rec, err := rd.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, rec)
		}
		for _, end := range ends {
			if at+1 == end.offset && len(got) != end.records {
				t.Fatalf("at %d: %d records, want %d", at+1, len(got), end.records)
			}
		}
	}
	if d := diff(recs, got); d != "" || rd.Truncated() {
		t.Errorf("truncated %v\n%s", rd.Truncated(), d)
	}
}

// TestPipe reads, through a pipe, what was flushed while the writer goes on.
func TestPipe(t *testing.T) {
	recs := fixture(t)
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pr.Close()
	defer pw.Close()
	w, err := NewWriter(pw)
	if err != nil {
		t.Fatal(err)
	}
	rd, err := NewReader(pr)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range recs {
		if err := errors.Join(w.Write(want), w.Flush()); err != nil {
			t.Fatal(err)
		}
		got, err := rd.Read()
		if err != nil {
			t.Fatal(err)
		}
		if d := diff([]*Record{want}, []*Record{got}); d != "" {
			t.Error(d)
		}
	}
	if err := errors.Join(w.Close(), pw.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := rd.Read(); err != io.EOF || rd.Truncated() {
		t.Errorf("at the end: %v, %s", err, rd.Why())
	}
}

// capture1 is a capture of one block with this body.
func capture1(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := newBlockWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.write(block{raw: body})
	if err := w.failure(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// block1 is a capture of one block with these columns.
func block1(t testing.TB, columns ...testColumn) []byte {
	var body []byte
	for _, c := range columns {
		body = appendColumn(body, columnID{c.kind, c.n}, []byte(c.values))
	}
	return capture1(t, body)
}

type testColumn struct {
	kind   Kind
	n      int
	values string
}

// TestGrownFormat reads records of a later and of an earlier version.
func TestGrownFormat(t *testing.T) {
	got, rd := readAll(t, bytes.NewReader(block1(t,
		testColumn{headKind, 0, "\x90\x03\x05\x03\x80\x80\x80\x80\x80\x20\x0d"}, // the fourth kind is 1<<40
		testColumn{headKind, 16, "\x02\x04\x06\x08\x00"},
		testColumn{headKind, 32, "\x0a\x0a\x0a\x0a\x0a"}, // each 5 µs after the one before
		testColumn{headKind, 48, "new of all"},
		testColumn{400, 0, "a kind of tomorrow"},
		testColumn{KindExit, 0, "\x03"}, // more fields, in the record and in its struct
		testColumn{KindExit, 16, "\x01"},
		testColumn{KindExit, 32, "\x01"},
		testColumn{KindExit, 33, "\x80\x40"},
		testColumn{KindExit, 34, "\x03"},
		testColumn{KindExit, 35, "\x03abc"},
		testColumn{KindExit, 36, "\x1c"},
		testColumn{KindExit, 37, "new in the struct"},
		testColumn{KindExit, 48, "new in the record"},
		testColumn{KindExit, 1 << 40, "far away"},
		testColumn{KindStart, 0, "\x0e"}, // fewer fields
	)))
	want := []*Record{
		{Kind: KindExit, TID: 2, Time: 10_000, Exit: &Exit{Ret: -2, IsError: true,
			Mem: []Mem{{Addr: 0x1000, Want: 3, Data: []byte("abc"), Errno: 14}}}},
		{Kind: KindStart, TID: 3, Time: 15_000, Start: &Start{PID: 7}},
		{Kind: KindFinish, TID: 0, Time: 25_000, Finish: &Finish{}},
	}
	if d := diff(want, got); d != "" {
		t.Error(d)
	}
	if rd.Skipped() != 2 || rd.Truncated() {
		t.Errorf("skipped %d, truncated: %s", rd.Skipped(), rd.Why())
	}
}

// TestDamagedRecords has records that can't be, each after one that can.
func TestDamagedRecords(t *testing.T) {
	const finish = "\x0d"
	for name, tc := range map[string]struct {
		kind    string
		columns []testColumn
		why     string
	}{
		"endless number":         {"\x0c", []testColumn{{KindLost, 0, strings.Repeat("\xff", 11)}}, "count"},
		"column too short":       {"\x05", []testColumn{{KindExit, 0, ""}}, "ret"},
		"more values than bytes": {finish, []testColumn{{KindFinish, 0, "\x00\x09"}, {KindFinish, 1, "\x00"}}, "left"},
		"values of no column":    {finish, []testColumn{{KindFinish, 0, "\x00\x09"}}, "left"},
		"structs of no column":   {"\x05", []testColumn{{KindExit, 32, "\x01"}}, "mem"},
		"string past the end":    {"\x0b", []testColumn{{KindNote, 0, "\x09a"}}, "code"},
		"uid of 40 bits":         {"\x0a", []testColumn{{KindEvidence, 48, "\xff\xff\xff\xff\xff\x07"}}, "uid"},
		"neither true nor false": {"\x08", []testColumn{{KindEnd, 32, "\x02"}}, "core"},
		"time of years":          {"\x0c", []testColumn{{headKind, 32, "\x00\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"}}, "time"},
		"record without a time":  {"\x0c", []testColumn{{headKind, 32, "\x00"}}, "time"},
	} {
		columns := append([]testColumn{{headKind, 0, finish + tc.kind}, {headKind, 16, "\x00\x00"}}, tc.columns...)
		if tc.columns[0].kind != headKind {
			columns = append(columns, testColumn{headKind, 32, "\x00\x00"})
		}
		got, rd := readAll(t, bytes.NewReader(block1(t, columns...)))
		want := "the block at byte 12 is damaged: " + tc.why + " of a record can't be"
		if len(got) != 1 || rd.Why() != want {
			t.Errorf("%s: %d records, %q; want %q", name, len(got), rd.Why(), want)
		}
	}
}

// TestDamagedColumns has blocks that don't come apart into columns.
func TestDamagedColumns(t *testing.T) {
	const head = "\x00\x00\x01\x0d\x00\x10\x01\x00\x00\x20\x01\x00"
	if got, rd := readAll(t, bytes.NewReader(capture1(t, []byte(head)))); len(got) != 1 || rd.Truncated() {
		t.Fatalf("%d records, %q", len(got), rd.Why())
	}
	for name, body := range map[string]string{
		"longer than the block": head + "\x0d\x00\x02\x00",
		"without a size":        head + "\x0d\x00",
		"endless number":        head + strings.Repeat("\xff", 20),
		"twice":                 head + "\x0d\x00\x01\x00\x0d\x00\x01\x00",
		"no times":              head[:8],
		"no records":            "\x0d\x00\x01\x00",
	} {
		got, rd := readAll(t, bytes.NewReader(capture1(t, []byte(body))))
		if want := "the block at byte 12 is damaged: its columns can't be"; len(got) != 0 || rd.Why() != want {
			t.Errorf("%s: %d records, %q; want %q", name, len(got), rd.Why(), want)
		}
	}
}

// TestBombs gives blocks that would make a reader use more than it should.
func TestBombs(t *testing.T) {
	w, err := newBlockWriter(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	zeros := w.small.EncodeAll(make([]byte, 1<<20), nil)
	small := w.small.EncodeAll([]byte(strings.Repeat("abcdefgh", 40)), nil)
	for name, tc := range map[string]struct {
		body []byte
		raw  int
		why  string
	}{
		"too large":               {make([]byte, 1<<20), maxBlock + 1, "a length of"},
		"too much of little":      {zeros, 1 << 20, "a length of"},
		"more than it says":       {zeros, len(zeros) * 200, "decompressed"},
		"less than it says":       {small, len(small) * 100, "decompressed"},
		"not compressed, no less": {make([]byte, 100), 200, "decompressed"},
		"empty":                   {nil, 0, "a length of"},
	} {
		b := make([]byte, blockHeaderSize, blockHeaderSize+len(tc.body))
		binary.LittleEndian.PutUint32(b, uint32(len(tc.body)))
		binary.LittleEndian.PutUint32(b[4:], uint32(tc.raw))
		b = append(b, tc.body...)
		binary.LittleEndian.PutUint32(b[8:], blockSum(b))
		got, rd := readAll(t, bytes.NewReader(append([]byte(magic+"\x01\x00\x00\x00"), b...)))
		if len(got) != 0 || !strings.Contains(rd.Why(), tc.why) {
			t.Errorf("%s: %d records, %q", name, len(got), rd.Why())
		}
	}
}

// TestZeros has a record that compresses so well that its block is stored.
func TestZeros(t *testing.T) {
	zeros := make([]byte, 1<<20)
	got, _ := readAll(t, bytes.NewReader(write(t, []*Record{
		{Kind: KindExit, TID: 1, Time: 1000, Exit: &Exit{Mem: []Mem{{Data: zeros}}}},
	})))
	if len(got) != 1 || !bytes.Equal(got[0].Exit.Mem[0].Data, zeros) {
		t.Errorf("read %d records, or other memory", len(got))
	}
}
