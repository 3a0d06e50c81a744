package parser

import (
	"fmt"
	"strings"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// netlinks remembers which descriptors are netlink sockets, since a message
// means nothing without its protocol. Of those that a process was given, it
// knows nothing: their messages stay bytes.
type netlinks struct {
	sockets map[descriptor]string // the protocol: NETLINK_ROUTE
	process map[int]int           // by TID, of threads that are not the first
}

type descriptor struct {
	process int
	fd      int32
}

func newNetlinks() netlinks {
	return netlinks{map[descriptor]string{}, map[int]int{}}
}

func (n *netlinks) started(tid int, s *stx.Start) {
	if s.PID != 0 && s.PID != tid && len(n.process) < maxPending {
		n.process[tid] = s.PID
	}
}

func (n *netlinks) of(tid int, fd uint64) descriptor {
	if p, ok := n.process[tid]; ok {
		tid = p
	}
	return descriptor{tid, int32(fd)}
}

// protocol is that of the socket which a call sends to or receives from, "" for
// other calls and files.
func (n *netlinks) protocol(tid int, d *decoder) string {
	switch d.name {
	case "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "write", "read", "writev", "readv":
		return n.sockets[n.of(tid, d.args[0])]
	}
	return ""
}

// called takes what a call did to the process's descriptors. A number that is
// used again was closed first.
func (n *netlinks) called(tid int, d *decoder) {
	if d.failed {
		return
	}
	switch d.name {
	case "socket":
		if d.arch.EnumText("domain", d.args[0]) == "AF_NETLINK" && len(n.sockets) < maxPending {
			n.sockets[n.of(tid, uint64(d.ret))] = d.arch.EnumText("netlink", d.args[2])
		}
	case "close":
		delete(n.sockets, n.of(tid, d.args[0]))
	case "dup2", "dup3":
		delete(n.sockets, n.of(tid, d.args[1]))
	case "execve", "execveat", "close_range":
		process := n.of(tid, 0).process
		for s := range n.sockets {
			if s.process == process {
				delete(n.sockets, s)
			}
		}
	}
}

// A nlmsghdr (netlink(7)): length and type, flags, sequence number, port.
const netlinkHeader = 16

// netlinkMessages writes a row of netlink messages; ok is false for bytes that
// are none.
func (d *decoder) netlinkMessages(b []byte, cut bool) (v event.Value, ok bool) {
	v = event.Value{Kind: event.Array, Cut: cut}
	for len(b) >= netlinkHeader && len(v.Elems) < maxElems {
		size := word(b[:4])
		whole := size >= netlinkHeader && size <= uint64(len(b))
		if !whole && len(v.Elems) == 0 {
			return v, false
		}
		if !whole { // nothing that could be stepped over
			v.Elems = append(v.Elems, d.netlinkHead(b))
			break
		}
		v.Elems = append(v.Elems, d.netlinkMessage(b[:size]))
		b = b[min((size+3)&^3, uint64(len(b))):]
	}
	switch {
	case len(v.Elems) == 0:
		return v, false
	case len(v.Elems) == 1 && !cut:
		return v.Elems[0], true
	}
	return v, true
}

// netlinkMessage writes one message: its header, and what follows it.
func (d *decoder) netlinkMessage(b []byte) event.Value {
	head, rest := d.netlinkHead(b), b[netlinkHeader:]
	var payload event.Value
	switch kind := word(b[4:6]); {
	case len(rest) == 0:
		return head
	case kind == netlinkError && len(rest) >= 4:
		payload = d.netlinkAnswer(rest)
	case kind == netlinkDone && len(rest) >= 4:
		payload = intValue(int64(int32(word(rest[:4]))))
	default:
		if parts := d.routePayload(d.netlinkType(kind), rest); parts != nil {
			return event.Value{Kind: event.Array, Elems: append([]event.Value{head}, parts...)}
		}
		payload = d.stringValue(rest, false)
	}
	return event.Value{Kind: event.Array, Elems: []event.Value{head, payload}}
}

// netlinkAnswer writes an error and the message that it answers, of which there
// may be no more than the header.
func (d *decoder) netlinkAnswer(b []byte) event.Value {
	code := intValue(int64(int32(word(b[:4]))))
	if name := errnoName(-code.Int); code.Int < 0 {
		code = notation("-" + name)
	}
	v := event.Value{Kind: event.Struct, Elems: []event.Value{member("error", code)}}
	if b = b[4:]; len(b) >= netlinkHeader {
		asked := d.netlinkHead(b)
		if size := word(b[:4]); size > netlinkHeader && size <= uint64(len(b)) && word(b[4:6]) != netlinkError {
			asked = d.netlinkMessage(b[:size])
		}
		v.Elems = append(v.Elems, member("msg", asked))
	}
	return v
}

func (d *decoder) netlinkHead(b []byte) event.Value {
	kind := d.netlinkType(word(b[4:6]))
	return event.Value{Kind: event.Struct, Elems: []event.Value{
		member("nlmsg_len", uintValue(word(b[:4]))),
		member("nlmsg_type", constant(kind)),
		member("nlmsg_flags", constant(d.netlinkFlags(kind, word(b[6:8])))),
		member("nlmsg_seq", uintValue(word(b[8:12]))),
		member("nlmsg_pid", intValue(int64(int32(word(b[12:16]))))),
	}}
}

const netlinkError, netlinkDone = 2, 3

// routeTypes are what RTM_ messages are about, from 16 on in steps of four, and
// which of New, Del, Get, Set there are of them (linux/rtnetlink.h).
var routeTypes = strings.Fields(`LINK:NDGS ADDR:NDG ROUTE:NDG NEIGH:NDG RULE:NDG QDISC:NDG TCLASS:NDG TFILTER:NDG
	ACTION:NDG PREFIX:N MULTICAST:G ANYCAST:G NEIGHTBL:NGS NDUSEROPT:N ADDRLABEL:NDG DCB:GS NETCONF:NDG MDB:NDG
	NSID:NDG STATS:NGS CACHEREPORT:N CHAIN:NDG NEXTHOP:NDG LINKPROP:NDG VLAN:NDG NEXTHOPBUCKET:NDG TUNNEL:NDG`)

// routeType names a message's type, "" when there is no such type.
func routeType(n uint64) string {
	about := n/4 - 4
	if n < 16 || about >= uint64(len(routeTypes)) {
		return ""
	}
	name, verbs, _ := strings.Cut(routeTypes[about], ":")
	verb := [...]string{"NEW", "DEL", "GET", "SET"}[n%4]
	if !strings.Contains(verbs, verb[:1]) {
		return ""
	}
	return "RTM_" + verb + name
}

// netlinkType names a message's type: those below 16 are common to all
// protocols.
func (d *decoder) netlinkType(n uint64) string {
	control := [...]string{1: "NLMSG_NOOP", netlinkError: "NLMSG_ERROR", netlinkDone: "NLMSG_DONE", 4: "NLMSG_OVERRUN"}
	switch {
	case n > 0 && n < uint64(len(control)):
		return control[n]
	case d.netlink == "NETLINK_ROUTE" && routeType(n) != "":
		return routeType(n)
	case d.netlink == "NETLINK_SOCK_DIAG" && n == 20:
		return "SOCK_DIAG_BY_FAMILY"
	case n == 0:
		return "0 /* NLMSG_??? */"
	}
	return fmt.Sprintf("%#x /* NLMSG_??? */", n)
}

// netlinkFlags names flags; what the upper ones mean depends on the type.
func (d *decoder) netlinkFlags(kind string, n uint64) string {
	names := []string{"REQUEST", "MULTI", "ACK", "ECHO", "DUMP_INTR", "DUMP_FILTERED", "", ""}
	switch {
	case kind == "NLMSG_ERROR":
		names = append(names, "CAPPED", "ACK_TLVS")
	case strings.HasPrefix(kind, "RTM_GET"), kind == "SOCK_DIAG_BY_FAMILY":
		names = append(names, "ROOT", "MATCH", "ATOMIC")
	case strings.HasPrefix(kind, "RTM_NEW"):
		names = append(names, "REPLACE", "EXCL", "CREATE", "APPEND")
	case strings.HasPrefix(kind, "RTM_DEL"):
		names = append(names, "NONREC", "BULK")
	}
	var parts []string
	const dump = 0x300 // NLM_F_ROOT|NLM_F_MATCH
	for i, name := range names {
		bit := uint64(1) << i
		switch {
		case name == "" || n&bit == 0:
			continue
		case name == "ROOT" && n&dump == dump:
			name, bit = "DUMP", dump
		}
		parts = append(parts, "NLM_F_"+name)
		n &^= bit
	}
	if n != 0 || parts == nil {
		parts = append(parts, string(event.AppendValue(nil, hexValue(n), event.Format{})))
	}
	return strings.Join(parts, "|")
}

// decoder makes the values of a call that has begun.
func (r *rawReader) decoder(c *rawCall) *decoder {
	d := newDecoder(c.enter)
	d.restarts, d.verbose = c.restarts, r.verbose
	d.netlink = r.netlinks.protocol(c.tid, d)
	return d
}
