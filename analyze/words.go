package analyze

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

func itoa(n int) string { return strconv.Itoa(n) }

// words are the texts that went in and out: lines that processes wrote, and
// the bytes that they passed to each other.
type words struct {
	wrote []*passed // writes to anything that another process may read
	read  map[*history][]*passed
	size  int
	full  bool // no more is kept
	// last is the program's own output where a log holds it, of the line before.
	last struct {
		index int
		text  string
	}
}

// passed is a piece of text at one end of a pipe, socket or file.
type passed struct {
	hist  *history
	file  *replay.File
	pos   position
	begun int // index of the event with which the call began, -1 when that is pos
	ev    event.Kept
	text  string
	cut   bool
	// to is where it was sent, "" where the call does not tell; from the process that
	// the kernel says has sent it (SCM_CREDENTIALS, unix(7)), 0 where it does not.
	to   string
	from int
}

// line is one line of text that a process wrote, put together from its writes.
type line struct {
	hist   *history
	file   *replay.File
	stream string
	text   string
	own    bool     // written to descriptor 2, wherever that leads
	start  position // of its first write
	end    position // of its last
	ev     event.Kept
	fd     int        // the descriptor it was written to
	origin event.Kept // the call that made that descriptor, none when it was there before
	tid    int
	cut    bool // the trace has only a part of it
	open   bool // no line end yet
}

const (
	maxPassed   = 4 << 10 // bytes kept of one transfer
	maxWords    = 64 << 20
	maxLines    = 4000
	maxLine     = 8 << 10
	maxTransfer = 64 << 10 // bytes of one write that are split into lines
)

func (f *facts) read(h *history, st *replay.Step) {
	file, c := st.File, st.Event.Call
	if file == nil {
		return
	}
	at := position{st.Event.Index, st.Seq}
	if st.EOF && file.Reads == 0 && len(h.empty) < maxEmpty {
		h.empty = append(h.empty, &source{file: file, first: at, ev: st.Kept(), pos: at, path: file.Path})
	}
	if file.Kind == replay.PathFile {
		if src := h.sources[file.Path]; src != nil {
			src.file, src.pos = file, at
			src.seen(st)
			h.loaded(src, st)
		}
	}
	h.heard(st, at)
	transfers(c, func(text string, cut bool) {
		if f.words.full || !printable(text) && file.Kind == replay.PathFile {
			return
		}
		f.words.keepRead(&passed{hist: h, file: file, pos: at, begun: c.Entered, ev: st.Kept(), text: strings.Clone(text), cut: cut, from: replay.Sender(c)})
	})
}

// heard remembers the peer that sent something last.
func (h *history) heard(st *replay.Step, at position) {
	if s := st.File.Sock; s != nil && s.Peer != "" && !strings.HasSuffix(s.Peer, "/nscd/socket") {
		h.talked = &source{file: st.File, first: at, ev: st.Kept(), pos: at}
	}
}

func (f *facts) write(h *history, st *replay.Step) {
	if st.File != nil {
		transfers(st.Event.Call, func(text string, cut bool) { f.wrote(h, st, text, cut) })
	}
}

// wrote: a process has written a text.
func (f *facts) wrote(h *history, st *replay.Step, text string, cut bool) {
	if text == "" {
		return
	}
	file := st.File
	text = strings.Clone(text)
	if cut {
		text, cut = f.words.completed(st.Event, text)
	}
	at := position{st.Event.Index, st.Seq}
	if file.Kind != replay.OtherFile {
		f.words.keepWritten(&passed{hist: h, file: file, pos: at, begun: st.Event.Call.Entered, ev: st.Kept(), text: text, cut: cut, to: st.Addr})
	}
	if printable(text) && !(file.Kind == replay.UnknownFile && file.Std == 0 && st.FD > 2) {
		f.speak(h, file, st, text, cut || !strings.HasSuffix(st.Event.Call.Name, "mmsg") && st.Event.Call.Ret.Value > int64(len(text)))
	}
}

func (w *words) keepRead(p *passed) {
	if w.room(p) {
		w.read[p.hist] = append(w.read[p.hist], p)
	}
}

func (w *words) keepWritten(p *passed) {
	if w.room(p) {
		w.wrote = append(w.wrote, p)
	}
}

