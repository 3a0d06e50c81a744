package merge

import (
	"io"
	"testing"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser"
)

// given is a reader of events that are there already.
type given []*event.Event

func (g *given) Read() (*event.Event, error) {
	if len(*g) == 0 {
		return nil, io.EOF
	}
	e := (*g)[0]
	*g = (*g)[1:]
	return e, nil
}

func (g *given) Stats() parser.Stats { return parser.Stats{Kind: "strace"} }

// When a thread other than the first calls execve, the call begins in its file,
// and ends in the first thread's, whose id it takes over.
func TestRename(t *testing.T) {
	returned := func(call *event.Call, value int64) *event.Event {
		call.Ret = event.Result{Known: true, Value: value}
		return &event.Event{Kind: event.Returned, Call: call}
	}
	thread := event.Value{Kind: event.Symbol, Name: "flags", Str: "CLONE_VM|CLONE_THREAD"}
	begun := event.NewCall("execve", event.Value{Kind: event.String, Str: "/bin/sh"})
	begun.Unfinished, begun.Ret.Note = true, "pid changed to 1"
	ended := event.NewCall("execve")
	ended.Partial = true
	logs := map[int]*given{
		1: {
			returned(event.NewCall("execve"), 0),
			returned(event.NewCall("clone", thread), 2),
			returned(event.NewCall("clone", thread), 3),
			{Kind: event.Exited, Exit: &event.Exit{SupersededBy: 3}},
			returned(ended, 0),
			{Kind: event.Exited, Exit: &event.Exit{Code: 3}},
		},
		2: {returned(event.NewCall("futex"), 0), {Kind: event.Exited, Exit: &event.Exit{}}},
		3: {{Kind: event.Returned, Call: begun}},
	}
	var members []Member
	for _, tid := range []int{1, 2, 3} {
		members = append(members, Member{TID: tid, Open: func() (parser.Reader, func(), error) { return logs[tid], func() {}, nil }})
	}
	members[0].Head.Call = "execve"
	const want = "1:execve 1:clone 2:futex 1:clone 3:execve( 2:end 1:superseded 1:)execve 1:end"
	if got := merged(t, New(members)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if ended.Partial || ended.Arg(0).Str != "/bin/sh" || ended.Shown() != 1 {
		t.Errorf("the call has ended as %+v", ended)
	}
}
