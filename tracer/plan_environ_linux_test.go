package tracer

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
	"github.com/stracex/stracex/tracer/choice"
)

func TestEnvironment(t *testing.T) {
	const base = 0x10000
	long := strings.Repeat("n", variableMax)
	area := make([]byte, 2*pageSize)
	put := func(at int, s string) uint64 { copy(area[at:], s+"\x00"); return base + uint64(at) }
	vars := []uint64{
		put(0, "A=secret"), put(20, "EMPTY="), put(40, "=secret"), put(60, "secret"),
		put(100, long[1:]+"=secret"), put(600, long+"=secret"),
		put(pageSize-5, "CROSSNAME=secret"),
		0x999000, base + 2, // nowhere, and inside of another
	}
	mem := fakeMemory{base: area, 0x90000: words(8, append(vars, 0)...)}
	var got []string
	for _, m := range planOf(abi.AMD64, "execve", mem, false, 0, 0, 0x90000).enter()[1:] {
		if m.Want != uint64(len(m.Data)+1) {
			t.Errorf("%q wants %d", m.Data, m.Want)
		}
		got = append(got, string(m.Data))
	}
	want := []string{"A=", "EMPTY=", "=", long[1:] + "=", "CROSSNAME="}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	p := planOf(abi.AMD64, "execve", mem, false, 0, 0, 0x90000)
	p.values = true
	if m := p.enter()[1]; string(m.Data) != "A=secret\x00" || m.Want != 9 {
		t.Errorf("with values: %q", m.Data)
	}
}

// Names are in a capture, values only when asked for, of the command's execve and
// of those that follow.
func TestEnvironmentInACapture(t *testing.T) {
	const secret = "open sesame"
	for _, values := range []bool{false, true} {
		for _, calls := range []*choice.Set{nil, choice.Diagnosis()} {
			c := trace(t, Options{
				Argv: []string{"sh", "-c", "env true; /no/such/program"}, Calls: calls, EnvValues: values,
				Env: []string{"PATH=" + os.Getenv("PATH"), "TOKEN=" + secret, "PWD=/"},
			})
			held := 0
			for _, r := range c.records {
				var text strings.Builder
				for _, m := range memoryOf(r) {
					text.Write(m.Data)
				}
				if strings.Contains(text.String(), secret) {
					held++
				}
			}
			execs := 0
			for _, tc := range c.named("execve") {
				env := tc.strings(tc.enter.Args[2])
				if len(env) >= 3 && (env["TOKEN="] || env["TOKEN="+secret+"\x00"]) {
					execs++
				}
			}
			if execs < 4 || values && held != execs || !values && held != 0 {
				t.Errorf("values %v: %d of %d execve hold them", values, held, execs)
			}
		}
	}
}

func memoryOf(r *stx.Record) []stx.Mem {
	switch {
	case r.Enter != nil:
		return r.Enter.Mem
	case r.Exit != nil:
		return r.Exit.Mem
	}
	return nil
}

// strings gives what an array of pointers points to.
func (tc *tracedCall) strings(array uint64) map[string]bool {
	list := map[string]bool{}
	for data := memAt(tc.enter.Mem, array).Data; len(data) >= 8; data = data[8:] {
		if m := memAt(tc.enter.Mem, little(data[:8])); m.Addr != 0 {
			list[string(m.Data)] = true
		}
	}
	return list
}
