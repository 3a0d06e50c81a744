package tracer

import (
	"bytes"
	"math"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

// How much is copied of what a call points to, in bytes unless said otherwise.
// Options.StringLimit holds where nothing else is said here.
const (
	pathMax  = 4096 // paths and other strings, whole
	argvMax  = 1024 // arguments of an execve, and variables
	argvRoom = 64 << 10
	// Messages are written, and they are what a diagnosis starts from.
	writeMax     = 64 << 10  // to fds 0, 1, 2 and to what isn't a regular file
	writeFileMax = 4096      // to a regular file
	readPipeMax  = 4096      // from what isn't a regular file: pipes, sockets, terminals
	arrayMax     = 16 << 10  // arrays of structs
	direntsMax   = 64 << 10  // directory entries; the C library reads 32 KiB at a time
	filterMax    = 32 << 10  // a BPF program: 4096 instructions (the kernel's BPF_MAXINSNS)
	verifierMax  = 4096      // what the verifier says of one
	structMax    = 4096      // a struct with a size of its own, ancillary data
	iovMax       = 1024      // elements of an iovec array (the kernel's UIO_MAXIOV)
	msgsMax      = 64        // messages of one sendmmsg or recvmmsg
	addrMax      = 128       // sizeof(struct sockaddr_storage)
	planMax      = 256 << 10 // all that is copied at one stop
)

// source is a tracee's memory: read fills buf from addr, as far as there is
// memory, and says why it could not go on.
type source interface {
	read(addr uint64, buf []byte) (n int, _ unix.Errno)
}

// plan copies what one call points to, at its entry or at its exit.
type plan struct {
	memory source
	call   *call
	limit  int  // Options.StringLimit
	values bool // Options.EnvValues
	tid    int
	// special says whether a descriptor of a thread is something other than a
	// regular file.
	special func(tid, fd int) bool
	pages   *pages // room for them, nil for room of its own

	copies
	size int // bytes in out
	ret  int64
	left bool // the call has returned, with ret
}

// copies is memory that was copied, and the room that it lies in. Both are used
// again: there are tens of thousands of stops in a second.
type copies struct {
	out  []stx.Mem
	room []byte
}

const (
	roomChunk = 8 << 10
	roomKept  = 64 << 10 // more than this is not kept from one call to the next
)

// reset forgets what was copied.
func (c *copies) reset() {
	if c.out = c.out[:0]; cap(c.room) > roomKept {
		c.room = nil
	}
	c.room = c.room[:0]
}

// space gives room for n bytes. What was used of it is to be kept with use.
func (c *copies) space(n int) []byte {
	if cap(c.room)-len(c.room) < n {
		c.room = make([]byte, 0, max(n, roomChunk)) // what lies in the old one stays there
	}
	return c.room[len(c.room) : len(c.room)+n]
}

func (c *copies) use(n int) []byte {
	c.room = c.room[:len(c.room)+n]
	return c.room[len(c.room)-n : len(c.room) : len(c.room)]
}

// spareCopies are those of threads that have ended, for threads to come.
type spareCopies []copies

const spareMax = 64

func (s *spareCopies) give(c copies) {
	if c.reset(); len(*s) < spareMax && cap(c.room) > 0 {
		*s = append(*s, c)
	}
}

func (s *spareCopies) take() (c copies) {
	if n := len(*s) - 1; n >= 0 {
		c, *s = (*s)[n], (*s)[:n]
	}
	return c
}

// copier copies what argument a points to.
type copier func(p *plan, a *abi.Arg, addr uint64)

// The kinds of arguments that point to something.
var atEntry = byKind(map[abi.Kind]copier{
	abi.Path: (*plan).str, abi.Str: (*plan).str,
	abi.Argv: (*plan).argv, abi.Envp: (*plan).environ,
	abi.Buf: (*plan).written, abi.IOVec: (*plan).writtenVector,
	abi.MsgHdr: (*plan).sentMessage, abi.MMsgHdr: (*plan).sentMessages,
	abi.SockAddr: (*plan).sockaddr, abi.OptVal: (*plan).option,
	abi.IoctlArg: (*plan).ioctl, abi.FcntlArg: (*plan).none,
})

var atExit = byKind(map[abi.Kind]copier{
	abi.Path: (*plan).gotten, abi.Str: (*plan).gotten,
	abi.Buf: (*plan).gotten, abi.IOVec: (*plan).gottenVector,
	abi.MsgHdr: (*plan).receivedMessage, abi.MMsgHdr: (*plan).receivedMessages,
	abi.SockAddr: (*plan).sockaddr, abi.OptVal: (*plan).option,
	abi.IoctlArg: (*plan).ioctl, abi.FcntlArg: (*plan).none,
})

// atBoth are the kinds with a size of their own.
var atBoth = byKind(map[abi.Kind]copier{
	abi.SockLen: fixed(4), abi.WStatus: fixed(4), abi.FDPair: fixed(8),
	abi.IntPtr: fixed(4), abi.LongPtr: (*plan).long,
	abi.Struct: (*plan).structure, abi.Array: (*plan).array, abi.SigSet: (*plan).sigset,
})

// byKind makes a list of a map: it is asked at each stop.
func byKind(m map[abi.Kind]copier) (list [256]copier) {
	for kind, c := range m {
		list[kind] = c
	}
	return list
}

// enter gives the memory that the call reads.
func (p *plan) enter() []stx.Mem {
	p.each(abi.In, &atEntry)
	return p.out
}

// exit gives the memory that the call has written. A call that failed has
// written nothing, but for the time that is left, and why a program was refused.
func (p *plan) exit(ret int64, failed bool) []stx.Mem {
	p.ret, p.left = ret, true
	if !failed || p.interrupted() || p.refused() {
		p.each(abi.Out, &atExit)
	}
	return p.out
}

// interrupted: a sleep that a signal has ended, whose rest was written.
func (p *plan) interrupted() bool {
	const erestartnohand, erestartRestartblock = -514, -516
	return (p.ret == -int64(unix.EINTR) || p.ret == erestartnohand || p.ret == erestartRestartblock) &&
		(p.call.name == "nanosleep" || p.call.name == "clock_nanosleep")
}

func (p *plan) each(when abi.Dir, table *[256]copier) {
	if p.call.desc == nil {
		return
	}
	for i := range p.call.desc.Args {
		a := &p.call.desc.Args[i]
		addr := p.call.args[i]
		shaped := a.Kind == abi.IoctlArg || a.Kind == abi.FcntlArg
		if addr == 0 || a.Dir&when == 0 && !shaped {
			continue
		}
		if c := atBoth[a.Kind]; c != nil {
			c(p, a, addr)
		} else if c := table[a.Kind]; c != nil {
			c(p, a, addr)
		}
	}
}

// take copies up to max of the want bytes at addr, and gives what it got. What
// is copied already is not copied again.
func (p *plan) take(addr, want uint64, max int) []byte {
	if addr == 0 || want == 0 || max <= 0 {
		return nil
	}
	n := int(min(want, uint64(min(max, planMax-p.size))))
	for i := range p.out {
		if m := &p.out[i]; m.Addr == addr && len(m.Data) >= n {
			return m.Data[:n]
		}
	}
	got, errno := p.memory.read(addr, p.space(n))
	return p.add(stx.Mem{Addr: addr, Want: want, Data: p.use(got), Errno: int32(errno)})
}

// takeString copies a string with its NUL. A Want above the length of Data says
// that the string goes on.
func (p *plan) takeString(addr uint64, max int) []byte {
	const first = 256 // most paths are shorter
	buf := p.space(max)
	n := 0
	for n < max {
		at := addr + uint64(n)
		piece := min(max-n, int(pageSize-at%pageSize))
		if n < first {
			piece = min(piece, first)
		}
		k, errno := p.memory.read(at, buf[n:n+piece])
		if end := bytes.IndexByte(buf[n:n+k], 0); end >= 0 {
			return p.keep(addr, p.use(n+end+1), 0, false)
		}
		if n += k; errno != 0 {
			return p.keep(addr, p.use(n), int32(errno), true)
		}
	}
	return p.keep(addr, p.use(n), 0, true)
}

// keep adds memory that was read already, and gives it. more: there is more.
func (p *plan) keep(addr uint64, data []byte, errno int32, more bool) []byte {
	want := uint64(len(data))
	if more {
		want++
	}
	return p.add(stx.Mem{Addr: addr, Want: want, Data: data, Errno: errno})
}

func (p *plan) add(m stx.Mem) []byte {
	p.out = append(p.out, m)
	p.size += len(m.Data)
	return m.Data
}

// byPages makes the plan read by whole pages from now on.
func (p *plan) byPages() *pages {
	if v, is := p.memory.(*pages); is {
		return v
	}
	v := p.pages
	if v == nil {
		v = new(pages)
	}
	p.memory = v.over(p.memory)
	return v
}

// word is the size of a pointer.
func (p *plan) word() int {
	if p.call.arch == abi.I386 {
		return 4
	}
	return 8
}

// number reads the i-th pointer-sized number.
func (p *plan) number(data []byte, i int) uint64 {
	w := p.word()
	if len(data) < (i+1)*w {
		return 0
	}
	return little(data[i*w : (i+1)*w])
}

// little reads a little-endian number: so are all machines that we run on.
func little(b []byte) (v uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v
}

// length gives the length of what an argument points to, in the unit that its
// kind has, and whether the table says it at all.
func (p *plan) length(a *abi.Arg) (uint64, bool) {
	args := p.call.desc.Args
	switch {
	case a.Count > 0:
		return uint64(a.Count), true
	case a.Len == abi.LenRet:
		n := uint64(max(p.ret, 0))
		if a.Max >= 0 {
			n = min(n, p.argument(a.Max))
		}
		return n, true
	case a.Len < 0 || a.Len >= len(args):
		return 0, false
	}
	switch l := args[a.Len]; l.Kind {
	case abi.SockLen, abi.IntPtr:
		return little(p.take(p.call.args[a.Len], 4, 4)), true
	case abi.LongPtr:
		return little(p.take(p.call.args[a.Len], uint64(l.Size), l.Size)), true
	}
	return p.argument(a.Len), true
}

// argument gives the value of a length argument: an int has 32 bits that count.
func (p *plan) argument(i int) uint64 {
	v := p.call.args[i]
	switch p.call.desc.Args[i].Kind {
	case abi.Int, abi.Uint:
		v = uint64(max(int32(v), 0))
	}
	if p.word() == 4 {
		v &= math.MaxUint32
	}
	return v
}

// descriptor gives the descriptor that the call is about, -1 for none.
func (p *plan) descriptor() int {
	if len(p.call.desc.Args) == 0 || p.call.desc.Args[0].Kind != abi.FD {
		return -1
	}
	return int(int32(p.call.args[0]))
}

// writeLimit is how much is copied of n bytes that the call writes.
func (p *plan) writeLimit(n uint64) int {
	fd := p.descriptor()
	switch {
	case fd < 0:
		return p.limit
	case n <= writeFileMax, fd <= 2, p.special(p.tid, fd):
		return max(p.limit, writeMax)
	}
	return max(p.limit, writeFileMax)
}

// readLimit is how much is copied of n bytes that the call has read.
func (p *plan) readLimit(n uint64) int {
	if fd := p.descriptor(); n > uint64(p.limit) && fd >= 0 && p.special(p.tid, fd) {
		return max(p.limit, readPipeMax)
	}
	return p.limit
}
