package main

import (
	"math"
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// shorten gives the event with at most n bytes of each string and n elements of
// each array, as strace -s: paths and addresses stay whole, and with strace -v
// arrays. e stays as it is.
func shorten(e *event.Event, n int, verbose bool) *event.Event {
	if e.Call == nil || n <= 0 {
		return e
	}
	shown, call := *e, *e.Call
	shown.Call = &call
	call.SetArgs(slices.Clone(call.Args()))
	short := shortening{strings: n, elems: n}
	if verbose {
		short.elems = math.MaxInt
	}
	desc := abi.Lookup(call.Name)
	for i, v := range call.Args() {
		if desc == nil || i >= len(desc.Args) || call.Partial || !keepsWhole(call.Name, &desc.Args[i]) {
			call.Args()[i] = short.value(v)
		}
	}
	call.Ret.Note = shortNote(call.Ret.Note, n)
	return &shown
}

// shortNote cuts the list of what poll found ready: "[{fd=3, revents=POLLIN}]".
func shortNote(note string, n int) string {
	list, rest, found := strings.Cut(note, "}]")
	if !found || !strings.HasPrefix(list, "[{") {
		return note
	}
	ready := strings.Split(list, "}, {")
	if len(ready) <= n {
		return note
	}
	return strings.Join(ready[:n], "}, {") + "}, ...]" + rest
}

// keepsWhole says whether an argument is a path, which is never cut.
func keepsWhole(name string, a *abi.Arg) bool {
	switch name {
	case "readlink", "readlinkat", "getcwd", "uname":
		return true
	}
	return a.Kind == abi.Path
}

// shortening is how much of strings and arrays is shown.
type shortening struct{ strings, elems int }

// wholeMembers are strings in structs that strace doesn't shorten.
var wholeMembers = map[string]bool{"sun_path": true, "d_name": true, "pathname": true, "extra_data": true}

func (s *shortening) value(v event.Value) event.Value {
	switch v.Kind {
	case event.String:
		if len(v.Str) > s.strings && !wholeMembers[v.Name] {
			v.Str, v.Cut = v.Str[:s.strings], true
		}
	case event.Array:
		if len(v.Elems) > s.elems {
			v.Elems, v.Cut = v.Elems[:s.elems], true
		}
		return within(v, s.value)
	case event.Struct:
		return within(v, s.value)
	}
	return v
}
