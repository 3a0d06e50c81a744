package parser

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/stracex/stracex/event"
)

// benchLog gives a big log: one found in the wild when the corpus is there,
// otherwise the tree's own example many times over.
func benchLog(b *testing.B) []byte {
	b.Helper()
	if log, err := os.ReadFile(corpus + "/found/04.log"); err == nil {
		return log
	}
	log, err := os.ReadFile("../testdata/strace/pipeline-f.log")
	if err != nil {
		b.Fatal(err)
	}
	return bytes.Repeat(log, 1+1<<20/len(log))
}

func BenchmarkStrace(b *testing.B) {
	log := benchLog(b)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := New(bytes.NewReader(log), "log")
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	log := benchLog(b)
	events, _ := readAll(b, log)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	var line []byte
	for b.Loop() {
		for _, e := range events {
			line = event.Append(line[:0], e, event.Format{PID: event.BarePID, Decos: true})
		}
	}
}

func BenchmarkCapture(b *testing.B)        { benchCapture(b, New) }
func BenchmarkCaptureVerbose(b *testing.B) { benchCapture(b, NewVerbose) }

// benchCapture reads captures of many kinds of calls.
func benchCapture(b *testing.B, read func(io.Reader, string) (Reader, error)) {
	var captures [][]byte
	for _, f := range rawFixtures(b) {
		captures = append(captures, capture(b, f.file("capture").Data))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, stx := range captures {
			r, err := read(bytes.NewReader(stx), "capture")
			for ; err == nil; _, err = r.Read() {
			}
			if err != io.EOF {
				b.Fatal(err)
			}
		}
	}
}
