package tracer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

// Of a thread that waits for another the capture says which one that is.
func TestFutexOwner(t *testing.T) {
	for how, want := range map[string]string{
		"plain": "the mutex is held by thread [", "robust": "the mutex is held by thread [", "inherit": "the mutex is held by thread [",
		"join": "what has to end first is thread [", "cond": "",
	} {
		t.Run(how, func(t *testing.T) {
			c := trace(t, Options{Argv: []string{program(t, "mutex"), how}, Calls: choice.Diagnosis(), Timeout: 2 * time.Second, Kill: true})
			other := 0
			for tid, pid := range c.processes() {
				if tid != pid {
					other = tid
				}
			}
			if want != "" {
				want = fmt.Sprint(want, other, "]")
			}
			got := ""
			for _, r := range c.of(stx.KindEvidence) {
				if text := strings.Join(r.Evidence.Text, ""); strings.Contains(text, "thread [") {
					got = text
				}
			}
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
