package carrier

import "bytes"

// Times with a date, which strace never writes, and times in brackets.

// stamp gives the length of "2024-01-01T12:00:00.1234567Z " at the beginning of a
// line, 0 without one: GitHub Actions, Azure DevOps, kubectl logs --timestamps,
// docker logs -t, journalctl -o short-iso. A byte order mark may stand before, as
// where GitHub joins the files of several steps.
func stamp(line []byte) int {
	i := 0
	if bytes.HasPrefix(line, []byte(mark8)) {
		i = len(mark8)
	}
	n := date(line[i:])
	if n == 0 {
		return 0
	}
	return ending(line, i+n)
}

// ending adds the blank after a prefix of n bytes; 0 where neither one nor the
// line's end follows.
func ending(line []byte, n int) int {
	switch {
	case n == len(line):
		return n
	case line[n] == ' ' || line[n] == '\t':
		return n + 1
	}
	return 0
}

// date gives the length of "2024-01-01T12:00:00.123456Z" and its kin of RFC 3339
// and ISO 8601, also with a blank for the T and without a zone.
func date(s []byte) int {
	if !shaped(s, "0000-00-00") || len(s) < 20 || s[10] != 'T' && s[10] != ' ' {
		return 0
	}
	n := clock(s[11:])
	if n == 0 {
		return 0
	}
	n += 11
	return n + zone(s[n:])
}

func zone(s []byte) int {
	if len(s) > 0 && s[0] == 'Z' {
		return 1
	}
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		if shaped(s[1:], "00:00") {
			return 6
		}
		if shaped(s[1:], "0000") {
			return 5
		}
	}
	return 0
}

// bracketed is for "[2024-01-01T12:00:00.000Z] " of Jenkins, and "[12:00:00] " of
// ts(1) and others.
func bracketed(line []byte) int {
	if len(line) < 10 || line[0] != '[' {
		return 0
	}
	n := date(line[1:])
	if n == 0 {
		n = clock(line[1:])
	}
	if n == 0 || n+1 >= len(line) || line[n+1] != ']' {
		return 0
	}
	return ending(line, n+2)
}

// monotonic is for "[ 1234.567890] ": the seconds since the machine was started, of
// journalctl -o short-monotonic, dmesg and ts -m.
func monotonic(line []byte) int {
	if len(line) == 0 || line[0] != '[' {
		return 0
	}
	n := 1 + blanks(line[1:])
	whole := digits(line[n:])
	part := fraction(line[n+whole:])
	if n += whole + part; whole == 0 || part == 0 || n >= len(line) || line[n] != ']' {
		return 0
	}
	return ending(line, n+1)
}

// jenkinsClock is for "12:00:00  ", Jenkins' timestamper. strace -t has one blank.
func jenkinsClock(line []byte) int {
	n := clock(line)
	if n == 0 || !bytes.HasPrefix(line[n:], []byte("  ")) {
		return 0
	}
	return n + 2
}

// gitHubColumns is for "job<TAB>step<TAB>2024-01-01T12:00:00.1234567Z ", what gh
// run view --log prints.
func gitHubColumns(line []byte) int {
	i := 0
	for range 2 {
		n := bytes.IndexByte(line[i:], '\t')
		if n <= 0 {
			return 0
		}
		i += n + 1
	}
	n := stamp(line[i:])
	if n == 0 {
		return 0
	}
	return i + n
}

// syslogDate is for "Jan  1 12:00:00 ", with syslog's "<13>" before or without.
func syslogDate(line []byte) int {
	i := priority(line)
	s := line[i:]
	if len(s) < 15 || !isMonth(s[:3]) {
		return 0
	}
	if s[3] != ' ' || s[4] != ' ' && !isDigit(s[4]) || !isDigit(s[5]) || s[6] != ' ' {
		return 0
	}
	n := clock(s[7:])
	if n == 0 {
		return 0
	}
	return ending(line, i+7+n)
}

// syslog5424 is for "<30>1 2024-01-01T12:00:00.123Z host app 123 - - ", where the
// last may also be data in brackets.
func syslog5424(line []byte) int {
	n := priority(line)
	if n == 0 || !bytes.HasPrefix(line[n:], []byte("1 ")) {
		return 0
	}
	n += 2
	d := date(line[n:])
	if d == 0 || n+d >= len(line) || line[n+d] != ' ' {
		return 0
	}
	n += d + 1
	for range 4 { // host, program, its pid, kind of message
		word := bytes.IndexByte(line[n:], ' ')
		if word <= 0 {
			return 0
		}
		n += word + 1
	}
	if n < len(line) && line[n] == '-' {
		return ending(line, n+1)
	}
	if n == len(line) || line[n] != '[' {
		return 0
	}
	end := bytes.Index(line[n:], []byte("] "))
	if end < 0 {
		return 0
	}
	return n + end + 2
}

// priority is for "<30>".
func priority(line []byte) int {
	if len(line) == 0 || line[0] != '<' {
		return 0
	}
	n := 1 + digits(line[1:])
	if n == 1 || n > 4 || n >= len(line) || line[n] != '>' {
		return 0
	}
	return n + 1
}

func isMonth(s []byte) bool {
	switch string(s) {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec":
		return true
	}
	return false
}

// buildkiteTime is for "_bk;t=1700000000000<BEL>", Buildkite's mark where the
// escape before it is lost. Whole ones are removed with the other escapes.
func buildkiteTime(line []byte) int {
	const mark = "_bk;t="
	if !bytes.HasPrefix(line, []byte(mark)) {
		return 0
	}
	n := digits(line[len(mark):])
	if n == 0 {
		return 0
	}
	if n += len(mark); n < len(line) && line[n] == '\a' {
		n++
	}
	return n
}

// buildKit is for "#12 0.345 ": docker build --progress=plain.
func buildKit(line []byte) int {
	if len(line) < 6 || line[0] != '#' {
		return 0
	}
	n := 1 + digits(line[1:])
	if n == 1 || n >= len(line) || line[n] != ' ' {
		return 0
	}
	n++
	whole := digits(line[n:])
	part := fraction(line[n+whole:])
	if whole == 0 || part == 0 {
		return 0
	}
	return ending(line, n+whole+part)
}
