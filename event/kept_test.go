package event

import (
	"reflect"
	"testing"
)

// noArgs stands for a reader of arguments.
type noArgs struct{ int }

func (*noArgs) ReadArgs(string, string) ([]Value, int)    { return nil, 0 }
func (*noArgs) Borrow(string, string, int) (args []Value) { return nil }

// Events that differ in one thing only are kept apart, and none changes those kept before.
func TestKeeper(t *testing.T) {
	reader := &noArgs{1}
	made := func(change func(*Event)) *Event {
		e := &Event{
			Index: 70000, File: "a.log", Line: 9, TID: 12, Comm: "sh", Time: Time{NS: -5, Clock: DayClock}, Kind: Returned, Borrowed: true,
			Call: &Call{Name: "openat", Entered: -1, Duration: 1 << 40, Ret: Result{Known: true, Value: -1, Errno: "EPERM", Message: "no", Note: "n", Comment: "c"}},
		}
		e.Call.BorrowArgs("3, ", "\"x\")", reader)
		change(e)
		return e
	}
	events := []*Event{made(func(*Event) {})}
	for _, change := range []func(*Event){
		func(e *Event) { e.Index = 0 },
		func(e *Event) { e.File = "b.log" },
		func(e *Event) { e.Line = 0 },
		func(e *Event) { e.TID = 1 << 30 },
		func(e *Event) { e.Comm = "" },
		func(e *Event) { e.Time.NS = 1 << 62 },
		func(e *Event) { e.Time.Clock = UnixClock },
		func(e *Event) { e.Kind = Entered },
		func(e *Event) { e.Call.Name = "openXt" },
		func(e *Event) { e.Call.Entered = 7 },
		func(e *Event) { e.Call.Duration = -1 },
		func(e *Event) { e.Call.Unfinished = true },
		func(e *Event) { e.Call.Partial = true },
		func(e *Event) { e.Call.Ret.Known = false },
		func(e *Event) { e.Call.Ret.Value = -1 << 63 },
		func(e *Event) { e.Call.Ret.Errno = "EXERM" },
		func(e *Event) { e.Call.Ret.Message = "yes" },
		func(e *Event) { e.Call.Ret.Style = Hex },
		func(e *Event) { e.Call.Ret.HasDeco = true },
		func(e *Event) { e.Call.Ret.Deco = "/x" },
		func(e *Event) { e.Call.Ret.Note = "" },
		func(e *Event) { e.Call.Ret.Comment = "" },
		func(e *Event) { e.Call.BorrowArgs("", "3, \"x\")", reader) },
		func(e *Event) { e.Call.BorrowArgs("3, ", "\"x\")", &noArgs{2}) },
	} {
		events = append(events, made(change), made(func(*Event) {}))
	}
	var keeper Keeper
	var kept []Kept
	for _, e := range events {
		kept = append(kept, keeper.Keep(e))
	}
	for i, e := range events {
		if got, want := kept[i].Event(), e.Keep(); !reflect.DeepEqual(got, want) {
			t.Errorf("%d: %+v, %+v; want %+v, %+v", i, got, got.Call, want, want.Call)
		}
	}
}

// What lasts anyway, and events without a call, are kept as they are.
func TestKeptWhole(t *testing.T) {
	var keeper Keeper
	e := &Event{Kind: Exited, Exit: &Exit{Code: 3}}
	if got := keeper.Keep(e); got.Event() != e || got.Name() != "" || got.None() {
		t.Errorf("%+v", got)
	}
	if got := (Kept{}); got.Event() != nil || got.Name() != "" || !got.None() {
		t.Errorf("%+v", got)
	}
}
