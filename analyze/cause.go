package analyze

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// cause turns a candidate into the diagnosis's form.
func (f *facts) cause(c *candidate) Cause {
	p := c.sus.hist.proc
	out := Cause{
		Kind: c.kind, PID: p.PID, Program: p.Program, Count: 1, Candidates: []string{},
		CallsBefore: c.between, Reasons: c.reasons, Points: c.points, Advice: []string{},
	}
	switch {
	case c.fail != nil:
		f.callCause(&out, c)
	case c.kind == "signal":
		f.signalCause(&out, c)
	case c.source != nil:
		f.sourceCause(&out, c)
	case c.ghost != nil:
		ghostCause(&out, c)
	case c.relay != nil:
		f.relayCause(&out, c)
	}
	if out.Reasons == nil {
		out.Reasons = []string{}
	}
	return out
}

func (f *facts) callCause(out *Cause, c *candidate) {
	x := c.fail
	out.Syscall, out.Errno, out.Error = x.step.Event.Name(), &x.errno, abi.ErrnoText(x.errno)
	if x.during {
		out.Syscall = "connect"
	}
	out.Program = f.state.Known(x.program)
	out.PID = x.hist.proc.PID
	out.Count = x.count
	out.Event = ref(x.step.Event.Event())
	setString(&out.Path, x.path)
	setString(&out.PathGiven, x.given)
	if x.isAboutSecond() {
		setString(&out.Path, x.path2)
		out.PathGiven = nil
	}
	setString(&out.Address, x.addr)
	if x.given != "" && !strings.HasPrefix(x.given, "/") {
		setString(&out.Cwd, x.step.Dir)
	}
	if x.given == "" && x.step.FD >= 0 {
		fd := x.step.FD
		out.FD = &fd
	}
	for _, g := range c.group {
		out.Candidates = append(out.Candidates, g.path)
	}
	out.Evidence = f.evidence(c)
	f.explain(out, c)
}

func (f *facts) sourceCause(out *Cause, c *candidate) {
	s := c.source
	out.Event = ref(s.ev.Event())
	out.Syscall = s.ev.Name()
	if s.file != nil && s.file.Sock != nil {
		f.peerCause(out, c, f.state.AbsAddr(s.file.Sock.Peer))
		return
	}
	setString(&out.Path, s.path)
	if c.account {
		accountCause(out, c)
		return
	}
	if c.listed {
		listedCause(out, c)
		return
	}
	if c.noLibrary {
		noLibraryCause(out, c)
		return
	}
	if c.alive {
		aliveCause(out, c)
		return
	}
	if s.wanted > 0 {
		f.shortCause(out, c)
		return
	}
	if s.file != nil && s.file.Kind == replay.PathFile && s.file.Reads == 0 && s.file.EOF {
		out.Summary = fmt.Sprintf("%s is empty", s.path)
		out.Explanation = fmt.Sprintf("%s read %s and got nothing: the file is empty.", name(c.sus.hist.proc), s.path)
		out.Advice = append(out.Advice, "find out what should have filled "+s.path)
		return
	}
	if s.file == nil && c.sus.anchor.line == nil && lockName(s.path) {
		out.Summary = fmt.Sprintf("%s is there already", s.path)
		out.Explanation = fmt.Sprintf("%s found %s, which by its name says that somebody is at work, and ended without a word.", name(c.sus.hist.proc), s.path)
		out.Advice = append(out.Advice, "see whether what made it still runs; if not, remove "+s.path)
		return
	}
	if s.file == nil && c.sus.saysThere() {
		out.Summary = fmt.Sprintf("%s is there already", s.path)
		out.Explanation = fmt.Sprintf("%s found %s, and its message says that it is not to be there.", name(c.sus.hist.proc), s.path)
		out.Advice = append(out.Advice, "if no other process is at work on it, remove "+s.path+" or move it away; or let the program overwrite it, if it has an option for that")
		return
	}
	if s.file == nil || s.file.Reads == 0 || c.aboutRights() {
		out.Summary = fmt.Sprintf("it found %s, but does not accept it", s.path)
		out.Explanation = fmt.Sprintf("%s found %s without an error; its message is about what it is: its owner, mode, kind or contents.%s", name(c.sus.hist.proc), s.path, kindSeen(s))
		out.Advice = append(out.Advice, "look at its owner and mode, and at what the message asks for: ls -ld "+shell(s.path))
		return
	}
	out.Summary = fmt.Sprintf("it could read %s, but not use what is in it", s.path)
	said := "its message is about the contents"
	if c.sus.anchor.line == nil {
		said = "it ended soon after, without a word"
	}
	out.Explanation = fmt.Sprintf("%s read %s without an error; %s.", name(c.sus.hist.proc), s.path, said)
	out.Advice = append(out.Advice, "check the contents of "+s.path)
}

// aboutRights: the message is about who may do what with a file, not about what is in it.
func (c *candidate) aboutRights() bool {
	return c.sus.anchor.line != nil && containsAny(strings.ToLower(withoutPaths(c.sus.anchor.line.text)), []string{"permission", "owner", "writable", "readable", "accessible", " mode"})
}

