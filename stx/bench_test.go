package stx

import (
	"bytes"
	"io"
	"testing"
)

// call is the two records of an everyday call; its time and descriptor vary.
func call(i int) [2]*Record {
	at := 1_700_000_000_000_000_000 + int64(i)*79_190 + int64(i)*int64(i)%17_000
	return [2]*Record{
		{Kind: KindEnter, TID: 4711, Time: at, Enter: &Enter{
			Arch: 0xc000003e, Nr: 257, Args: [6]uint64{0xffffff9c, 0x7ffc12345000 + uint64(i%64), 0x80000},
			IP: 0x7f1234567890, SP: 0x7ffc12344f00,
			Mem: []Mem{{Addr: 0x7ffc12345000, Want: 40, Data: []byte("/usr/lib/x86_64-linux-gnu/libexample.so\x00")}},
		}},
		{Kind: KindExit, TID: 4711, Time: at + 4000 + at%7000, Exit: &Exit{Ret: int64(i % 20)}},
	}
}

// BenchmarkWrite writes one call: two records.
func BenchmarkWrite(b *testing.B) {
	var n counter
	w, err := NewWriter(&n)
	if err != nil {
		b.Fatal(err)
	}
	var calls [1024][2]*Record
	for i := range calls {
		calls[i] = call(i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for _, r := range calls[i%len(calls)] {
			if err := w.Write(r); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(n)/float64(b.N), "bytes/call")
}

// BenchmarkRead reads one call: two records.
func BenchmarkRead(b *testing.B) {
	var recs []*Record
	for i := range 10_000 {
		c := call(i)
		recs = append(recs, c[:]...)
	}
	capture := write(b, recs)
	var rd *Reader
	b.ReportAllocs()
	for b.Loop() {
		for range 2 {
			if rd == nil {
				rd, _ = NewReader(bytes.NewReader(capture))
			}
			if _, err := rd.Read(); err == io.EOF {
				rd = nil
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

type counter int

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }
