package tracer

import (
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
)

// One function for each kind of pointer: what it points to, and how much of it
// is copied.

func (p *plan) none(*abi.Arg, uint64) {}

func fixed(size int) copier {
	return func(p *plan, _ *abi.Arg, addr uint64) { p.take(addr, uint64(size), size) }
}

func (p *plan) long(a *abi.Arg, addr uint64) {
	size := a.Size
	if size == 0 {
		size = p.word()
	}
	p.take(addr, uint64(size), size)
}

func (p *plan) str(_ *abi.Arg, addr uint64) { p.takeString(addr, pathMax) }

// pointerArray copies a NULL-terminated array of pointers, and gives it.
func (p *plan) pointerArray(view *pages, addr uint64) []byte {
	n, more := p.arrayLength(view, addr)
	k, errno := view.read(addr, p.space(n))
	return p.keep(addr, p.use(k), int32(errno), more || errno != 0)
}

// arrayLength is how many bytes the array has up to its NULL or its memory's end,
// and whether it goes on after that.
func (p *plan) arrayLength(view *pages, addr uint64) (n int, more bool) {
	w := p.word()
	var pointer [8]byte
	for n < argvMax*w {
		if k, errno := view.read(addr+uint64(n), pointer[:w]); errno != 0 {
			return n + k + 1, true
		}
		if n += w; little(pointer[:w]) == 0 {
			return n, false
		}
	}
	return n, true
}

// argv copies the array and the strings.
func (p *plan) argv(_ *abi.Arg, addr uint64) {
	array := p.pointerArray(p.byPages(), addr)
	room := argvRoom
	for i := 0; i < len(array)/p.word(); i++ {
		arg := p.number(array, i)
		if arg == 0 || room <= 0 {
			return
		}
		room -= len(p.takeString(arg, min(room, pathMax))) + 1
	}
}

// written copies a buffer that the call reads.
func (p *plan) written(a *abi.Arg, addr uint64) {
	n, ok := p.length(a)
	if !ok {
		n = uint64(p.limit)
	}
	head := p.head(a)
	p.take(addr, uint64(head)+n, head+p.writeLimit(n))
}

// head is what stands before a buffer's bytes: the type of a message (msgop(2)).
func (p *plan) head(a *abi.Arg) int {
	if a.Set == "msgbuf" {
		return 8
	}
	return 0
}

// gotten copies a buffer that the call has filled.
func (p *plan) gotten(a *abi.Arg, addr uint64) {
	n, ok := p.length(a)
	switch {
	case !ok:
		n = uint64(p.limit)
	case a.Kind == abi.Path:
		p.take(addr, n, pathMax)
		return
	case strings.HasPrefix(a.Set, "dirent"):
		p.take(addr, n, direntsMax)
		return
	case p.call.name == "readlink" || p.call.name == "readlinkat":
		p.take(addr, n, pathMax)
		return
	}
	head := p.head(a)
	p.take(addr, uint64(head)+n, head+p.readLimit(n))
}

func (p *plan) writtenVector(a *abi.Arg, addr uint64) {
	n, _ := p.length(a)
	p.vector(addr, n, ^uint64(0), p.writeLimit)
}

func (p *plan) gottenVector(a *abi.Arg, addr uint64) {
	n, ok := p.length(a)
	if !ok || p.ret < 0 {
		return
	}
	p.vector(addr, n, uint64(p.ret), p.readLimit)
}

// vector copies an array of n iovecs, and of what they point to as many bytes as
// were transferred, within the limit for the whole.
func (p *plan) vector(addr, n, transferred uint64, limit func(uint64) int) {
	w := uint64(p.word())
	n = min(n, iovMax)
	array := p.take(addr, n*2*w, int(n*2*w))
	total := uint64(0)
	for i := 0; i < len(array)/int(2*w); i++ {
		total += min(p.number(array, 2*i+1), 1<<40)
	}
	room := limit(min(total, transferred))
	for i := 0; i < len(array)/int(2*w) && room > 0 && transferred > 0; i++ {
		base, length := p.number(array, 2*i), min(p.number(array, 2*i+1), transferred)
		transferred -= length
		room -= len(p.take(base, length, room))
	}
}

// Offsets of struct msghdr, in words: name, namelen (32 bits), iov, iovlen,
// control, controllen, flags (32 bits). Padding makes each a word.
const (
	msgName = iota
	msgNameLen
	msgIov
	msgIovLen
	msgControl
	msgControlLen
	msgWords = 7
	msgRoom  = msgWords * 8
)

func (p *plan) sentMessage(_ *abi.Arg, addr uint64) {
	p.message(p.take(addr, p.msgSize(), msgRoom), ^uint64(0), p.writeLimit)
}