// kindSeen says what was seen of a file by the call that found it: kind and mode.
func kindSeen(s *source) string {
	_, mode, ok := strings.Cut(ref(s.ev.Event()).Text, "st_mode=S_IF")
	if !ok {
		_, mode, ok = strings.Cut(ref(s.ev.Event()).Text, "stx_mode=S_IF")
	}
	kind, mode, _ := strings.Cut(mode, "|")
	mode, _, _ = strings.Cut(mode, ",")
	is, known := map[string]string{"REG": "a plain file", "DIR": "a directory", "SOCK": "a socket", "IFO": "a FIFO", "CHR": "a device", "BLK": "a device"}[kind]
	if !ok || !known || strings.Trim(mode, "01234567") != "" || mode == "" {
		return ""
	}
	return fmt.Sprintf(" It is %s, mode %s.", is, mode)
}

// peerCause: the other end of a connection answered, and not what was wanted.
func (f *facts) peerCause(out *Cause, c *candidate, peer string) {
	setString(&out.Address, peer)
	if strings.HasSuffix(peer, ":53") {
		f.resolverCause(out, c, peer)
		return
	}
	who := name(c.sus.hist.proc)
	if c.refuses != "" {
		refusalCause(out, c, who, peer)
		return
	}
	if c.reply != "" {
		out.Summary = fmt.Sprintf("%s answered: %s", peer, c.reply)
		out.Explanation = fmt.Sprintf("%s is connected to %s, and the answer was an error: %s.", who, peer, c.reply)
		out.Advice = append(out.Advice, f.lookThere(peer))
		return
	}
	out.Summary = fmt.Sprintf("it can't use what %s answered", peer)
	out.Explanation = fmt.Sprintf("%s is connected to %s and got an answer; its message is about that answer.", who, peer)
	if file := c.source.file; file.EOF && file.Reads == 0 {
		out.Summary = peer + " hung up without an answer"
		out.Explanation = fmt.Sprintf("%s was connected to %s, which ended the connection without a word.", who, peer)
	}
	if onThisMachine(peer) {
		out.Advice = append(out.Advice, f.lookThere(peer))
	}
	out.Advice = append(out.Advice, "check that the right server, speaking the right protocol, is behind "+peer+", and look at its log")
}

func ghostCause(out *Cause, c *candidate) {
	g := c.ghost
	out.PID, out.Program = g.pid, ""
	out.Event = ref(g.ev.Event())
	how := fmt.Sprintf("ended with status %d", g.code)
	if g.signal != "" {
		how = "was killed by " + g.signal
		out.Signal = &g.signal
	}
	out.Summary = fmt.Sprintf("process %d, which it started, %s", g.pid, how)
	out.Explanation = fmt.Sprintf("%s waited for process %d, which %s; its calls are not in this trace.", name(c.sus.hist.proc), g.pid, how)
	out.Advice = append(out.Advice, "record again and follow the children: strace -f, or stracex why")
}

func (f *facts) relayCause(out *Cause, c *candidate) {
	in := c.relay.read
	at := f.state.Describe(in.file)
	out.PID, out.Program = 0, ""
	out.Event = ref(in.ev.Event())
	if in.file.Sock != nil {
		setString(&out.Address, f.state.AbsAddr(in.file.Sock.Peer))
	}
	out.Summary = fmt.Sprintf("the process at the other end of %s said so", at)
	out.Explanation = fmt.Sprintf("%s only repeats words that it read from %s. Who wrote them is not in this trace.", name(c.sus.hist.proc), at)
	out.Advice = append(out.Advice, f.lookThere(f.state.AbsAddr(peerOf(in.file))))
}

func peerOf(f *replay.File) string {
	if f.Sock == nil {
		return ""
	}
	return f.Sock.Peer
}

// cutMark is what replay puts where the trace has only the beginning of an argument.
const cutMark = "..."

// lookThere says how to see what the process at an address does.
func (f *facts) lookThere(address string) string {
	if !onThisMachine(address) {
		return "look at the log of the server at the other end"
	}
	again := ""
	if f.state.Root != nil {
		for _, a := range f.state.Root.Argv {
			again += " " + shellWord(a)
		}
	}
	if again == "" || len(again) > 300 || strings.Contains(again, cutMark) {
		again = " COMMAND"
	}
	return "look into the server too: stracex why --follow-peers --" + again
}

// shellWord is an argument as a shell takes it.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("_./=:@%+,-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// onThisMachine says of an address, "" for none known, whether it may lead to a
// process of the same machine.
func onThisMachine(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err != nil || a.Addr().IsLoopback()
}

func setString(to **string, s string) {
	if s != "" {
		*to = &s
	}
}

// ref points to an event.
func ref(e *event.Event) *Ref {
	if e == nil {
		return nil
	}
	if e.Kind == event.Returned && e.Call.Entered >= 0 {
		whole, c := *e, *e.Call
		c.Entered = -1 // a reader wants the whole call, not its second half
		whole.Call = &c
		e = &whole
	}
	r := &Ref{Index: e.Index, File: e.File, Line: e.Line, PID: e.TID, Text: string(event.Append(nil, e, event.Format{}))}
	if e.Time.Clock == event.UnixClock {
		r.Time = float64(e.Time.NS) / 1e9
	}
	return r
}
