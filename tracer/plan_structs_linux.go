package tracer

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
