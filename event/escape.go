package event

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendString puts s between quotes as strace does: octal escapes as short as
// what follows allows, and \n \t \v \f \r \" \\.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s, "")
	return append(dst, '"')
}

// appendHexString puts s between quotes, each byte as \x7f.
func appendHexString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, c := range []byte(s) {
		dst = append(dst, '\\', 'x', hexDigits[c>>4], hexDigits[c&0xf])
	}
	return append(dst, '"')
}

const hexDigits = "0123456789abcdef"

// appendEscaped appends s with strace's escapes. The bytes of also are escaped
// too: "<>" in what a descriptor points to.
func appendEscaped(dst []byte, s, also string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if n := strings.IndexByte("\n\t\v\f\r\"\\", c); n >= 0 {
			dst = append(dst, '\\', `ntvfr"\`[n])
		} else if c < ' ' || c >= 0x7f || strings.IndexByte(also, c) >= 0 {
			dst = appendOctal(dst, c, i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '7')
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// appendOctal writes \0, \33 or \177; all three digits when asked for.
func appendOctal(dst []byte, c byte, long bool) []byte {
	dst = append(dst, '\\')
	if long || c >= 0o100 {
		dst = append(dst, '0'+c>>6)
	}
	if long || c >= 0o10 {
		dst = append(dst, '0'+c>>3&7)
	}
	return append(dst, '0'+c&7)
}

// Printable replaces what must not reach a terminal, such as escape sequences
// and direction marks, by octal escapes. Tabs and printable UTF-8 stay.
func Printable(s string) string {
	if isPrintable(s) {
		return s
	}
	return string(appendPrintable(nil, s))
}

func appendPrintable(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if isPrintableRune(r, n) {
			dst = append(dst, s[i:i+n]...)
		} else {
			for _, c := range []byte(s[i : i+n]) {
				dst = appendOctal(dst, c, true)
			}
		}
		i += n
	}
	return dst
}

func isPrintable(s string) bool {
	for i := 0; i < len(s); {
		if c := s[i]; ' ' <= c && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isPrintableRune(r, n) {
			return false
		}
		i += n
	}
	return true
}

// isPrintableRune takes a rune and its length as decoded.
func isPrintableRune(r rune, n int) bool {
	return r == '\t' || unicode.IsPrint(r) && (r != utf8.RuneError || n > 1)
}
