package stx

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// random are bytes that don't compress, so that a few notes fill a disk.
func random(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return string(b)
}

// fill writes notes until the writer says that it is over.
func fill(t *testing.T, w *Writer) error {
	t.Helper()
	text := random(10_000)
	for n := int64(1); n < 1_000_000; n++ {
		if err := w.Write(&Record{Kind: KindNote, TID: 7, Time: n * timeUnit, Note: &Note{Text: text}}); err != nil {
			if cerr := w.Close(); !errors.Is(cerr, err) {
				t.Errorf("Write said %v, Close %v", err, cerr)
			}
			return err
		}
	}
	t.Fatal("the writer goes on for ever")
	return nil
}

// ends checks that a capture is whole, in order, and ends with the note.
func ends(t *testing.T, capture []byte, code string) {
	t.Helper()
	recs, rd := readAll(t, bytes.NewReader(capture))
	if rd.Truncated() || rd.Skipped() > 0 || len(recs) < 2 {
		t.Fatalf("%d records, truncated: %s", len(recs), rd.Why())
	}
	note, finish := recs[len(recs)-2], recs[len(recs)-1]
	if note.Note == nil || note.Note.Code != code || finish.Finish == nil || finish.Finish.Reason != code {
		t.Errorf("the last records are %+v and %+v", note, finish)
	}
	for i, r := range recs[:len(recs)-2] {
		if r.Time != int64(i+1)*timeUnit {
			t.Fatalf("record %d has time %d", i, r.Time)
		}
	}
	if note.Time != int64(len(recs)-2)*timeUnit && len(recs) > 2 && note.Time < recs[len(recs)-3].Time {
		t.Errorf("the note's time is %d", note.Time)
	}
}

func TestLimit(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	const limit = 1 << 20
	w.Limit(limit)
	if err := fill(t, w); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	if b.Len() > limit || b.Len() < limit/2 {
		t.Errorf("%d bytes", b.Len())
	}
	ends(t, b.Bytes(), "limit")
}

// quota is a file on a disk with little room.
type quota struct {
	*os.File
	room int64
}

func (q *quota) Write(p []byte) (int, error) {
	n := min(q.room, int64(len(p)))
	k, err := q.File.Write(p[:n])
	q.room -= int64(k)
	if err == nil && n < int64(len(p)) {
		err = errNoRoom
	}
	return k, err
}

func (q *quota) Truncate(size int64) error {
	info, err := q.Stat()
	if err != nil {
		return err
	}
	q.room += info.Size() - size
	return q.File.Truncate(size)
}

var errNoRoom = errors.New("no room")

func TestFullDisk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.stx")
	for _, room := range []int64{70_000, 300_000, 300_001, 317_003} {
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := NewWriter(&quota{f, room})
		if err != nil {
			t.Fatal(err)
		}
		if err := fill(t, w); !errors.Is(err, errNoRoom) {
			t.Error(err)
		}
		f.Close()
		capture, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		ends(t, capture, "disk")
	}
}

// pipe is one whose reader goes away.
type pipe struct {
	bytes.Buffer
	room int
}

func (p *pipe) Write(b []byte) (int, error) {
	n := min(p.room, len(b))
	p.Buffer.Write(b[:n])
	if p.room -= n; n < len(b) {
		return n, errNoRoom
	}
	return n, nil
}

// A pipe can't be cut back: what was written before stays readable.
func TestBrokenPipe(t *testing.T) {
	p := &pipe{room: 30_000}
	w, err := NewWriter(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(t, w); !errors.Is(err, errNoRoom) {
		t.Error(err)
	}
	if recs, rd := readAll(t, &p.Buffer); !rd.Truncated() || len(recs) < 2 {
		t.Errorf("%d records, truncated: %q", len(recs), rd.Why())
	}
}
