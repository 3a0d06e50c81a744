package analyze

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// failure is a call that failed, or the same failure several times.
type failure struct {
	failureKey
	hist   *history
	other  *failure   // of the same process, with the same hash
	step   place      // of the last occurrence
	at     []position // every occurrence, at most maxOccurrences
	count  int
	tid    int
	tcalls int // calls of its thread so far
	// next is the next call with a path by the same thread.
	next next
	// handed: the thread ended, or woke another one, right after the failure.
	handed string
	seen   *event.Seen
	makes  bool // it was to make something
	during bool // SO_ERROR: the failure of an earlier connect
	over   bool // it was made good later
	told   bool // the syslog, right after, which nobody takes
}

// place is what is kept of a [replay.Step].
type place struct {
	Event         event.Kept
	Proc          *replay.Process
	File, DirFile *replay.File
	Origin        event.Kept
	FD            int
	Dir           string
	FS            replay.FS
}

// failureKey is what failures have in common that count as one.
type failureKey struct {
	name, errno string
	path, path2 string // absolute, may hold replay's mark until the end
	given       string
	addr        string
	program     string
	// Of a failure without a name: its first argument and its descriptor.
	what string
	fd   int
}

// next is a call; its path is "" when it failed.
type next struct {
	known bool
	pos   position
	path  string
}

// failed: besides plain errors, a connect that went on in the background and
// whose error was fetched later.
func failed(c *event.Call, st *replay.Step) bool {
	return c.Ret.Failed() || pendingError(c, st) != ""
}

// pendingError is the error that a call brought although it succeeded: one
// that getsockopt(SO_ERROR) fetched, or a netlink answer; "" if none.
func pendingError(c *event.Call, st *replay.Step) string {
	if st.File.Netlink() && readWrite[c.Name] == isRead {
		text, _ := transfer(c)
		if e := netlinkBytes(text); e != "" {
			return e
		}
		return netlinkError(c.Arg(1), 0)
	}
	if c.Name != "getsockopt" || c.Ret.Failed() || !c.Arg(2).Has("SO_ERROR") {
		return ""
	}
	v := c.Arg(3).Final()
	if len(v.Elems) > 0 {
		v = v.Elems[0]
	}
	switch {
	case v.Kind == event.Symbol && strings.HasPrefix(v.Str, "E"):
		return v.Str
	case v.Kind == event.Int && v.Int > 0: // older straces write the number
		return abi.ErrnoName(int(v.Int))
	}
	return ""
}

// netlinkBytes reads the error of a raw NLMSG_ERROR: type 2 in a header of 16
// bytes, then the negative errno (netlink(7), linux/netlink.h).
func netlinkBytes(s string) string {
	if len(s) < 20 || s[4] != 2 || s[5] != 0 {
		return ""
	}
	n := int32(uint32(s[16]) | uint32(s[17])<<8 | uint32(s[18])<<16 | uint32(s[19])<<24)
	if n >= 0 {
		return ""
	}
	return abi.ErrnoName(int(-n))
}

// netlinkError finds error=-ENAME in a decoded NLMSG_ERROR (netlink(7)).
func netlinkError(v event.Value, depth int) string {
	if v.Name == "error" {
		if name, ok := strings.CutPrefix(v.Str, "-E"); ok {
			return "E" + name
		}
	}
	for i := 0; i < len(v.Elems) && depth < 8 && i < 64; i++ {
		if e := netlinkError(v.Elems[i], depth+1); e != "" {
			return e
		}
	}
	return ""
}

func (f *facts) failed(h *history, st *replay.Step) {
	c := st.Event.Call
	key := failureKey{name: abi.Plain(c.Name), errno: c.Ret.Errno, addr: st.Addr, program: st.Proc.Program}
	during := false
	switch e := strings.Clone(pendingError(c, st)); {
	case e != "" && c.Name == "getsockopt":
		key.errno, during = e, true
	case e != "":
		key.errno = e
	}
	if len(st.Paths) > 0 {
		key.path, key.given = st.Paths[0], st.Given[0]
		if len(st.Paths) > 1 {
			key.path2 = st.Paths[1]
		}
	} else if st.File != nil && key.addr == "" {
		key.path = st.File.Path
	}
	if p, ok := strings.CutPrefix(key.addr, "unix:"); ok && key.path == "" && !strings.HasPrefix(p, "@") {
		key.path = p
	}
	if key.path == "" && key.addr == "" && key.given == "" {
		// Without a name, failures of one kind count as one only when they
		// are about the same descriptor.
		key.what, key.fd = strings.Clone(c.Arg(0).Str), st.FD
	}
	if key.addr == syslogAddr {
		f.toldNobody(st)
	}
	x := f.keep(h, key, st)
	x.during = during
	if key.errno == "EPERM" && asksLife(c) {
		f.foundAlive(h, st)
	}
	f.keepUnmade(x, c)
	f.lastFailure[st.Event.TID] = x
	if x.given != "" {
		h.followed(st, false)
		if h.lastPath == nil {
			h.lastPath = map[int]*failure{}
		}
		h.lastPath[st.Event.TID] = x
	}
}

