package agree

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/stracex/stracex/event"
)

// call is a call, a signal or an end, in a form that can be compared.
type call struct {
	name string
	key  string // equal for calls that could be the same
	text string // for people
	tree event.Value
}

// normal puts on a par what differs from run to run:
//
//	process ids        by how the process came to be: "0.2" is the first one's second child
//	addresses          memory of mappings, heap and stack
//	times and usage    what clocks, timers, rusage, sysinfo and statfs tell
//	random bytes       getrandom's, and names of temporary files made of them
//	ports              those that the kernel chose
type normal struct {
	labels map[int]string
}

func newNormal(events []*event.Event) *normal {
	n := &normal{labels: map[int]string{}}
	children := map[int]int{}
	for _, e := range events {
		if e.TID != 0 && len(n.labels) == 0 {
			n.labels[e.TID] = "0"
		}
		if e.Kind != event.Returned || !makesThread(e.Call.Name) || !e.Call.Ret.Known || e.Call.Ret.Value <= 0 {
			continue
		}
		children[e.TID]++
		n.labels[int(e.Call.Ret.Value)] = fmt.Sprintf("%s.%d", n.label(e.TID), children[e.TID])
	}
	// A process can make others before its own birth is told.
	again := map[int]int{}
	for _, e := range events {
		if e.Kind == event.Returned && makesThread(e.Call.Name) && e.Call.Ret.Known && e.Call.Ret.Value > 0 {
			again[e.TID]++
			n.labels[int(e.Call.Ret.Value)] = fmt.Sprintf("%s.%d", n.label(e.TID), again[e.TID])
		}
	}
	return n
}

func makesThread(name string) bool {
	return name == "clone" || name == "clone3" || name == "fork" || name == "vfork"
}

func (n *normal) label(tid int) string {
	if l, ok := n.labels[tid]; ok {
		return l
	}
	return "?"
}

// call gives the event's comparable form, false for what has none.
func (n *normal) call(e *event.Event) (c call, ok bool) {
	switch e.Kind {
	case event.Returned:
		if e.Call.Unfinished { // where it was cut is chance
			return c, false
		}
		c.name, c.tree = e.Call.Name, n.calls(e.Call)
	case event.Signal:
		c.name, c.tree = e.Signal.Name, n.signal(e.Signal)
	case event.Exited:
		c.name = "exit"
		c.tree = event.Value{Kind: event.Func, Str: "exit", Elems: []event.Value{
			{Kind: event.Int, Int: int64(e.Exit.Code)}, {Kind: event.Symbol, Str: e.Exit.Signal},
		}}
	default:
		return c, false
	}
	c.text = string(event.AppendValue(nil, c.tree, event.Format{}))
	c.key = key(c.tree)
	return c, true
}

// calls makes one tree of a call: its arguments and behind them its result.
func (n *normal) calls(c *event.Call) event.Value {
	v := event.Value{Kind: event.Func, Str: c.Name}
	for i, a := range c.Args() {
		if volatile[c.Name] > i || volatile[c.Name] == 0 {
			v.Elems = append(v.Elems, n.value(c, a))
		}
	}
	return appendResult(v, n.result(c))
}

func appendResult(v event.Value, result []event.Value) event.Value {
	v.Elems = append(v.Elems, result...)
	return v
}

// volatile are calls with arguments from the n-th on that are never the same.
var volatile = map[string]int{
	"clock_gettime": 1, "gettimeofday": -1, "times": -1, "getrusage": 1, "sysinfo": -1, "getitimer": 1,
	"timerfd_gettime": 1, "timer_gettime": 1, "adjtimex": -1, "statfs": 1, "fstatfs": 1, "getcpu": -1, "getrandom": -1,
}

func (n *normal) result(c *event.Call) []event.Value {
	r := c.Ret
	number := event.Value{Kind: event.Int, Int: r.Value, Style: r.Style}
	if r.Style == event.Hex {
		number.Kind = event.Addr
	}
	switch c.Name {
	case "time", "times", "getcpu", "getppid":
		number = event.Value{}
	}
	note := leftTime.ReplaceAllString(r.Note, "left {}")
	return []event.Value{
		named("ret", n.value(c, number)),
		named("errno", event.Value{Kind: event.Raw, Str: r.Errno}),
		named("known", event.Value{Kind: event.Raw, Str: fmt.Sprint(r.Known)}),
		named("note", event.Value{Kind: event.Raw, Str: note}),
	}
}

var leftTime = regexp.MustCompile(`left \{[^}]*\}`)

