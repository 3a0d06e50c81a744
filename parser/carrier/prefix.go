package carrier

import (
	"bytes"
	"slices"
	"strconv"
)

// Names before a line: of a service, a container, a host.

// compose is for "name-1  | ": docker compose logs, docker service logs.
func compose(line []byte) int {
	n := 0
	for n < len(line) && (isAlnum(line[n]) || n > 0 && bytes.IndexByte([]byte("_.-/@"), line[n]) >= 0) {
		n++
	}
	if n == 0 {
		return 0
	}
	n += blanks(line[n:])
	if n >= len(line) || line[n] != '|' {
		return 0
	}
	return ending(line, n+1)
}

// kubectl is for "[pod/web-7d4b9c/app] ": kubectl logs --prefix.
func kubectl(line []byte) int {
	if !bytes.HasPrefix(line, []byte("[pod/")) {
		return 0
	}
	n := bytes.IndexByte(line, ']')
	if n < 0 || bytes.IndexByte(line[:n], ' ') >= 0 {
		return 0
	}
	return ending(line, n+1)
}

// logger is for "host prog[123]: ", "host prog: " and "prog[123]: ": what stands
// behind the date of syslog and the journal.
func logger(line []byte) int {
	if n := tag(line, true); n > 0 {
		return n
	}
	host := 0
	for host < len(line) && (isAlnum(line[host]) || bytes.IndexByte([]byte("_.-"), line[host]) >= 0) {
		host++
	}
	if host == 0 || host >= len(line) || line[host] != ' ' {
		return 0
	}
	n := tag(line[host+1:], false)
	if n == 0 {
		return 0
	}
	return host + 1 + n
}

// tag is for "prog[123]: ", and "prog: " unless there must be a pid.
func tag(s []byte, pid bool) int {
	n := 0
	for n < len(s) && (isAlnum(s[n]) || bytes.IndexByte([]byte("_./@()-"), s[n]) >= 0) {
		n++
	}
	if n == 0 || n >= len(s) {
		return 0
	}
	if s[n] == '[' {
		d := digits(s[n+1:])
		if n += d + 1; d == 0 || n >= len(s) || s[n] != ']' {
			return 0
		}
		n++
	} else if pid {
		return 0
	}
	if n >= len(s) || s[n] != ':' {
		return 0
	}
	return ending(s, n+1)
}

// lineNumber is for "12:" of grep -n, "12-" of its context, "    12<TAB>" of cat -n,
// and of web pages and editors "12 | " and "12. ".
func lineNumber(line []byte) int {
	n := blanks(line)
	d := digits(line[n:])
	if d == 0 || d > 9 || n+d >= len(line) {
		return 0
	}
	switch c := line[n+d]; {
	case c == '\t', n == 0 && (c == ':' || c == '-'):
		return n + d + 1
	case c == '.', c == '|':
		return ending(line, n+d+1)
	}
	if b := blanks(line[n+d:]); b > 0 && n+d+b < len(line) && line[n+d+b] == '|' {
		return ending(line, n+d+b+1)
	}
	return 0
}

// bareNumber is for "  12 ", which may be a pid as well: see areCounted.
func bareNumber(line []byte) int {
	n := blanks(line)
	d := digits(line[n:])
	if d == 0 || d > 9 {
		return 0
	}
	return ending(line, n+d)
}

// areCounted says whether the numbers before the lines rise by one.
func areCounted(lines [][]byte) bool {
	last, steps := 0, 0
	for _, line := range lines {
		n := blanks(line)
		number, err := strconv.Atoi(string(line[n : n+digits(line[n:])]))
		if err == nil && number == last+1 {
			steps++
		}
		last = number
	}
	return steps > 2 && steps*10 > filled(lines)*9
}

// label is for "[Test linux] ", as of Jenkins' parallel steps. What strace has in
// brackets begins with "pid ", or is a number.
func label(line []byte) int {
	if len(line) == 0 || line[0] != '[' || bytes.HasPrefix(line, []byte("[pid ")) || numberPrefix(line) > 0 {
		return 0
	}
	n := bytes.IndexByte(line[:min(len(line), maxConstant)], ']')
	if n < 2 || !bytes.ContainsFunc(line[1:n], func(r rune) bool { return r < 0x80 && isAlnum(byte(r)) }) {
		return 0
	}
	return ending(line, n+1)
}

// quote is for "> ", a level of quoting in Markdown and mail. strace's own stack
// frames have a blank before.
func quote(line []byte) int {
	if len(line) == 0 || line[0] != '>' {
		return 0
	}
	if len(line) > 1 && line[1] == ' ' {
		return 2
	}
	return 1
}

// maxConstant is how long a prefix may be that is the same on every line and that
// no carrier here has as its form.
const maxConstant = 64

// constants gives what may stand the same before all lines: "remote: ", blanks. It
// has no digit and no bracket, as all that strace puts there has. Behind it is a
// line of strace, or another carrier.
func constants(lines [][]byte) (prefixes [][]byte) {
	tries := 0
	for _, line := range lines {
		if len(line) == 0 || isTrace(line) {
			continue
		}
		for n := 1; n < min(len(line), maxConstant) && !isDigit(line[n-1]) && line[n-1] != '['; n++ {
			if !isTrace(line[n:]) && !hasCarrier(line[n:]) {
				continue
			}
			if !slices.ContainsFunc(prefixes, func(p []byte) bool { return bytes.Equal(p, line[:n]) }) {
				prefixes = append(prefixes, bytes.Clone(line[:n]))
			}
			break
		}
		if tries++; tries == 64 || len(prefixes) == 8 {
			break
		}
	}
	return prefixes
}

func hasCarrier(line []byte) bool {
	for i := range carriers {
		if carriers[i].has(line) {
			return true
		}
	}
	return false
}

// cutConstant is for a prefix that constant has found.
func cutConstant(prefix []byte) func([]byte) int {
	return func(line []byte) int {
		if bytes.HasPrefix(line, prefix) {
			return len(prefix)
		}
		return 0
	}
}
