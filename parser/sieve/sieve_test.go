package sieve

import (
	"fmt"
	"io"
	"math/rand"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

func TestCut(t *testing.T) {
	for _, test := range []struct {
		line string
		tid  int
		body string
	}{
		{"12 close(3) = 0", 12, "close(3) = 0"},
		{"12    10:11:12.345678 close(3) = 0", 12, "close(3) = 0"},
		{"12 1795381683.227335 (+     0.000012) <... read resumed>, 1) = 0", 12, "<... read resumed>, 1) = 0"},
		{"12 10:11:12 [ 257] [00007ffa3c649b1d] +++ exited with 0 +++", 12, "+++ exited with 0 +++"},
		{"close(3) = 0", 0, "close(3) = 0"},
		{"[pid 12] close(3) = 0", 0, "[pid 12] close(3) = 0"},
		{"12<sh> close(3) = 0", 0, "12<sh> close(3) = 0"},
		{"10:11:12 close(3) = 0", 0, "10:11:12 close(3) = 0"},
		{" > /lib/libc.so(read+0x1) [0x2]", 0, " > /lib/libc.so(read+0x1) [0x2]"},
		{"12", 0, "12"},
		{"12 ", 12, ""},
		{"12 [", 12, ""},
		{"", 0, ""},
	} {
		if tid, body := cut([]byte(test.line)); tid != test.tid || string(body) != test.body {
			t.Errorf("%q: %d %q, want %d %q", test.line, tid, body, test.tid, test.body)
		}
	}
}

const log = `1 execve("/bin/sh", ["sh"], 0x7ffc /* 1 var */) = 0
1 clone(child_stack=NULL, flags=SIGCHLD) = 2
2 read(0, <unfinished ...>
1 wait4(-1,  <unfinished ...>
2 <... read resumed>"", 10) = 0
 > /lib/libc.so(read+0x1) [0x2]
2 close(3) = -1 EBADF (Bad file descriptor)
2 +++ exited with 0 +++
1 <... wait4 resumed>NULL, 0, NULL) = 2
1 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=2} ---
3 getpid() = 3
1 exit_group(1) = ?
1 +++ exited with 1 +++
`

// told is an event with its place.
func told(e *event.Event) string {
	s := fmt.Sprintf("%d:%d %s", e.Index, e.Line, event.Append(nil, e, event.Format{}))
	if e.Call != nil {
		s += fmt.Sprint(" since ", e.Call.Entered)
	}
	return s
}

func all(t *testing.T, r parser.Reader) (list []string) {
	t.Helper()
	for {
		e, err := r.Read()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, told(e))
	}
}

// What is wanted stands where it stands in the whole log.
func TestPlaces(t *testing.T) {
	whole, err := parser.New(strings.NewReader(log), "x")
	if err != nil {
		t.Fatal(err)
	}
	byLine := map[string]bool{}
	for _, s := range all(t, whole) {
		byLine[s] = true
	}
	for _, without := range []int{0, 1, 2, 3} {
		for _, small := range []bool{false, true} {
			in := io.Reader(strings.NewReader(log))
			if small {
				in = iotest.OneByteReader(in)
			}
			r, err := Open(in, "x", func(tid int, _ []byte) bool { return tid != without })
			if err != nil {
				t.Fatal(err)
			}
			got := all(t, r)
			for _, s := range got {
				if !byLine[s] {
					t.Errorf("without %d: %s is not in the log", without, s)
				}
			}
			if want := len(byLine) - map[int]int{1: 7, 2: 5, 3: 1}[without]; len(got) != want {
				t.Errorf("without %d: %d events, want %d: %s", without, len(got), want, strings.Join(got, "\n"))
			}
			if diff := cmp.Diff(whole.Stats(), r.Stats()); diff != "" {
				t.Errorf("without %d: %s", without, diff)
			}
		}
	}
}

// Lines of all lengths, in blocks of all sizes, come out whole or not at all.
func TestLines(t *testing.T) {
	for seed := range 50 {
		rnd := rand.New(rand.NewSource(int64(seed)))
		var in, want strings.Builder
		for range 200 {
			tid := 1 + rnd.Intn(3)
			line := fmt.Sprintf("%d write(1, %q) = 1\n", tid, strings.Repeat("x", 1<<rnd.Intn(16)))
			if rnd.Intn(20) == 0 {
				line += " | 00000  continued\n"
			}
			in.WriteString(line)
			if tid != 2 {
				want.WriteString(line)
			}
		}
		s := newSieve(strings.NewReader(in.String()), 1+rnd.Intn(5000), func(tid int, _ []byte) bool { return tid != 2 })
		got, err := io.ReadAll(s)
		if err != nil || string(got) != want.String() {
			t.Fatalf("seed %d: %d bytes of %d, %v", seed, len(got), want.Len(), err)
		}
	}
}

func TestFits(t *testing.T) {
	for text, want := range map[string]bool{
		log:                                  true,
		"7 10:11:12 +++ exited with 0 +++\n": true,
		"execve(\"/bin/sh\") = 0\n":          false,
		"[pid 7] close(3) = 0\n":             false,
		"7 is a number\n":                    true, // and no trace, as the parser finds
		"7\n":                                false,
		"":                                   false,
	} {
		if got := Fits(strings.NewReader(text)); got != want {
			t.Errorf("%.20q: %v", text, got)
		}
	}
}

// What is read breaks off with the error that the source gives.
func TestError(t *testing.T) {
	s := newSieve(io.MultiReader(strings.NewReader("1 close(3) = 0\n1 clo"), iotest.ErrReader(io.ErrClosedPipe)), 10, func(int, []byte) bool { return true })
	got, err := io.ReadAll(s)
	if string(got) != "1 close(3) = 0\n1 clo" || err != io.ErrClosedPipe {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzSieve(f *testing.F) {
	f.Add(log, 2)
	f.Add("12 x\n\n13 y", 13)
	f.Fuzz(func(t *testing.T, text string, without int) {
		s := newSieve(strings.NewReader(text), 10, func(tid int, _ []byte) bool { return tid != without })
		got, err := io.ReadAll(s)
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		keeps := true
		for line := range strings.Lines(text) {
			if tid, _ := cut([]byte(line)); tid != 0 {
				keeps = tid != without
			}
			if keeps {
				want.WriteString(line)
			}
		}
		if string(got) != want.String() {
			t.Errorf("%q, want %q", got, want.String())
		}
	})
}
