package tracer

import (
	"bytes"
	"hash/maphash"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/stx"
)

// evidenceMax bounds the evidence of one capture: programs fail to open things
// all day.
const evidenceMax = 20000

// lookedUp remembers what was looked up already.
type lookedUp map[lookup]bool

type lookup struct {
	pid   int
	errno unix.Errno
	what  uint64 // hash of the path or address, which may be long
}

var lookupSeed = maphash.MakeSeed()

// pathErrors are the errors that a walk over the path can explain.
var pathErrors = map[unix.Errno]bool{
	unix.ENOENT: true, unix.EACCES: true, unix.EPERM: true, unix.ENOTDIR: true,
	unix.ELOOP: true, unix.EROFS: true, unix.ENOEXEC: true, unix.ETXTBSY: true,
	unix.EEXIST: true, unix.EISDIR: true, unix.ENAMETOOLONG: true,
	unix.ENOTEMPTY: true, unix.EXDEV: true,
	// of the path of a Unix socket
	unix.ECONNREFUSED: true, unix.EADDRINUSE: true,
}

// lookUp records, after a call has failed, what can be seen of its reason from
// the tracee's place.
func (e *engine) lookUp(t *thread, c *call, errno unix.Errno) {
	if c.desc == nil || !pathErrors[errno] {
		return
	}
	at := placeOf("/proc", t.tid, t.pid)
	dirfd := unix.AT_FDCWD
	for i := range c.desc.Args {
		a := &c.desc.Args[i]
		switch a.Kind {
		case abi.DirFD:
			dirfd = int(int32(c.args[i]))
		case abi.Path:
			if name, ok := c.text(c.args[i]); ok && a.Dir&abi.Out == 0 {
				e.lookUpPath(at, c, errno, dirfd, name)
			}
		case abi.SockAddr:
			if a.Dir&abi.In != 0 {
				e.lookUpAddress(at, c, errno, c.bytes(c.args[i]))
			}
		}
	}
}

// lookUpPath walks over a path that a call has failed on.
func (e *engine) lookUpPath(at place, c *call, errno unix.Errno, dirfd int, name string) {
	full := name
	if !strings.HasPrefix(name, "/") {
		dir, ok := at.directory(dirfd)
		if !ok {
			return
		}
		full = strings.TrimSuffix(dir, "/") + "/" + name
	}
	if !e.first(at.pid, errno, full) {
		return
	}
	ev := &stx.Evidence{Path: path.Clean(full)}
	if name == "" {
		ev.Text = append(ev.Text, "the path is empty")
	} else {
		w := walk{place: at}
		e.walk(&w, c, errno, full)
		if c.executes {
			inspectProgram(&w, ev)
		}
		ev.Walk = w.steps
		ev.Text = append(ev.Text, mountFindings(at, w.steps, c, errno)...)
		if v := e.variableOf(at.pid, full, name); v != "" {
			ev.Text = append(ev.Text, v)
		}
	}
	e.addEvidence(at, ev)
}

// first says whether this was not looked up yet, and may be.
func (e *engine) first(pid int, errno unix.Errno, what string) bool {
	l := lookup{pid, errno, maphash.String(lookupSeed, what)}
	if len(e.looked) >= evidenceMax || e.looked[l] {
		return false
	}
	if e.looked == nil {
		e.looked = lookedUp{}
	}
	e.looked[l] = true
	if len(e.looked) == evidenceMax {
		e.note(0, "evidence", "no more failed calls are looked into: there were very many")
	}
	return true
}

// addEvidence records evidence with the thread's credentials.
func (e *engine) addEvidence(at place, ev *stx.Evidence) {
	if c := e.credentialsOf(at.tid); c != nil {
		ev.UID, ev.GID, ev.Groups, ev.Caps = c.uid, c.gid, c.groups, c.caps
	}
	e.emit(&stx.Record{Kind: stx.KindEvidence, TID: at.tid, Evidence: ev})
}

// bytes gives what was copied from an address at the call's entry.
func (c *call) bytes(addr uint64) []byte {
	for i := range c.out {
		if c.out[i].Addr == addr {
			return c.out[i].Data
		}
	}
	return nil
}

// text gives a string argument, when it was copied whole.
func (c *call) text(addr uint64) (string, bool) {
	s, _, whole := bytes.Cut(c.bytes(addr), []byte{0})
	return string(s), whole
}

// onLink are the calls that are about a symbolic link itself, not what it points
// to.
var onLink = map[string]bool{
	"lstat": true, "readlink": true, "readlinkat": true, "unlink": true, "unlinkat": true,
	"rmdir": true, "rename": true, "renameat": true, "renameat2": true, "link": true,
	"linkat": true, "symlink": true, "symlinkat": true, "mkdir": true, "mkdirat": true,
	"mknod": true, "mknodat": true, "lchown": true, "bind": true,
	"lsetxattr": true, "lgetxattr": true, "llistxattr": true, "lremovexattr": true,
}

// followsLast says whether the call follows a link at the path's end.
func followsLast(c *call) bool {
	if onLink[c.name] {
		return false
	}
	for i := range c.desc.Args {
		a := &c.desc.Args[i]
		if a.Kind != abi.Flags {
			continue
		}
		switch a.Set {
		case "open":
			const exclusive = unix.O_CREAT | unix.O_EXCL
			if c.args[i]&unix.O_NOFOLLOW != 0 || c.args[i]&exclusive == exclusive {
				return false
			}
		case "at", "statx_at", "faccessat":
			if c.args[i]&unix.AT_SYMLINK_NOFOLLOW != 0 {
				return false
			}
		}
	}
	return true
}
