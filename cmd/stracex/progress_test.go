package main

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestProgressLine(t *testing.T) {
	for _, test := range []struct {
		count, total int64
		want         string
	}{
		{0, 2000, "reading [>                   ]   0% of 2.0 kB, 0 B/s"},
		{1_250_000_000, 2_500_000_000, "reading [==========>         ]  50% of 2.5 GB, 625.0 MB/s"},
		{3000, 2000, "reading [====================] 100% of 2.0 kB, 1.5 kB/s"}, // it grows
		{5_000_000, 0, "reading: 5.0 MB, 2.5 MB/s"},
	} {
		if got := progressLine(test.count, test.total, 2*time.Second); got != test.want {
			t.Errorf("%d of %d: %s", test.count, test.total, got)
		}
	}
}

// screen is a terminal that can be waited for.
type screen struct {
	mu    sync.Mutex
	text  strings.Builder
	wrote chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	select {
	case s.wrote <- struct{}{}:
	default:
	}
	return len(p), nil
}

// What is shown goes away at the end; what ends soon shows nothing.
func TestProgress(t *testing.T) {
	s := &screen{wrote: make(chan struct{}, 1)}
	p := startProgress(s, 0, 10, 0)
	if _, err := io.Copy(io.Discard, p.reader(strings.NewReader("12345"))); err != nil {
		t.Fatal(err)
	}
	<-s.wrote
	<-s.wrote // the second time shows all
	p.end()
	if got := s.text.String(); !strings.Contains(got, " 50% of 10 B") || !strings.HasSuffix(got, "\x1b[K\r\x1b[K") {
		t.Errorf("%q", got)
	}
	narrow := &screen{wrote: make(chan struct{}, 1)}
	p = startProgress(narrow, 20, 10, 0)
	<-narrow.wrote
	p.end()
	if got, _, _ := strings.Cut(narrow.text.String(), "\x1b"); got != "\rreading [>         " {
		t.Errorf("%q", got)
	}
	quick := &screen{wrote: make(chan struct{}, 1)}
	startProgress(quick, 0, 10, time.Hour).end()
	if quick.text.Len() > 0 {
		t.Errorf("%q", quick.text.String())
	}
	var none *progress // no terminal
	if r := strings.NewReader(""); none.reader(r) != io.Reader(r) {
		t.Error("bytes are counted for nobody")
	}
	none.end()
}
