package event

import "strings"

// The arguments that nearly all calls are about stand first and are plain: they are
// read here, without taking the rest apart.

// FirstFD gives the first argument when it is a descriptor's number; decorated
// says whether the log has what it points to.
func (c *Call) FirstFD() (fd int, decorated, ok bool) {
	if c.argReader == nil || len(c.args) > 0 {
		v := c.Arg(0)
		fd, ok = v.FD()
		return fd, v.HasDeco, ok && v.Kind == Int
	}
	s := c.first
	if s == "" {
		s = c.rest
	}
	fd, n := number(s)
	if n == 0 || n == len(s) {
		return 0, false, false
	}
	switch s[n] {
	case '<':
		return fd, true, true
	case ',', ')':
		return fd, false, true
	}
	return 0, false, false
}

// number reads a decimal number of n digits at the beginning, none when it may be no
// descriptor's.
func number(s string) (v, n int) {
	for n < len(s) && n < 9 && '0' <= s[n] && s[n] <= '9' {
		v = v*10 + int(s[n]-'0')
		n++
	}
	if n > 1 && s[0] == '0' {
		return 0, 0
	}
	return v, n
}

// FirstPath gives the path that stands first, or behind the directory's descriptor when
// there is one: 3</srv>, "a.conf", or AT_FDCWD, "/etc/passwd". ok is false where it is not
// as plain as that. The texts are valid as long as the event.
func (c *Call) FirstPath(hasDir bool) (dir, path Value, ok bool) {
	if c.argReader == nil || len(c.args) > 0 || c.first != "" {
		return dir, path, false
	}
	s := c.rest
	if hasDir {
		if dir, s, ok = firstDir(s); !ok {
			return dir, path, false
		}
	}
	if s == "" || s[0] != '"' {
		return dir, path, false
	}
	end := strings.IndexByte(s[1:], '"')
	if end < 0 || end+2 >= len(s) || s[end+2] != ',' && s[end+2] != ')' || strings.IndexByte(s[1:end+1], '\\') >= 0 {
		return dir, path, false
	}
	return dir, Value{Kind: String, Str: s[1 : end+1]}, true
}

// firstDir reads a directory's descriptor and what separates it from what follows.
func firstDir(s string) (dir Value, rest string, ok bool) {
	const cwd = "AT_FDCWD"
	if strings.HasPrefix(s, cwd) {
		dir, s = Value{Kind: Symbol, Str: cwd}, s[len(cwd):]
	} else {
		v, n := number(s)
		if n == 0 {
			return dir, s, false
		}
		dir, s = Value{Kind: Int, Int: int64(v)}, s[n:]
	}
	if strings.HasPrefix(s, "</") {
		end := strings.IndexByte(s, '>')
		if end < 0 || strings.IndexByte(s[1:end], '<') >= 0 || strings.IndexByte(s[:end], '\\') >= 0 {
			return dir, s, false
		}
		dir.HasDeco, dir.Deco, s = true, s[1:end], s[end+1:]
	}
	rest, ok = strings.CutPrefix(s, ", ")
	return dir, rest, ok
}

// Decorated says whether the log may have what descriptors among the arguments
// point to (strace -y).
func (c *Call) Decorated() bool {
	return c.argReader == nil || strings.IndexByte(c.first, '<') >= 0 || strings.IndexByte(c.rest, '<') >= 0
}
