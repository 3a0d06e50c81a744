package stx

import (
	"bytes"
	"io"
	"testing"
)

// FuzzReader reads any bytes: as a capture, and as the body of a sound block.
// What was read is written and read again.
func FuzzReader(f *testing.F) {
	capture, _, _ := threeBlocks(f)
	f.Add(capture, false)
	f.Add(capture[:len(capture)-7], false)
	f.Add(unhex(f, section(f, "body")), true)
	f.Add([]byte(magic+"\x02\x00\x00\x00"), false)
	f.Fuzz(func(t *testing.T, in []byte, body bool) {
		if body {
			in = capture1(t, in)
		}
		recs := readSome(t, in)
		again := readSome(t, write(t, recs))
		if d := diff(recs, again); d != "" {
			t.Errorf("(-read +written and read again):\n%s", d)
		}
	})
}

// readSome reads records, none if in is no capture.
func readSome(t *testing.T, in []byte) (recs []*Record) {
	rd, err := NewReader(bytes.NewReader(in))
	if err != nil {
		return nil
	}
	for {
		rec, err := rd.Read()
		if err == io.EOF {
			return recs
		}
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, rec)
	}
}

// FuzzText parses any text, and what was parsed when written again.
func FuzzText(f *testing.F) {
	f.Add(section(f, "records"))
	f.Add([]byte("note code=\"a\" text=`b c`\n# remark\n\nfinish left=1 left=0x\n"))
	f.Add([]byte("process limit=3\n\tfd n=1\n\tlimit name=\"x\"\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		recs, err := ParseText(bytes.NewReader(in))
		if err != nil {
			return
		}
		var text bytes.Buffer
		for _, r := range recs {
			if err := WriteText(&text, r); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ParseText(&text)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(recs, again); d != "" {
			t.Errorf("(-parsed +written and parsed again):\n%s", d)
		}
	})
}
