package tracer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// notes gives the notes of a code.
func (c *capture) notes(code string) (list []*stx.Record) {
	for _, r := range c.of(stx.KindNote) {
		if r.Note.Code == code {
			list = append(list, r)
		}
	}
	return list
}

// io_uring works as without a tracer; that it hides calls is noted, once for each
// process, whatever is recorded.
func TestIOUring(t *testing.T) {
	if data, err := os.ReadFile("/proc/sys/kernel/io_uring_disabled"); err == nil && strings.TrimSpace(string(data)) == "2" {
		t.Skip("kernel.io_uring_disabled is 2")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("by way of a ring"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, calls := range []*choice.Set{nil, choice.Diagnosis(), mustParse("openat")} {
		c := trace(t, Options{Argv: []string{program(t, "uring"), file, "more"}, Calls: calls})
		if c.stdout != "by way of a ring" || c.result.ExitCode != 7 {
			t.Errorf("%+v %q %s", c.result, c.stdout, c.stderr)
		}
		notes := c.notes("io_uring")
		if len(notes) != 2 || notes[0].TID != c.result.PID || notes[1].TID == c.result.PID || !strings.HasPrefix(notes[0].Note.Text, "uring[") {
			t.Errorf("notes %+v", notes)
		}
		for _, tc := range c.named("read") {
			if tc.exit != nil && tc.exit.Ret == int64(len("by way of a ring")) {
				t.Error("it has read without io_uring")
			}
		}
	}
}

// A tracer inside of a capture fails as it must, and the reason is noted.
func TestTracedTracer(t *testing.T) {
	tracer := program(t, "tracer")
	for _, how := range []string{"traceme", "attach", "seize"} {
		for _, calls := range []*choice.Set{nil, choice.Diagnosis(), mustParse("openat")} {
			c := trace(t, Options{Argv: []string{tracer, how}, Calls: calls})
			if c.result.ExitCode != 1 || !strings.Contains(c.stderr, "Operation not permitted") {
				t.Errorf("%s: %+v %s", how, c.result, c.stderr)
			}
			if notes := c.notes("traced-tracer"); len(notes) != 1 || !strings.HasPrefix(notes[0].Note.Text, "tracer[") {
				t.Errorf("%s: notes %+v", how, notes)
			}
		}
	}
	// A process that there is not is another matter.
	c := trace(t, Options{Argv: []string{tracer, "nobody"}})
	if notes := c.notes("traced-tracer"); len(notes) != 0 || c.result.ExitCode != 1 {
		t.Errorf("%+v, notes %+v", c.result, notes)
	}
}
