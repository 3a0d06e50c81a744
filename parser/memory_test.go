package parser

import (
	"io"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
)

// gauge is a reader that keeps the most memory that the heap took at its reads.
type gauge struct {
	io.Reader
	peak atomic.Uint64
}

func (g *gauge) Read(b []byte) (int, error) {
	g.look()
	return g.Reader.Read(b)
}

func (g *gauge) look() {
	now := heap()
	for peak := g.peak.Load(); now > peak && !g.peak.CompareAndSwap(peak, now); peak = g.peak.Load() {
	}
}

// heap is how many bytes objects take, those that wait to be collected too.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// A log's long lines do not add up: what a few of them take is bounded, whatever
// their form, with other lines between them and without.
func TestLongLinesTakeBoundedMemory(t *testing.T) {
	const (
		size  = 20 << 20
		count = 8
		most  = 140 << 20 // maxLitter, and what is read out of a few lines
	)
	text := strings.Repeat(`yyyyyyy\n`, size/len(`yyyyyyy\n`))
	for _, test := range []struct{ what, line string }{
		{"calls", `12 write(1, "` + text + `", 9) = 9` + "\n"},
		{"calls that are read closely", `12 umask("` + text + `") = 022` + "\n"},
		{"halves", `12 write(1, "` + text + `", 9 <unfinished ...>` + "\n12 <... write resumed>) = 9\n"},
		{"lines that are not understood", `12 write("` + text + "\n"},
	} {
		for _, between := range []string{"", strings.Repeat("13 getpid() = 13\n", 1000)} {
			log := []io.Reader{strings.NewReader("12 getpid() = 12\n")}
			for range count {
				log = append(log, strings.NewReader(test.line), strings.NewReader(between))
			}
			runtime.GC()
			before := heap()
			g := &gauge{Reader: io.MultiReader(log...)}
			r := newStraceText(g, "log")
			for _, err := r.Read(); err != io.EOF; _, err = r.Read() {
				g.look()
			}
			if took := g.peak.Load() - before; took > most {
				t.Errorf("%s: %d MB for lines of %d MB", test.what, took>>20, size>>20)
			}
		}
	}
}
