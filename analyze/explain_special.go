package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stracex/stracex/event"
)

// special are texts for errors of which the arguments of the call tell more than its class
// does; the first that fits counts.
var special = []struct {
	fits func(x *failure, obj string) bool
	text errorText
}{
	{func(x *failure, _ string) bool { return refusedValue(x) },
		errorText{"{} is a setting of the kernel, which doesn't take this value, or not now.", "look up which values it takes", "proc(5)"}},
	{func(x *failure, obj string) bool { return x.errno == "ENOSPC" && obj == "memfd_create" },
		errorText{"The memory that the file is made of is used up: its file has no name, and lies in memory or in huge pages.", "look at HugePages_Free in /proc/meminfo, and at free -m", "memfd_create(2)"}},
	{func(x *failure, obj string) bool { return x.errno == "ENXIO" && obj == "/dev/tty" },
		errorText{"The process has no controlling terminal: it runs from cron, a service manager, a CI job or setsid(1), and there is nobody to ask.", "give it what it asks for as an option, a file or a variable, or run it in a terminal: ssh -t, docker run -t, script -c", "tty(4)"}},
	{func(x *failure, _ string) bool { return emptyMapping(x) },
		errorText{"{} is empty: a file of no bytes can't be mapped into memory.", "find out why it is empty, and restore it: ls -l {}", "mmap(2)"}},
	{func(x *failure, _ string) bool { return x.name == "mmap" && x.errno == "EPERM" && x.path != "" },
		errorText{"Code of {} may not be run: the file system where it lies is mounted noexec, or it is sealed.", "look at the mount: findmnt -T {}; move it to another file system, or mount that one without noexec", "mmap(2)"}},
	{func(x *failure, _ string) bool { return x.errno == "E2BIG" && fewArguments(x.call()) },
		errorText{"The environment that is passed to {} is larger than the kernel allows, alone or with one of the arguments.", "see which variable is so large, and don't export it: env -0 | sort -z | xargs -0 -n1 | awk '{print length, substr($0,1,40)}' | sort -n | tail", "execve(2)"}},
	{func(x *failure, _ string) bool {
		return x.errno == "EPERM" && callClass[x.name] == "start" && !x.asksFor("CLONE_NEW") && x.name != "unshare" && x.name != "setns"
	}, errorText{"It takes no privilege to start a process or thread like this: a seccomp filter, or a security module, refuses it.", "let the sandbox allow the call, or answer it with ENOSYS, so that the C library uses another: a newer container runtime and libseccomp, --security-opt seccomp=PROFILE; in a unit SystemCallFilter=", "seccomp(2)"}},
	{func(x *failure, _ string) bool { return x.errno == "ELOOP" && x.asksFor("O_NOFOLLOW") },
		errorText{"{} is a symbolic link, and the program asks not to follow one (O_NOFOLLOW).", "put what it leads to in its place, or give the path that it leads to: ls -l {}", "open(2)"}},
	{func(x *failure, _ string) bool { return x.errno == "EBADF" && isStandard(x) },
		errorText{"The process was started without this descriptor, its standard input or output: whoever started it had closed it.", "start it with one: < /dev/null > /dev/null, or to a file; look for >&- in the script, and at what the service manager gives", "stdin(3)"}},
	{func(x *failure, _ string) bool {
		return x.errno == "ECONNREFUSED" && strings.HasPrefix(x.addr, "unix:/")
	},
		errorText{"The socket {} is there, and nobody listens on it: its server has ended and left it behind, or is only starting.", "start the server, which makes the socket anew; who listens is shown by ss -lxp", "unix(7)"}},
	{func(x *failure, _ string) bool {
		return x.errno == "EPERM" && x.name == "ioctl" && x.asksFor("TUNSETIFF")
	},
		errorText{"To make or take a TUN or TAP device needs CAP_NET_ADMIN, also of root in a container.", "give it the capability: --cap-add NET_ADMIN --device /dev/net/tun, AmbientCapabilities=CAP_NET_ADMIN; or let root make the device for its user: ip tuntap add", "capabilities(7)"}},
	{func(x *failure, _ string) bool {
		return x.errno == "EPERM" && x.name == "socket" && (x.asksFor("SOCK_RAW") || x.asksFor("AF_PACKET"))
	},
		errorText{"A raw or packet socket needs CAP_NET_RAW, also of root in a container.", "give it the capability: --cap-add NET_RAW, AmbientCapabilities=CAP_NET_RAW, setcap cap_net_raw=+ep", "raw(7)"}},
	{func(x *failure, _ string) bool {
		return x.errno == "EPERM" && slices.Contains([]string{"setgid", "setgroups", "setregid", "setresgid", "setgid32", "setgroups32", "setregid32", "setresgid32"}, x.name)
	}, errorText{"The process may not change its groups: it lacks CAP_SETGID; root has it, unless it was dropped.", "start it as the user and group that it is to run as, or give it the capability: --cap-add SETGID", "setgid(2)"}},
	{func(x *failure, _ string) bool {
		return x.errno == "EPERM" && strings.HasPrefix(x.name, "set") && callClass[x.name] == "user" && strings.Contains(x.name, "uid")
	}, errorText{"The process may not change its user: it lacks CAP_SETUID; root has it, unless it was dropped.", "start it as the user that it is to run as, or give it the capability: --cap-add SETUID", "setuid(2)"}},
	{func(x *failure, _ string) bool { return x.errno == "EINVAL" && strings.Contains(x.name, "chown") },
		errorText{"The user or group that {} is to get has no id in this user namespace, or its file system has none such.", "map more ids (/etc/subuid, /etc/subgid, --uidmap), or don't keep owners: tar --no-same-owner; look at /proc/self/uid_map", "user_namespaces(7)"}},
}

