package stx

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anyRecord draws a record of any kind with any values.
func anyRecord(t *rapid.T) *Record {
	r := &Record{
		Kind: Kind(rapid.IntRange(int(KindBegin), int(KindFinish)).Draw(t, "kind")),
		TID:  rapid.Int().Draw(t, "tid"),
		Time: rapid.Int64().Draw(t, "time") / timeUnit * timeUnit,
	}
	switch r.Kind {
	case KindBegin:
		r.Begin = draw[Begin](t)
	case KindProcess:
		r.Process = draw[Process](t)
	case KindStart:
		r.Start = draw[Start](t)
	case KindEnter:
		r.Enter = draw[Enter](t)
	case KindExit:
		r.Exit = draw[Exit](t)
	case KindSignal, KindStop:
		r.Signal = draw[Signal](t)
	case KindEnd:
		r.End = draw[End](t)
	case KindExec:
		r.Exec = draw[Exec](t)
	case KindEvidence:
		r.Evidence = draw[Evidence](t)
	case KindNote:
		r.Note = &Note{Code: string(rapid.SliceOf(rapid.Byte()).Draw(t, "code"))} // not UTF-8
	case KindLost:
		r.Lost = draw[Lost](t)
	case KindFinish:
		r.Finish = draw[Finish](t)
	}
	return r
}

func draw[T any](t *rapid.T) *T {
	v := rapid.Make[T]().Draw(t, "part")
	return &v
}

func write(t testing.TB, recs []*Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recs {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll reads to the end; rd is for what is known then.
func readAll(t testing.TB, r io.Reader) (recs []*Record, rd *Reader) {
	t.Helper()
	rd, err := NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := rd.Read()
		if err == io.EOF {
			return recs, rd
		}
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, rec)
	}
}

func diff(want, got []*Record) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		recs := rapid.SliceOfN(rapid.Custom(anyRecord), 0, 20).Draw(rt, "records")
		before := append([]*Record(nil), recs...)
		got, rd := readAll(t, bytes.NewReader(write(t, recs)))
		if d := diff(before, got); d != "" {
			rt.Fatalf("binary (-wrote +read):\n%s", d)
		}
		whole := len(recs) > 0 && recs[len(recs)-1].Kind == KindFinish
		if rd.Truncated() == whole || rd.Skipped() != 0 {
			rt.Fatalf("truncated %v (%s), skipped %d", rd.Truncated(), rd.Why(), rd.Skipped())
		}

		var text bytes.Buffer
		for _, r := range recs {
			if err := WriteText(&text, r); err != nil {
				rt.Fatal(err)
			}
		}
		got, err := ParseText(bytes.NewReader(text.Bytes()))
		if err != nil {
			rt.Fatalf("%v in\n%s", err, text.Bytes())
		}
		if d := diff(before, got); d != "" {
			rt.Fatalf("text (-wrote +read):\n%s", d)
		}
	})
}

func TestWriteRefuses(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Record{Kind: 99}); err == nil {
		t.Error("wrote a record of an unknown kind")
	}
	if err := w.Write(&Record{Kind: KindNote}); err == nil {
		t.Error("wrote a record without its part")
	}
	big := &Record{Kind: KindExit, Exit: &Exit{Mem: []Mem{{Data: make([]byte, maxRecord)}}}}
	if err := w.Write(big); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large a record: %v", err)
	}
	long := &Record{Kind: KindFinish, Finish: &Finish{Left: make([]int, maxList+1)}}
	if err := w.Write(long); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too long a list: %v", err)
	}
	good := &Record{Kind: KindFinish, TID: 3, Time: 4000, Finish: &Finish{Reason: "exited"}}
	if err := w.Write(good); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, rd := readAll(t, &b)
	if d := diff([]*Record{good}, got); d != "" || rd.Truncated() {
		t.Errorf("after refused records: truncated %v\n%s", rd.Truncated(), d)
	}
	if err := w.Write(good); err == nil {
		t.Error("wrote after Close")
	}
	if err := w.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// TestFlushBeside flushes on one goroutine while another writes.
func TestFlushBeside(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	const n = 1000
	done := make(chan error)
	go func() {
		var err error
		for range n {
			err = errors.Join(err, w.Flush())
		}
		done <- err
	}()
	for i := range n {
		if err := w.Write(&Record{Kind: KindLost, Time: int64(i) * timeUnit, Lost: &Lost{Count: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(<-done, w.Close()); err != nil {
		t.Fatal(err)
	}
	recs, _ := readAll(t, &b)
	if len(recs) != n || recs[n-1].Time != (n-1)*timeUnit {
		t.Errorf("read %d records of %d", len(recs), n)
	}
}
