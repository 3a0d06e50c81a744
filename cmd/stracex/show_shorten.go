package main

import (
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
)

// shorten gives the event with at most n bytes of each string and n elements of
// each array, as strace -s: paths and addresses stay whole. e stays
// as it is.
func shorten(e *event.Event, n int) *event.Event {
	if e.Call == nil || n <= 0 {
		return e
	}
	shown, call := *e, *e.Call
	shown.Call, call.Args = &call, slices.Clone(call.Args)
	desc := abi.Lookup(call.Name)
	for i, v := range call.Args {
		if desc == nil || i >= len(desc.Args) || call.Partial || !keepsWhole(call.Name, &desc.Args[i]) {
			call.Args[i] = shortValue(v, n)
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

func shortValue(v event.Value, n int) event.Value {
	switch v.Kind {
	case event.String:
		if len(v.Str) > n && v.Name != "sun_path" {
			v.Str, v.Cut = v.Str[:n], true
		}
	case event.Array:
		if len(v.Elems) > n {
			v.Elems, v.Cut = v.Elems[:n], true
		}
		return within(v, func(v event.Value) event.Value { return shortValue(v, n) })
	case event.Struct:
		return within(v, func(v event.Value) event.Value { return shortValue(v, n) })
	}
	return v
}
