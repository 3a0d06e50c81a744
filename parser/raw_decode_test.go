package parser

import (
	"encoding/binary"
	"regexp"
	"testing"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// decodeTest is a call of amd64 and the text that it gives, which must be read as
// the same call again.
type decodeTest struct {
	call    string
	args    []uint64
	in, out []stx.Mem
	ret     int64
	verbose bool
	want    string // as strace 6.1 prints it
}

func (test *decodeTest) enter() *stx.Enter {
	nr, ok := abi.AMD64.CallNumber(test.call)
	if !ok {
		panic("no call " + test.call)
	}
	enter := &stx.Enter{Arch: uint32(abi.AMD64), Nr: nr, Mem: test.in}
	copy(enter.Args[:], test.args)
	return enter
}

func (test *decodeTest) run(t *testing.T) {
	t.Helper()
	enter := test.enter()
	capture := write(t, test.records(enter, test.out))
	read := readAll
	if test.verbose {
		read = readVerbose
	}
	all, _ := read(t, capture)
	if len(all) == 0 || all[0].Kind != event.Returned {
		t.Fatal("the call is lost")
	}
	got := column.ReplaceAllString(string(event.Append(nil, all[0], event.Format{})), ") = ")
	if got != test.want {
		t.Errorf("got  %s\nwant %s", got, test.want)
	}
	checkRawText(t, all)
	test.cut(t, read, enter)
}

// column is the blank before a result.
var column = regexp.MustCompile(`\) += `)

func (test *decodeTest) records(enter *stx.Enter, out []stx.Mem) []*stx.Record {
	const now = 1700000000e9
	return []*stx.Record{
		{Kind: stx.KindEnter, TID: 1, Time: now, Enter: enter},
		{Kind: stx.KindExit, TID: 1, Time: now, Exit: &stx.Exit{Ret: test.ret, IsError: test.ret < 0, Mem: out}},
	}
}

// cut takes bytes from the end of the memory, ever more: what is left is some
// event, and a text that can be read.
func (test *decodeTest) cut(t *testing.T, read func(testing.TB, []byte) ([]*event.Event, Stats), enter *stx.Enter) {
	t.Helper()
	shorter := func(list []stx.Mem, n int) []stx.Mem {
		var cut []stx.Mem
		for _, m := range list {
			m.Data = m.Data[:max(len(m.Data)-n, 0)]
			cut = append(cut, m)
		}
		return cut
	}
	for n := 1; n < 100; n += 3 {
		e := *enter
		e.Mem = shorter(test.in, n)
		all, _ := read(t, write(t, test.records(&e, shorter(test.out, n))))
		checkRawText(t, all)
	}
}

// at is memory of a tracee.
func at(addr uint64, parts ...any) []stx.Mem {
	b := packed(parts...)
	return []stx.Mem{{Addr: addr, Want: uint64(len(b)), Data: b}}
}

// packed makes bytes of numbers, in the size that they have, of strings and
// of bytes.
func packed(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			b = append(b, part...)
		case []byte:
			b = append(b, part...)
		default:
			b, _ = binary.Append(b, binary.LittleEndian, part)
		}
	}
	return b
}

// name16 is a name in a field of 16 bytes.
func name16(s string) []byte {
	b := make([]byte, 16)
	copy(b, s)
	return b
}
