package parser

import (
	"bufio"
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stracex/stracex/event"
)

var words = rapid.StringMatching(`[A-Z][A-Z0-9_]{0,8}`)

// decos are what descriptors and pids stand for.
var decos = rapid.OneOf(
	rapid.Map(anyBytes, func(s string) string { return "/" + s }),
	rapid.Just("/dev/null<char 1:3>"),
	rapid.Just("/tmp/x (deleted)"),
	rapid.StringMatching(`(TCP|UNIX-STREAM|pipe):\[[0-9]{1,5}(->[0-9]{1,5})?\]`),
	rapid.StringMatching(`[a-z ]{1,8}`),
)

var anyBytes = rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) })

// genValue makes values in the shapes that event.ValueKind lists.
func genValue(depth int) *rapid.Generator[event.Value] {
	return rapid.Custom(func(t *rapid.T) event.Value {
		v := genPlain(depth).Draw(t, "value")
		if v.Kind == event.Int || v.Kind == event.Symbol {
			if v.HasDeco = rapid.Bool().Draw(t, "decorated"); v.HasDeco {
				v.Deco = decos.Draw(t, "deco")
			}
		}
		if v.Kind != event.Raw && rapid.IntRange(0, 9).Draw(t, "commented") == 0 {
			v.Comment = rapid.StringMatching(`[A-Z|][a-z0-9 ]{0,5}[0-9]`).Draw(t, "comment")
		}
		if v.Kind != event.Raw && depth > 0 && rapid.IntRange(0, 9).Draw(t, "changed") == 0 {
			after := genPlain(depth-1).Filter(func(v event.Value) bool { return v.Kind != event.Raw }).Draw(t, "after")
			v.After = &after
		}
		return v
	})
}

func genPlain(depth int) *rapid.Generator[event.Value] {
	return rapid.Custom(func(t *rapid.T) event.Value {
		kinds := []string{"int", "octal", "unsigned", "addr", "string", "symbol", "raw"}
		if depth > 0 {
			kinds = append(kinds, "struct", "array", "set", "func")
		}
		elems := func(least int) []event.Value {
			return rapid.SliceOfN(genValue(depth-1), least, 4).Draw(t, "elems")
		}
		switch rapid.SampledFrom(kinds).Draw(t, "kind") {
		case "octal":
			return styled(num(rapid.Int64Range(0, 0o7777).Draw(t, "n")), event.Octal)
		case "unsigned":
			return styled(num(rapid.Int64Range(-1<<63, -1).Draw(t, "n")), event.Unsigned)
		case "addr":
			return addr(rapid.Int64().Draw(t, "n"))
		case "string":
			return event.Value{Kind: event.String, Str: anyBytes.Draw(t, "bytes"), Cut: rapid.Bool().Draw(t, "cut")}
		case "symbol":
			return name(rapid.StringMatching(`[A-Z][A-Z0-9_]{0,6}(\|[A-Z]{2}|\|0x[0-9a-f]{2})?`).Filter(
				func(s string) bool { return s != "NULL" }).Draw(t, "symbol"))
		case "raw":
			return raw(rapid.SampledFrom([]string{"8192*1024", "A or B", "WIFEXITED(s) && WEXITSTATUS(s) == 7"}).Draw(t, "raw"))
		case "struct":
			s := event.Value{Kind: event.Struct, Elems: elems(0), Cut: rapid.Bool().Draw(t, "cut")}
			for i := range s.Elems {
				s.Elems[i].Name = rapid.StringMatching(`[a-z_]{1,6}`).Draw(t, "name")
			}
			return normal(s)
		case "array":
			a := event.Value{Kind: event.Array, Elems: elems(0), Cut: rapid.Bool().Draw(t, "cut")}
			for i := range a.Elems {
				if a.Elems[i].Kind == event.Raw { // blanks would make it a set
					a.Elems[i].Str = "8192*1024"
				}
			}
			return normal(a)
		case "set":
			members := rapid.Map(words, name)
			s := seq(event.Set, rapid.SliceOfN(members, 2, 5).Draw(t, "members")...)
			s.Neg = rapid.Bool().Draw(t, "neg")
			return s
		case "func":
			return normal(event.Value{Kind: event.Func, Str: words.Draw(t, "name"), Elems: elems(0)})
		}
		return num(rapid.Int64().Draw(t, "n"))
	})
}

// normal makes an empty list nil, as a reader leaves it.
func normal(v event.Value) event.Value {
	if len(v.Elems) == 0 {
		v.Elems = nil
	}
	return v
}

var genResult = rapid.Custom(func(t *rapid.T) event.Result {
	r := event.Result{Known: rapid.Bool().Draw(t, "known")}
	if r.Known {
		r.Value = rapid.Int64Range(0, 1<<40).Draw(t, "result")
		r.Style = rapid.SampledFrom([]event.Style{event.Decimal, event.Hex, event.Octal}).Draw(t, "style")
		if r.HasDeco = rapid.Bool().Draw(t, "decorated"); r.HasDeco {
			r.Deco = decos.Draw(t, "deco")
		}
	}
	if rapid.Bool().Draw(t, "failed") {
		r.Errno = "E" + words.Draw(t, "errno")
		r.Message = rapid.StringMatching(`([A-Z][a-z]{1,5}( \([a-z]{1,3}\))?)?`).Draw(t, "message")
	}
	if r.Errno == "" || r.Message != "" {
		r.Note = rapid.SampledFrom([]string{"", "Timeout", "in [3], left {tv_sec=1}"}).Draw(t, "note")
	}
	return r
})

// TestPrintedEventsAreReadAgain makes calls of any shape, some interleaved, and
// reads back what is printed of them.
func TestPrintedEventsAreReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		args := rapid.SliceOfN(genValue(3), 0, 4).Draw(t, "args")
		first := event.NewCall("frob", args...)
		events := []*event.Event{{TID: 12, Kind: event.Returned, Call: first}}
		first.Ret = genResult.Draw(t, "result")
		if rapid.Bool().Draw(t, "halves") {
			shown := rapid.IntRange(0, len(args)).Draw(t, "shown")
			begun := append([]event.Value(nil), args[:shown]...)
			if shown > 0 {
				begun[shown-1].After = nil
			}
			first.Entered = 0
			first.SetShown(shown)
			events = []*event.Event{
				{TID: 12, Kind: event.Entered, Call: event.NewCall("frob", begun...)},
				{TID: 13, Kind: event.Exited, Exit: &event.Exit{Code: 1}},
				events[0],
			}
		}
		var want []event.Event
		for i, e := range events {
			e.Index, e.Line, e.File = i, i+1, "log"
			if e.Call != nil && len(e.Call.Args()) == 0 {
				e.Call.SetArgs(nil)
			}
			want = append(want, *e)
		}
		log := printAll(events, formatOf(events))
		r := newStraceText(bufio.NewReader(bytes.NewReader(log)), "log")
		var got []event.Event
		for e, err := r.Read(); err == nil; e, err = r.Read() {
			got = append(got, *kept(e))
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%s-want +got\n%s", bytes.TrimSpace(log), cmp.Diff(want, got, whole))
		}
	})
}