func named(name string, v event.Value) event.Value {
	v.Name = name
	return v
}

func (n *normal) signal(s *event.SignalInfo) event.Value {
	v := n.value(nil, s.Info)
	return event.Value{Kind: event.Func, Str: s.Name, Elems: []event.Value{v}}
}

// mapped is where the memory of programs that are not tiny begins.
const mapped = 1 << 32

var temporary = regexp.MustCompile(`/(cc|tmp|\.tmp|tmp_obj_)[A-Za-z0-9_]{6,8}`)

// value puts one value and what it holds on a par.
func (n *normal) value(c *event.Call, v event.Value) event.Value {
	switch v.Kind {
	case event.Int:
		// It may be a process id; then it is as good as one of the same process.
		if l, ok := n.labels[int(v.Int)]; ok {
			v.Deco, v.HasDeco = "process "+l, true
		} else if l, ok := n.labels[int(-v.Int)]; ok {
			v.Deco, v.HasDeco = "group of "+l, true
		}
	case event.Addr:
		if uint64(v.Int) >= mapped {
			v.Int = 0xadd
		}
		if v.Comment != "" && c != nil && c.Name != "execve" {
			v.Comment = strings.TrimSpace(v.Comment)
		}
	case event.String:
		v.Str = temporary.ReplaceAllString(v.Str, "/$1")
		v.Str = n.pids(v.Str)
	case event.Func:
		if v.Str == "htons" && len(v.Elems) == 1 && v.Elems[0].Int >= 32768 {
			v.Elems = []event.Value{{Kind: event.Symbol, Str: "port"}}
			return v
		}
	}
	switch v.Name {
	case "si_utime", "si_stime", "ru_utime", "ru_stime":
		return event.Value{Name: v.Name}
	}
	if v.Elems != nil {
		elems := make([]event.Value, len(v.Elems))
		for i, e := range v.Elems {
			elems[i] = n.value(c, e)
		}
		v.Elems = elems
	}
	if v.After != nil {
		after := n.value(c, *v.After)
		v.After = &after
	}
	return v
}

// pids replaces process ids in paths.
func (n *normal) pids(s string) string {
	if !strings.Contains(s, "/proc/") {
		return s
	}
	for pid, label := range n.labels {
		s = strings.ReplaceAll(s, fmt.Sprintf("/%d/", pid), "/pid_"+label+"/")
	}
	return s
}

// key is a tree's text without what stands in strings, of which one trace may
// have more than the other, and without numbers, which may be process ids.
func key(v event.Value) string {
	var b strings.Builder
	writeKey(&b, v)
	return b.String()
}

func writeKey(b *strings.Builder, v event.Value) {
	fmt.Fprintf(b, "%d", v.Kind)
	switch v.Kind {
	case event.String, event.Int:
	default:
		fmt.Fprintf(b, "%s,%d,%s", v.Str, v.Int, v.Comment)
	}
	b.WriteString(v.Name)
	for _, e := range v.Elems[:min(len(v.Elems), 8)] {
		writeKey(b, e)
	}
}

// sameCall says whether two trees are equal, strings as far as both go.
func sameCall(a, b call) bool { return a.key == b.key && same(a.tree, b.tree) }

func same(a, b event.Value) bool {
	if a.Kind != b.Kind || a.Name != b.Name || a.Neg != b.Neg || a.Comment != b.Comment {
		return false
	}
	if a.Int != b.Int && (!a.HasDeco || a.Deco != b.Deco) {
		return false
	}
	switch {
	case a.Kind == event.String:
		if !sameString(a, b) {
			return false
		}
	case a.Str != b.Str || a.Style != b.Style:
		return false
	}
	if (a.After == nil) != (b.After == nil) || a.After != nil && !same(*a.After, *b.After) {
		return false
	}
	n := len(a.Elems)
	if n != len(b.Elems) {
		// An array of which one trace has only the beginning.
		if a.Kind != event.Array || !a.Cut && !b.Cut {
			return false
		}
		n = min(n, len(b.Elems))
	} else if a.Cut != b.Cut && a.Kind == event.Struct {
		return false
	}
	for i := range n {
		if !same(a.Elems[i], b.Elems[i]) {
			return false
		}
	}
	return true
}

func sameString(a, b event.Value) bool {
	n := min(len(a.Str), len(b.Str))
	switch {
	case a.Str == b.Str:
		return true
	case len(a.Str) > n && !b.Cut, len(b.Str) > n && !a.Cut:
		return false
	}
	return a.Str[:n] == b.Str[:n]
}
