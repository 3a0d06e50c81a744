package analyze_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// manyFailures is a log of a command with n children that all fail, with a
// message that the parent reads from a pipe.
func manyFailures(n int) string {
	var b strings.Builder
	b.WriteString("1 execve(\"/bin/sh\", [\"sh\"], 0x7ffc00000000 /* 1 var */) = 0\n")
	for i := range n {
		pid := 10 + i
		fmt.Fprintf(&b, "1 pipe2([3, 4], 0) = 0\n1 clone(child_stack=NULL, flags=SIGCHLD) = %d\n", pid)
		fmt.Fprintf(&b, "%d execve(\"/bin/w\", [\"w\"], 0x7ffc00000000 /* 1 var */) = 0\n", pid)
		for k := range 6 {
			fmt.Fprintf(&b, "%d openat(AT_FDCWD, \"/opt/a%d/%d.conf\", O_RDONLY) = -1 ENOENT (No such file or directory)\n", pid, i, k)
		}
		words := fmt.Sprintf("error: job %d could not be done\\n", i)
		fmt.Fprintf(&b, "%d write(4, \"%s\", %d) = %d\n%d exit_group(2) = ?\n%d +++ exited with 2 +++\n", pid, words, len(words)-1, len(words)-1, pid, pid)
		fmt.Fprintf(&b, "1 read(3, \"%s\", 4096) = %d\n1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 2}], 0, NULL) = %d\n1 close(3) = 0\n1 close(4) = 0\n", words, len(words)-1, pid)
	}
	fmt.Fprintf(&b, "1 write(2, \"error: job %d could not be done\\n\", 36) = 36\n1 exit_group(2) = ?\n1 +++ exited with 2 +++\n", n-1)
	return b.String()
}

// events reads a log whole.
func events(tb testing.TB, log string) []*event.Event {
	r, err := parser.New(strings.NewReader(log), "bench.log")
	if err != nil {
		tb.Fatal(err)
	}
	var list []*event.Event
	for {
		e, err := r.Read()
		if err == io.EOF {
			return list
		}
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, e.Keep())
	}
}

// BenchmarkAdd measures the replay and what is kept, per event.
func BenchmarkAdd(b *testing.B) {
	list := events(b, manyFailures(200))
	for b.Loop() {
		a := analyze.New()
		for _, e := range list {
			a.Add(e)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/event")
}

// BenchmarkDiagnose measures the answer for a command whose many children all
// failed.
func BenchmarkDiagnose(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			a := analyze.New()
			for _, e := range events(b, manyFailures(n)) {
				a.Add(e)
			}
			for b.Loop() {
				a.Diagnose()
			}
		})
	}
}
