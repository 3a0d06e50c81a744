package parser

import (
	"strings"
	"unsafe"
)

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isWord says whether c can be part of a name or number.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_'
}

// stringEnd finds the quote that closes the string whose opening quote is at
// s[i]; -1 when there is none. escaped says whether there are escapes in it.
func stringEnd(s string, i int) (end int, escaped bool) {
	for j := i + 1; ; {
		n := strings.IndexByte(s[j:], '"')
		if n < 0 {
			return -1, escaped
		}
		quote := j + n
		slashes := 0
		for quote-slashes > j && s[quote-slashes-1] == '\\' {
			slashes++
		}
		escaped = escaped || slashes > 0 || strings.IndexByte(s[j:quote], '\\') >= 0
		if slashes%2 == 0 {
			return quote, escaped
		}
		j = quote + 1
	}
}

// unescape undoes strace's escapes: \n \t \v \f \r \" \\, octal of one to three
// digits, \xff. prefix is put before the result.
func unescape(prefix, s string) string {
	b := appendUnescaped(make([]byte, 0, len(prefix)+len(s)), prefix, s)
	if len(b) < cap(b)/2 {
		return string(b)
	}
	return unsafe.String(unsafe.SliceData(b), len(b)) // a long one is not copied
}

func appendUnescaped(b []byte, prefix, s string) []byte {
	b = append(b, prefix...)
	for i := 0; i < len(s); {
		n := strings.IndexByte(s[i:], '\\')
		if n < 0 {
			return append(b, s[i:]...)
		}
		b = append(b, s[i:i+n]...)
		i += n + 1
		if i == len(s) {
			return append(b, '\\')
		}
		c, used := escape(s[i:])
		b = append(b, c)
		i += used
	}
	return b
}

// escape reads what stands after a backslash.
func escape(s string) (c byte, used int) {
	switch s[0] {
	case 'n':
		return '\n', 1
	case 't':
		return '\t', 1
	case 'r':
		return '\r', 1
	case 'v':
		return '\v', 1
	case 'f':
		return '\f', 1
	case 'x':
		for used = 1; used < 3 && used < len(s) && unhex(s[used]) >= 0; used++ {
			c = c<<4 | byte(unhex(s[used]))
		}
		if used > 1 {
			return c, used
		}
	case '0', '1', '2', '3', '4', '5', '6', '7':
		for used < 3 && used < len(s) && '0' <= s[used] && s[used] <= '7' {
			c = c<<3 | (s[used] - '0')
			used++
		}
		return c, used
	}
	return s[0], 1
}

// unhex gives a hexadecimal digit's value, -1 for another byte.
func unhex(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
