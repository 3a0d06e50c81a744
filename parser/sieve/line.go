package sieve

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

// after is the place behind the next c.
func after(line []byte, i int, c byte) int {
	for i < len(line) && line[i] != c {
		i++
	}
	return min(i+1, len(line))
}

func isDigit(c byte) bool { return c-'0' <= 9 }
