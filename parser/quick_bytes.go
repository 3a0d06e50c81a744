package parser

// micros reads the microseconds of most times, as nanoseconds: of s[i:], which begins
// with ".345678" and the byte that ends it. All eight bytes are looked at together.
func micros(s string, i int, end byte) (ns int64, ok bool) {
	const (
		zeros = 0x0030303030303000 // "0" where a digit is
		six   = 0x0006060606060600 // takes a digit to 15 at most
		high  = 0xfff0f0f0f0f0f0ff
	)
	x := eight(s, i) ^ (zeros | '.' | uint64(end)<<56)
	if x&high != 0 || (x+six)&high != 0 {
		return 0, false
	}
	x >>= 8         // six digits and two zeros
	x = x*10 + x>>8 // in every second byte two of them, 0 to 99
	const pair = 0xff | 0xff<<32
	x = (x&pair*(100|1000000<<32) + x>>16&pair*(1|10000<<32)) >> 32
	return int64(x) * 10, true
}

// eight gives the bytes at s[i:], the first as the lowest; the compiler makes one load
// of them.
func eight(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