// lacksTarget says of a call with two paths (rename, link) that what it misses belongs to
// the second: the process found the first right after, or it had before.
func (x *failure) lacksTarget() bool {
	if x.path2 == "" || x.errno != "ENOENT" || x.hist == nil {
		return false
	}
	s, at := x.hist.sources[x.path], x.at[len(x.at)-1]
	return s != nil && max(s.pos.seq-at.seq, at.seq-s.pos.seq) <= answerWindow
}

// lacksFirst says of a call with two paths that the first was seen not to be there.
func (x *failure) lacksFirst() bool {
	if x.path2 == "" || x.errno != "ENOENT" || x.seen == nil || len(x.seen.Walk) == 0 {
		return false
	}
	return x.seen.Walk[len(x.seen.Walk)-1].Errno == "ENOENT"
}

// isAboutSecond says of a call with two paths that the error is about the second one.
func (x *failure) isAboutSecond() bool {
	return x.path2 != "" && (x.errno == "EEXIST" || x.errno == "ENOTEMPTY") || x.lacksTarget()
}

// syslogAddr is where syslog(3) brings messages.
const syslogAddr = "unix:/dev/log"

// toldWindow is how many calls lie between a failure and the attempt to tell it: the
// first time syslog(3) reads the time zone.
const toldWindow = 12

// toldNobody: a message to the syslog that nobody takes is about what failed right
// before, if anything did.
func (f *facts) toldNobody(st *replay.Step) {
	x := f.lastFailure[st.Event.TID]
	if x != nil && x.addr != syslogAddr && st.Thread.Calls-x.tcalls <= toldWindow {
		x.told = true
	}
}

// keep files the failure, together with earlier ones of the same kind.
func (f *facts) keep(h *history, key failureKey, st *replay.Step) *failure {
	x := h.sameFailure(&key)
	if x == nil {
		x = &failure{failureKey: key, hist: h}
		h.addFailure(x)
		f.charge(h, failureCost+len(st.Event.Call.Text()))
		if len(h.failures) > maxFailures {
			h.forget()
		}
	}
	x.last(st)
	x.count++
	x.at = append(x.at, position{st.Event.Index, st.Seq})
	if len(x.at) > maxOccurrences {
		x.at = slices.Delete(x.at, 1, 2)
	}
	return x
}

// last makes the step the one that stands for the failure.
func (x *failure) last(st *replay.Step) {
	x.step = place{Event: st.Kept(), Proc: st.Proc, File: st.File, DirFile: st.DirFile, Origin: st.Origin, FD: st.FD, Dir: st.Dir, FS: st.FS}
	x.tid, x.tcalls, x.next, x.handed = st.Event.TID, st.Thread.Calls, next{}, ""
}

// sameFailure finds an earlier failure of the same kind.
func (h *history) sameFailure(key *failureKey) *failure {
	x := h.byKey[key.hash()]
	for x != nil && x.failureKey != *key {
		x = x.other
	}
	return x
}

func (h *history) addFailure(x *failure) {
	if h.byKey == nil {
		h.byKey = map[uint64]*failure{}
	}
	n := x.hash()
	x.other = h.byKey[n]
	h.byKey[n] = x
	h.failures = append(h.failures, x)
}

var seed = maphash.MakeSeed()

// hash of what differs most.
func (k *failureKey) hash() uint64 {
	return maphash.String(seed, k.path) ^ maphash.String(seed, k.given)<<1 ^ maphash.String(seed, k.addr)<<2 ^ uint64(k.fd)
}

// forget drops older failures, first those that programs expect.
func (h *history) forget() {
	kept := fewer(h.failures, func(x *failure) bool { return errorPoints(x) > 0 })
	h.failures, h.byKey = nil, nil
	for _, x := range kept {
		h.addFailure(x)
	}
}

// followed tells the thread's last failure what its next call with a path was.
func (h *history) followed(st *replay.Step, ok bool) {
	x := h.lastPath[st.Event.TID]
	if x == nil {
		return
	}
	h.lastPath[st.Event.TID] = nil
	x.next = next{known: true, pos: position{st.Event.Index, st.Seq}}
	if ok {
		x.next.path = st.Paths[0]
	}
}
