package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Escape makes text from a trace safe to show: what is not printable (control
// characters, terminal escapes, bidirectional overrides, invisible and
// unassigned characters, spaces other than the plain one, invalid UTF-8) is
// written as \n, \x1b, \u202e. A backslash stays as it is, since most text
// comes escaped from strace already.
func Escape(s string) string {
	if !needsEscape(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(escapeRune(r))
		}
		i += n
	}
	return b.String()
}

func needsEscape(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return true
		}
	}
	return false
}

func escapeRune(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\t':
		return `\t`
	case '\r':
		return `\r`
	}
	if r < 0x80 {
		return fmt.Sprintf(`\x%02x`, r)
	}
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// colours are the sequences that programs put around words on a terminal.
var colours = pattern("\x1b\\[[0-9;:]*[mK]")

// pattern is a regular expression that is compiled when it is first used: most
// runs of stracex report nothing.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// messageLines splits a program's message into lines that can be shown, its
// colours removed and its tabs as spaces.
func messageLines(s string) []string {
	s = colours().ReplaceAllString(s, "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\t", "    ")
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	for i, l := range lines {
		lines[i] = Escape(l)
	}
	return lines
}

// show makes text from a trace fit to show: escaped, and at most limit
// characters long.
func show(s string, limit int) string {
	// Escaping makes no text shorter than a quarter of its bytes, so what is
	// cut out here would be cut out below.
	if keep := 4 * limit; len(s) > 2*keep {
		s = s[:keep] + s[len(s)-keep:]
	}
	return clip(Escape(s), limit)
}

// clip shortens s in its middle to at most limit characters: both ends of a
// path or of a call tell more than its middle.
func clip(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	r := []rune(s)
	tail := limit / 3
	head := limit - tail - 1
	return string(r[:head]) + "…" + string(r[len(r)-tail:])
}

// columns is the room that s takes on a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me): // drawn over the character before
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wrap breaks s at spaces into lines of at most width columns. A word that is
// longer stays whole, so that a path can be copied.
func wrap(s string, width int) []string {
	var lines []string
	for columns(s) > width {
		at := breakAt(s, width)
		if at < 0 {
			break
		}
		lines = append(lines, strings.TrimRight(s[:at], " "))
		s = strings.TrimLeft(s[at:], " ")
	}
	return append(lines, s)
}

// breakAt is the last space after which width is exceeded, or the first space
// there is; -1 for none. The spaces that s begins with don't count.
func breakAt(s string, width int) int {
	indent := len(s) - len(strings.TrimLeft(s, " "))
	last, at := -1, 0
	for i, r := range s {
		if r == ' ' && i >= indent {
			if at > width && last >= 0 {
				return last
			}
			last = i
			if at >= width {
				return last
			}
		}
		at += columns(string(r))
	}
	return last
}
