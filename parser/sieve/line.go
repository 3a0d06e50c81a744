package sieve

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// cut gives the id that a line begins with and what follows it and its times: a call, a
// signal, an end. tid is 0 for a line without an id.
//
// "12 10:11:12.345678 (+ 0.000012) [ 257] [00007ffa3c649b1d] close(3) = 0"
func cut(line []byte) (tid int, body []byte) {
	i := 0
	for i < len(line) && i < 8 && isDigit(line[i]) {
		tid = tid*10 + int(line[i]-'0')
		i++
	}
	if i == 0 || i == len(line) || line[i] != ' ' {
		return 0, line
	}
	for i < len(line) {
		switch c := line[i]; {
		case c == ' ':
			i++
		case isDigit(c):
			i = after(line, i, ' ')
		case c == '(' && i+1 < len(line) && line[i+1] == '+':
			i = after(line, i, ')')
		case c == '[':
			i = after(line, i, ']')
		default:
			return tid, line[i:]
		}
	}
	return tid, nil
}

// after is the place behind the next c. It is looked for in eight bytes at a time: in
// their difference from c the lowest byte that borrows is the first that is zero.
func after(line []byte, i int, c byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(line)-i >= 8; i += 8 {
		diff := binary.LittleEndian.Uint64(line[i:]) ^ ones*uint64(c)
		if found := (diff - ones) &^ diff & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8 + 1
		}
	}
	for i < len(line) && line[i] != c {
		i++
	}
	return min(i+1, len(line))
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// isBlank says whether a line without an id holds nothing.
func isBlank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

var unfinished = []byte("<unfinished ...>")

// isCall says whether a call returns at a line with such a body.
func isCall(body []byte) bool {
	n := len(body)
	return n > 0 && body[0] != '+' && body[0] != '-' && (body[n-1] != '>' || !bytes.HasSuffix(body, unfinished))
}
