package replay

import "github.com/stracex/stracex/abi"

// call is what the replay knows of a system call.
type call struct {
	desc   *abi.Call // nil for one of no known name
	effect effect    // nil: it changes nothing
	// keeps: the effect keeps more of its call than a path or the event, so that
	// the whole event has to last.
	keeps bool
	// named are the arguments that name a file, a directory or an address.
	named []int
	// path: of those the first, or the second behind a directory's descriptor, is the
	// only path. dir says which.
	path, dir bool
	fd        int  // the first argument that is a descriptor, -1 if none
	polls     bool // its descriptors are in a struct pollfd
	// silent: a success changes nothing, and is about no more than a descriptor.
	silent bool
}

// frugal are the effects that keep no more than a path or the event.
var frugal = map[string]bool{
	"open": true, "openat": true, "openat2": true, "creat": true, "close": true, "dup": true, "dup2": true, "dup3": true,
	"fcntl": true, "fcntl64": true, "ioctl": true, "stat": true, "newfstatat": true, "stat64": true, "fstatat64": true,
	"read": true, "pread64": true, "readv": true, "recv": true, "recvfrom": true,
	"write": true, "pwrite64": true, "writev": true, "send": true, "sendto": true,
}

// call gives what is known of a call by its name.
func (s *State) call(name string) *call {
	k := s.calls[name]
	if k == nil {
		k = newCall(name)
		if len(s.calls) < maxTexts { // a hostile log may have any names
			s.calls[name] = k
		}
	}
	return k
}

func newCall(name string) *call {
	desc := abi.Lookup(name)
	if desc == nil {
		desc = abi.Lookup(abi.Plain(name))
	}
	k := &call{desc: desc, effect: effects[name], fd: -1, polls: name == "poll" || name == "ppoll"}
	k.keeps = k.effect != nil && !frugal[name]
	k.silent = k.effect == nil && !k.polls
	if k.desc == nil {
		return k
	}
	for i := range k.desc.Args {
		switch a := &k.desc.Args[i]; {
		case a.Kind == abi.FD:
			if k.fd < 0 {
				k.fd = i
			}
		case a.Kind == abi.DirFD, a.Kind == abi.SockAddr, a.Kind == abi.Path && a.Dir != abi.Out:
			k.named = append(k.named, i)
			k.silent = false
		}
	}
	k.path, k.dir = onePath(k)
	return k
}

// onePath says whether a call names just a path, by its first argument or, behind a
// directory's descriptor, by its second.
func onePath(k *call) (path, dir bool) {
	is := func(n, i int, kind abi.Kind) bool {
		return len(k.named) > n && k.named[n] == i && k.desc.Args[i].Kind == kind
	}
	switch len(k.named) {
	case 1:
		path = is(0, 0, abi.Path)
	case 2:
		dir = is(0, 0, abi.DirFD) && is(1, 1, abi.Path)
		path = dir
	}
	return path, dir
}
