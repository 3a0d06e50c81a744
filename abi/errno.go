package abi

import "sync"

type errno struct{ name, text string }

// kernelErrnos are those that no program is meant to see, but a tracer does
// (include/linux/errno.h). The texts of the first are those that
// strace prints.
var kernelErrnos = map[int]errno{
	512: {"ERESTARTSYS", "To be restarted if SA_RESTART is set"},
	513: {"ERESTARTNOINTR", "To be restarted"},
	514: {"ERESTARTNOHAND", "To be restarted if no handler"},
	515: {"ENOIOCTLCMD", "No ioctl command"},
	516: {"ERESTART_RESTARTBLOCK", "Interrupted by signal"},
	517: {"EPROBE_DEFER", "Driver requests probe retry"},
	518: {"EOPENSTALE", "Open found a stale dentry"},
	519: {"ENOPARAM", "Parameter not supported"},
	521: {"EBADHANDLE", "Illegal NFS file handle"},
	522: {"ENOTSYNC", "Update synchronization mismatch"},
	523: {"EBADCOOKIE", "Cookie is stale"},
	524: {"ENOTSUPP", "Operation is not supported"},
	525: {"ETOOSMALL", "Buffer or request is too small"},
	526: {"ESERVERFAULT", "An untranslatable error occurred"},
	527: {"EBADTYPE", "Type not supported by server"},
	528: {"EJUKEBOX", "Request initiated, but will not complete before timeout"},
	529: {"EIOCBQUEUED", "iocb queued, will get completion event"},
	530: {"ERECALLCONFLICT", "Conflict with recalled state"},
	531: {"ENOGRACE", "NFS file lock reclaim refused"},
}

// errnoAliases are second names of one number.
var errnoAliases = map[string]string{
	"EWOULDBLOCK": "EAGAIN", "EDEADLOCK": "EDEADLK", "ENOTSUP": "EOPNOTSUPP",
}

// ErrnoName gives the name of an errno (a positive number), "" when unknown.
func ErrnoName(n int) string { return errnoOf(n).name }

// ErrnoText gives strerror(3)'s text in the C locale, "" when unknown.
func ErrnoText(name string) string { return errnoOf(Errno(name)).text }

// Errno gives the number of an errno, 0 when unknown.
func Errno(name string) int {
	if other, ok := errnoAliases[name]; ok {
		name = other
	}
	return errnoNumbers()[name]
}

func errnoOf(n int) errno {
	if n > 0 && n < len(errnos) {
		return errnos[n]
	}
	return kernelErrnos[n]
}

var errnoNumbers = sync.OnceValue(func() map[string]int {
	m := map[string]int{}
	for n, e := range errnos {
		m[e.name] = n
	}
	for n, e := range kernelErrnos {
		m[e.name] = n
	}
	delete(m, "") // numbers without an errno
	return m
})
