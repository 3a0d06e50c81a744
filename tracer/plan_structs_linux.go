package tracer

import "golang.org/x/sys/unix"

// What lies behind structs: where they point to, and what follows them.

// interfaces copies the list that SIOCGIFCONF has made (netdevice(7)): struct
// ifconf has its length in bytes, then where it is.
func (p *plan) interfaces(ifconf []byte) {
	if p.left && len(ifconf) >= 2*p.word() {
		p.take(p.number(ifconf, 1), little(ifconf[:4]), arrayMax)
	}
}

// extents copies the extents that FS_IOC_FIEMAP has put behind its struct
// (linux/fiemap.h), of which at most the number that there is room for is new.
func (p *plan) extents(addr uint64, fiemap []byte) {
	const size, extent = 32, 56
	if p.left && len(fiemap) >= size {
		mapped, room := little(fiemap[20:24]), little(fiemap[24:28])
		p.take(addr+size, min(mapped, room)*extent, arrayMax/extent*extent)
	}
}

// refused: the verifier may have said what it has against a program.
func (p *plan) refused() bool {
	return p.call.name == "bpf" && (p.call.args[0] == unix.BPF_PROG_LOAD || p.call.args[0] == unix.BPF_BTF_LOAD)
}

// bpf copies what a bpf_attr points to: programs, names and what the verifier
// says. Keys and values have lengths that only the kernel knows.
func (p *plan) bpf(attr []byte) {
	at := func(offset, size int) uint64 {
		if len(attr) < offset+size {
			return 0
		}
		return little(attr[offset : offset+size])
	}
	switch command := p.call.args[0]; {
	case p.left && command == unix.BPF_PROG_LOAD:
		p.said(at(32, 8), at(28, 4))
	case p.left && command == unix.BPF_BTF_LOAD:
		p.said(at(8, 8), at(20, 4))
	case p.left:
	case command == unix.BPF_PROG_LOAD:
		const step = 8 // sizeof(struct bpf_insn)
		p.take(at(8, 8), at(4, 4)*step, filterMax)
		p.text(at(16, 8))
	case command == unix.BPF_BTF_LOAD:
		p.take(at(0, 8), at(16, 4), p.limit)
	case command == unix.BPF_OBJ_PIN, command == unix.BPF_OBJ_GET, command == unix.BPF_RAW_TRACEPOINT_OPEN:
		p.text(at(0, 8))
	}
}

// text copies a string, if there is one.
func (p *plan) text(addr uint64) {
	if addr != 0 {
		p.takeString(addr, min(pathMax, planMax-p.size))
	}
}

// said copies what the verifier has written, up to its NUL.
func (p *plan) said(addr, room uint64) {
	if n := int(min(room, verifierMax, uint64(planMax-p.size))); addr != 0 && n > 0 {
		p.takeString(addr, n)
	}
}
