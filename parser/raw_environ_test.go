package parser

import (
	"encoding/binary"
	"testing"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// The tracer copies a variable's name only, as a string that goes on: envp counts
// the variables, and an array of them reads as names that are cut.
func TestRawEnvironmentNames(t *testing.T) {
	const program, list = 0x1000, 0x2000
	var array []byte
	for _, p := range []uint64{0x3000, 0x3020, 0x3040, 0} {
		array = binary.LittleEndian.AppendUint64(array, p)
	}
	nr, _ := abi.AMD64.CallNumber("execve")
	records := []*stx.Record{
		{Kind: stx.KindEnter, TID: 7, Enter: &stx.Enter{
			Arch: uint32(abi.AMD64), Nr: nr, Args: [6]uint64{program, list, list},
			Mem: []stx.Mem{
				{Addr: program, Want: 5, Data: []byte("/app\x00")},
				{Addr: list, Want: 32, Data: array},
				{Addr: 0x3000, Want: 6, Data: []byte("HOME=")},
				{Addr: 0x3020, Want: 7, Data: []byte("TOKEN=")},
				{Addr: 0x3040, Want: 4, Data: []byte("A=b\x00")},
			},
		}},
		{Kind: stx.KindExit, TID: 7, Exit: &stx.Exit{Ret: -2, IsError: true}},
	}
	events, _ := readAll(t, write(t, records))
	want := `execve("/app", ["HOME="..., "TOKEN="..., "A=b"], 0x2000 /* 3 vars */) = -1 ENOENT (No such file or directory)`
	for _, e := range events {
		if e.Kind != event.Returned {
			continue
		}
		if got := string(event.Append(nil, e, event.Format{})); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		return
	}
	t.Error("no call")
}
