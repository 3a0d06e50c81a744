package event

import (
	"net/netip"
	"strconv"
	"strings"
)

// atFDCWD is the kernel's AT_FDCWD (uapi/linux/fcntl.h).
const atFDCWD = -100

// FD gives the value as a descriptor: AT_FDCWD is -100. ok is false for a value
// that is not a number that fits one.
func (v Value) FD() (fd int, ok bool) {
	switch {
	case v.Kind == Int && int64(int32(v.Int)) == v.Int:
		return int(v.Int), true
	case v.Kind == Addr && uint64(v.Int) <= 0xffffffff: // strace -e raw: 0xffffff9c
		return int(int32(uint32(v.Int))), true
	case v.Kind == Symbol && v.Str == "AT_FDCWD":
		return atFDCWD, true
	}
	return 0, false
}

// Text gives the bytes of a string; ok is false for any other value, such as a
// pointer that could not be followed. Cut says whether they are all.
func (v Value) Text() (text string, ok bool) {
	return v.Str, v.Kind == String
}

// Number gives the value of a plain number, whatever its style.
func (v Value) Number() (n int64, ok bool) {
	return v.Int, v.Kind == Int || v.Kind == Addr
}

// WaitStatus reads the status that wait4(2) stored: the exit code, or the name
// of the signal that killed the process. ok is false when it was neither (a
// stop, an address).
func (v Value) WaitStatus() (code int, signal string, ok bool) {
	if (v.Kind == Array || v.Kind == Struct) && len(v.Elems) == 1 {
		return v.Elems[0].WaitStatus()
	}
	if v.Kind != Raw && v.Kind != Func {
		return 0, "", false
	}
	for term := range strings.SplitSeq(v.Str, " && ") {
		name, value, _ := strings.Cut(term, " == ")
		switch name {
		case "WEXITSTATUS(s)":
			code, err := strconv.Atoi(value)
			return code, "", err == nil
		case "WTERMSIG(s)":
			return 0, value, value != ""
		}
	}
	return 0, "", false
}

// SockAddr writes a socket address struct as text: "127.0.0.1:5432",
// "[::1]:80", "unix:/run/x.sock", "unix:@abstract", "unix:" for an unnamed one.
// ok is false for other families and for an address that was not read.
func SockAddr(v Value) (addr string, ok bool) {
	if v.Kind == Array && len(v.Elems) == 1 {
		return SockAddr(v.Elems[0])
	}
	if v.Kind != Struct {
		return "", false
	}
	family := v.Field("sa_family")
	if family.Kind == None {
		family = v.Field("sin_family") // strace before 4.5
	}
	switch family.Str {
	case "AF_INET", "PF_INET":
		return inetAddr(v.Field("sin_addr"), v.Field("sin_port"))
	case "AF_INET6", "PF_INET6":
		return inetAddr(inet6(v), v.Field("sin6_port"))
	case "AF_UNIX", "AF_LOCAL", "AF_FILE", "PF_UNIX", "PF_LOCAL", "PF_FILE":
		return unixAddr(v)
	}
	return "", false
}

// inet6 finds the address: inet_pton(AF_INET6, "::1", &sin6_addr) stands in the
// struct without a name.
func inet6(v Value) Value {
	for _, e := range v.Elems {
		if e.Kind == Func && e.Str == "inet_pton" && len(e.Elems) > 1 {
			return e.Elems[1]
		}
	}
	return Value{}
}

func inetAddr(addr, port Value) (string, bool) {
	text := addr.inner()
	n := port.inner()
	ip, err := netip.ParseAddr(text.Str)
	if err != nil || n.Kind != Int || n.Int < 0 || n.Int > 0xffff {
		return "", false
	}
	return netip.AddrPortFrom(ip, uint16(n.Int)).String(), true
}

// inner is what a call-like value is made of: 80 in htons(80).
func (v Value) inner() Value {
	if v.Kind == Func && len(v.Elems) == 1 {
		return v.Elems[0]
	}
	return v
}

func unixAddr(v Value) (string, bool) {
	path := v.Field("sun_path")
	if path.Kind == None {
		path = v.Field("path") // strace before 4.9
	}
	if path.Kind == None {
		return "unix:", true
	}
	text, ok := path.Text()
	if !ok {
		return "", false
	}
	if name, abstract := strings.CutPrefix(text, "\x00"); abstract {
		return "unix:@" + name, true
	}
	return "unix:" + text, true
}