// room makes room for a transfer: when there are too many, the older half of
// what each process has read and of all that was written goes. Where even that
// isn't enough, because the processes are too many, no more is kept.
func (w *words) room(p *passed) bool {
	if len(p.text) > maxPassed {
		p.text = p.text[:maxPassed]
		p.cut = true
	}
	if w.size+p.cost() > maxWords && !w.full {
		w.wrote = w.older(w.wrote)
		for h, list := range w.read {
			w.read[h] = w.older(list)
		}
		w.full = w.size > maxWords*3/4
	}
	if w.full {
		return false
	}
	w.size += p.cost()
	return true
}

func (p *passed) cost() int { return 2*len(p.text) + passedCost }

// older drops the older half of a list.
func (w *words) older(list []*passed) []*passed {
	half := len(list) / 2
	for _, p := range list[:half] {
		w.size -= p.cost()
	}
	return append([]*passed(nil), list[half:]...)
}

// completed gives a text that strace has cut as it stands in the log beside the call, when
// it went to the same terminal: write(2, "make: *** [all] Err"..., 23make: *** [all] Error 1.
func (w *words) completed(e *event.Event, text string) (string, bool) {
	n := e.Call.Ret.Value
	if w.last.index != e.Index-1 || strings.Contains(text, "\n") || !strings.HasPrefix(w.last.text, text) {
		return text, true
	}
	switch int64(len(w.last.text)) {
	case n:
		return w.last.text, false
	case n - 1:
		return w.last.text + "\n", false
	}
	return text, true
}

// output is text of the program that was mixed into a log.
func (w *words) output(e *event.Event) {
	if e.Kind == event.Output {
		w.last.index, w.last.text = e.Index, e.Text
	}
}

// printable says whether the bytes can be a message for people.
func printable(s string) bool {
	if s == "" {
		return false
	}
	bad, n := 0, 0
	for i := 0; i < len(s) && n < 512; n++ {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r == utf8.RuneError && size == 1 || r < ' ' && r != '\n' && r != '\t' && r != '\r' && r != 0x1b && r != 0 {
			bad++
		}
	}
	return bad*8 <= n
}

// speak adds a write's text to the lines of the process.
func (f *facts) speak(h *history, file *replay.File, st *replay.Step, text string, cut bool) {
	stream := streamOf(file)
	at := position{st.Event.Index, st.Seq}
	for text != "" {
		part, rest, whole := strings.Cut(text, "\n")
		l := h.partial[file]
		if l == nil {
			l = &line{hist: h, file: file, stream: stream, own: st.FD == 2 || file.Std > 0, start: at, ev: st.Kept(), fd: st.FD, origin: st.Origin, tid: st.Event.TID, open: true}
			if h.partial == nil {
				h.partial = map[*replay.File]*line{}
			}
			h.partial[file] = l
			h.addLine(l)
			f.charge(h, lineCost)
		}
		if len(l.text)+len(part) <= maxLine {
			l.text += part
			f.charge(h, len(part))
		} else {
			l.cut = true
		}
		l.end = at
		text = rest
		if whole {
			l.open = false
			delete(h.partial, file)
		}
	}
	if l := h.partial[file]; l != nil && (cut || datagrams(file)) {
		// Nobody knows how a cut line went on.
		l.cut, l.open = cut, false
		l.text = strings.TrimRight(l.text, "\x00")
		delete(h.partial, file)
	}
}

// datagrams: each write is a message of its own.
func datagrams(f *replay.File) bool {
	return f.Sock != nil && strings.Contains(f.Sock.Type, "SOCK_DGRAM")
}

func (h *history) addLine(l *line) {
	h.lines = append(h.lines, l)
	if len(h.lines) > maxLines {
		h.lines = fewer(h.lines, maybeWords, maybeComplaint)
	}
}

// maybeWords says, without a look at its text, whether a line may be for people.
func maybeWords(l *line) bool { return l.stream != "socket" && !dataOnly(l) }

// maybeComplaint: one that is likely to be of a failure.
func maybeComplaint(l *line) bool {
	return l.fd == 2 && maybeWords(l) || l.stream == "stderr" || l.stream == "tty" || l.stream == "syslog"
}

// streamOf names what kind of stream a file is, in the diagnosis's words.
func streamOf(f *replay.File) string {
	switch {
	case f.Std == 3:
		return "stderr"
	case f.TTY:
		return "tty"
	case f.Std == 2:
		return "stdout"
	case f.Kind == replay.PipeFile, f.Pipe != nil:
		return "pipe"
	case f.Kind == replay.SocketFile:
		if s := f.Sock; s != nil && (strings.HasSuffix(s.Peer, "/log") || strings.HasPrefix(s.Peer, "unix:/run/systemd/journal/")) && datagrams(f) {
			return "syslog"
		}
		return "socket"
	}
	return "file"
}
