package analyze

import (
	"strings"

	"github.com/stracex/stracex/event"
)

type way uint8

const (
	isRead way = 1 + iota
	isWrite
)

// readWrite are the calls that move text.
var readWrite = map[string]way{
	"read": isRead, "pread64": isRead, "readv": isRead, "recv": isRead, "recvfrom": isRead, "recvmsg": isRead, "recvmmsg": isRead, "recvmmsg_time64": isRead, "preadv": isRead, "pread": isRead,
	"msgrcv": isRead, "mq_timedreceive": isRead, "msgsnd": isWrite, "mq_timedsend": isWrite,
	"write": isWrite, "pwrite64": isWrite, "writev": isWrite, "send": isWrite, "sendto": isWrite, "sendmsg": isWrite, "sendmmsg": isWrite, "pwritev": isWrite, "pwrite": isWrite,
}

// transfers calls f with each text that a read or write moved: that of each message for
// sendmmsg(2) and recvmmsg(2), one for the others.
func transfers(c *event.Call, f func(text string, cut bool)) {
	if !strings.HasSuffix(c.Name, "mmsg") && c.Name != "recvmmsg_time64" {
		f(transfer(c))
		return
	}
	for i, m := range c.Arg(1).Final().Elems {
		if int64(i) < c.Ret.Value {
			f(gather(m.Field("msg_hdr").Field("msg_iov"), m.Field("msg_len").Int))
		}
	}
}

// transfer is the text that a read or write moved, as far as the trace has it.
func transfer(c *event.Call) (text string, cut bool) {
	v, n := c.Arg(1).Final(), c.Ret.Value
	if c.Name == "msgsnd" || c.Name == "mq_timedsend" {
		n = -1 // they send all, and return 0
	}
	if text := v.Field("mtext"); text.Kind == event.String { // msgbuf
		v = text
	}
	switch v.Kind {
	case event.String:
		return limit(v.Str, n), v.Cut
	case event.Array: // iovec
		return gather(v, n)
	case event.Struct: // msghdr
		return gather(v.Field("msg_iov"), n)
	}
	return "", false
}

func gather(iov event.Value, n int64) (string, bool) {
	var b strings.Builder
	cut := iov.Cut
	for _, e := range iov.Elems {
		base := e.Field("iov_base")
		if base.Kind == event.None && len(e.Elems) > 0 { // strace before 4.12: {"text", 4}
			base = e.Elems[0]
		}
		b.WriteString(base.Str)
		if b.Len() > maxTransfer {
			break
		}
		if base.Cut {
			cut = true
			break // what follows would be glued to the wrong place
		}
	}
	return limit(b.String(), n), cut
}

// limit: a short write moved only the first n bytes.
func limit(s string, n int64) string {
	if n >= 0 && int64(len(s)) > n {
		s = s[:n]
	}
	if len(s) > maxTransfer {
		s = s[:maxTransfer]
	}
	return s
}