// specialText finds the text of an error that its call tells more of.
func specialText(x *failure, obj string) (errorText, bool) {
	if x.errno == "ENAMETOOLONG" {
		return tooLong(x, obj)
	}
	for _, s := range special {
		if s.fits(x, obj) {
			return s.text, true
		}
	}
	return errorText{}, false
}

// call is the failed call.
func (x *failure) call() *event.Call {
	if x.step.Event.None() {
		return nil
	}
	return x.step.Event.Event().Call
}

// asksFor says whether an argument of the call, or a field of it, has a flag or name that
// begins with this.
func (x *failure) asksFor(flag string) bool {
	c := x.call()
	return c != nil && slices.ContainsFunc(c.Args(), func(v event.Value) bool { return hasFlag(v, flag, 0) })
}

func hasFlag(v event.Value, flag string, depth int) bool {
	if v.Kind != event.String && slices.ContainsFunc(strings.Split(v.Str, "|"), func(s string) bool { return strings.HasPrefix(s, flag) }) {
		return true
	}
	return depth < 3 && slices.ContainsFunc(v.Elems, func(e event.Value) bool { return hasFlag(e, flag, depth+1) })
}

// isStandard: a read of the standard input or a write to the standard output, which the
// process has not closed itself. What can't be written to stderr is a message.
func isStandard(x *failure) bool {
	return readWrite[x.name] != 0 && x.step.FD >= 0 && x.step.FD <= 1 && !(x.hist != nil && x.hist.closedOwn)
}

// fewArguments says whether the arguments of an execve are short and few, as far as seen.
func fewArguments(c *event.Call) bool {
	const few = 50
	args := c.Arg(1)
	return args.Kind == event.Array && !args.Cut && len(args.Elems) < few
}

// The longest name of a file and the longest path, in bytes (limits.h, path_resolution(7)).
const (
	nameMax = 255
	pathMax = 4096
)

// tooLong says which part of a path is too long, and by how much.
func tooLong(x *failure, obj string) (errorText, bool) {
	for _, part := range strings.Split(x.path, "/") {
		if len(part) > nameMax {
			return errorText{fmt.Sprintf("A name in the path has %d bytes, %s…; a file system takes %d, some take fewer.", len(part), part[:32], nameMax), "use a shorter name: where it is made from a title, a URL or a key, cut it or use a hash of it", "path_resolution(7)"}, true
		}
	}
	if len(x.given) >= pathMax {
		return errorText{fmt.Sprintf("The path has %d bytes; the kernel takes %d in one call.", len(x.given), pathMax-1), "use a shorter path, or go into a folder first", "path_resolution(7)"}, true
	}
	return errorTexts[callError{"", x.errno}], true
}