func (p *plan) receivedMessage(_ *abi.Arg, addr uint64) {
	p.message(p.take(addr, p.msgSize(), msgRoom), uint64(max(p.ret, 0)), p.readLimit)
}

func (p *plan) msgSize() uint64 { return uint64(msgWords * p.word()) }

// message copies all that a msghdr points to.
func (p *plan) message(header []byte, transferred uint64, limit func(uint64) int) {
	if uint64(len(header)) < p.msgSize() {
		return
	}
	p.take(p.number(header, msgName), p.number(header, msgNameLen)&0xffffffff, addrMax)
	p.vector(p.number(header, msgIov), p.number(header, msgIovLen), transferred, limit)
	p.take(p.number(header, msgControl), p.number(header, msgControlLen), structMax)
}

func (p *plan) sentMessages(a *abi.Arg, addr uint64) {
	n, _ := p.length(a)
	p.messages(addr, n, false)
}

// receivedMessages: the result says how many there are. Of a sendmmsg only the
// lengths are new.
func (p *plan) receivedMessages(a *abi.Arg, addr uint64) {
	n, _ := p.length(a)
	p.messages(addr, min(n, uint64(max(p.ret, 0))), true)
}

// messages copies an array of mmsghdr: a msghdr and a 32-bit length, padded.
func (p *plan) messages(addr, n uint64, received bool) {
	size := uint64((msgWords + 1) * p.word())
	n = min(n, msgsMax)
	array := p.take(addr, n*size, int(n*size))
	if received && p.call.name == "sendmmsg" {
		return
	}
	for i := uint64(0); (i+1)*size <= uint64(len(array)); i++ {
		transferred, limit := ^uint64(0), p.writeLimit
		if received {
			at := (i+1)*size - uint64(p.word())
			transferred, limit = little(array[at:at+4]), p.readLimit
		}
		p.message(array[i*size:(i+1)*size], transferred, limit)
	}
}

func (p *plan) sockaddr(a *abi.Arg, addr uint64) {
	n, ok := p.length(a)
	if !ok {
		n = addrMax
	}
	p.take(addr, n, addrMax)
}

func (p *plan) option(a *abi.Arg, addr uint64) {
	n, ok := p.length(a)
	if !ok {
		n = uint64(p.word())
	}
	data := p.take(addr, n, structMax)
	if p.call.name == "setsockopt" && p.call.args[1] == unix.SOL_SOCKET &&
		(p.call.args[2] == unix.SO_ATTACH_FILTER || p.call.args[2] == unix.SO_ATTACH_REUSEPORT_CBPF) {
		p.filter(data)
	}
}

// filter copies the BPF program that a sock_fprog points to.
func (p *plan) filter(fprog []byte) {
	if len(fprog) >= 2*p.word() {
		p.take(p.number(fprog, 1), little(fprog[:2])*unix.SizeofSockFilter, filterMax)
	}
}

// structure copies a struct of known size, or of the size that the call gives.
func (p *plan) structure(a *abi.Arg, addr uint64) {
	want := uint64(a.Size)
	if n, ok := p.length(a); ok && (a.Len != abi.NoLen || a.Size == 0) {
		want = n
	}
	data := p.take(addr, want, structMax)
	switch a.Set {
	case "sock_fprog":
		p.filter(data)
	case "ifconf":
		p.interfaces(data)
	case "fiemap":
		p.extents(addr, data)
	case "bpf_attr":
		p.bpf(data)
	}
}

func (p *plan) array(a *abi.Arg, addr uint64) {
	n, ok := p.length(a)
	if !ok {
		n = 1
	}
	size := uint64(max(a.Size, 1))
	n = min(n, 1<<32)
	p.take(addr, n*size, arrayMax/int(size)*int(size))
}

func (p *plan) sigset(a *abi.Arg, addr uint64) {
	n, ok := p.length(a)
	if !ok {
		n = 8
		if a.Set == "old" {
			n = uint64(p.word())
		}
	}
	p.take(addr, min(n, 128), 128)
}

// ioctl copies by the size in the request's number; an old request without one
// is shaped by abi's table, or points to something small if to anything.
func (p *plan) ioctl(_ *abi.Arg, addr uint64) {
	const small, pointersFrom = 64, 1 << 16
	if addr < pointersFrom {
		return // a number
	}
	for i, a := range p.call.desc.Args {
		if a.Kind != abi.IoctlCmd {
			continue
		}
		parts := abi.Ioctl(p.call.args[i])
		if parts.Size > 0 && parts.Dir != 0 {
			p.take(addr, uint64(parts.Size), structMax)
		} else {
			p.take(addr, small, small)
		}
	}
}

// sigreturn copies the signal mask that a handler's end brings back.
func (p *plan) sigreturn(sp uint64) {
	if offset := p.call.arch.SigreturnMask(); offset != 0 {
		p.take(sp+offset, 8, 8)
	}
}
