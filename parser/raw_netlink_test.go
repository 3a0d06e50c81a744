package parser

import (
	"encoding/binary"
	"testing"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// netlinkBytes makes a message.
func netlinkBytes(kind, flags uint16, payload ...byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(16+len(payload)))
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = binary.LittleEndian.AppendUint16(b, flags)
	b = binary.LittleEndian.AppendUint32(b, 7)
	b = binary.LittleEndian.AppendUint32(b, 0)
	return append(b, payload...)
}

func TestNetlink(t *testing.T) {
	ask := netlinkBytes(18, 0x301)
	denied := append([]byte{0xff, 0xff, 0xff, 0xff}, ask...)
	for _, test := range []struct {
		b    []byte
		want string
	}{
		{ask, `{nlmsg_len=16, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=7, nlmsg_pid=0}`},
		{netlinkBytes(16, 0x605, 1, 2, 3, 4),
			`[{nlmsg_len=20, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK|NLM_F_EXCL|NLM_F_CREATE, nlmsg_seq=7, nlmsg_pid=0}, "\1\2\3\4"]`},
		{netlinkBytes(2, 0, denied...), `[{nlmsg_len=36, nlmsg_type=NLMSG_ERROR, nlmsg_flags=0, nlmsg_seq=7, nlmsg_pid=0}, {error=-EPERM, ` +
			`msg={nlmsg_len=16, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=7, nlmsg_pid=0}}]`},
		{append(netlinkBytes(3, 2, 0, 0, 0, 0), netlinkBytes(23, 0x8000)...),
			`[[{nlmsg_len=20, nlmsg_type=NLMSG_DONE, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=7, nlmsg_pid=0}, 0], ` +
				`{nlmsg_len=16, nlmsg_type=0x17 /* NLMSG_??? */, nlmsg_flags=0x8000, nlmsg_seq=7, nlmsg_pid=0}]`},
	} {
		d := &decoder{arch: abi.AMD64, netlink: "NETLINK_ROUTE"}
		v, ok := d.netlinkMessages(test.b, false)
		if got := string(event.AppendValue(nil, v, event.Format{})); !ok || got != test.want {
			t.Errorf("got %v, %s\nwant %s", ok, got, test.want)
		}
	}
	if v, ok := (&decoder{}).netlinkMessages([]byte("this is no netlink message"), false); ok {
		t.Errorf("text is a message: %+v", v)
	}
}

// TestNetlinkSockets checks that only what goes through a netlink socket is
// taken for messages, also when its number is used again.
func TestNetlinkSockets(t *testing.T) {
	message := netlinkBytes(18, 1)
	sent := []stx.Mem{{Addr: 0x1000, Want: 16, Data: message}}
	var records []*stx.Record
	call := func(tid int, nr uint64, mem []stx.Mem, ret int64, args ...uint64) {
		e := &stx.Enter{Arch: uint32(abi.AMD64), Nr: nr, Mem: mem}
		copy(e.Args[:], args)
		records = append(records, &stx.Record{Kind: stx.KindEnter, TID: tid, Enter: e},
			&stx.Record{Kind: stx.KindExit, TID: tid, Exit: &stx.Exit{Ret: ret}})
	}
	const nrWrite, nrClose, nrSocket = 1, 3, 41
	call(5, nrWrite, sent, 16, 3, 0x1000, 16)
	call(5, nrSocket, nil, 3, 16, 3, 0)
	records = append(records, &stx.Record{Kind: stx.KindStart, TID: 6, Start: &stx.Start{PID: 5, Parent: 5}})
	call(6, nrWrite, sent, 16, 3, 0x1000, 16)
	call(5, nrClose, nil, 0, 3)
	call(6, nrWrite, sent, 16, 3, 0x1000, 16)
	var kinds []event.ValueKind
	events, _ := readAll(t, write(t, records))
	for _, e := range events {
		if e.Kind == event.Returned && e.Call.Name == "write" {
			kinds = append(kinds, e.Call.Arg(1).Kind)
		}
	}
	if len(kinds) != 3 || kinds[0] != event.String || kinds[1] != event.Struct || kinds[2] != event.String {
		t.Errorf("got %v", kinds)
	}
}
