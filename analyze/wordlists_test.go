package analyze

import (
	"strings"
	"testing"
)

// Messages of real programs, each with one word of its list only.
var (
	failMessages = []string{
		"[remote rejected] main", "pre-receive hook declined",
		"E: Sub-process returned an error code", "q.c:16: main: Assertion `got == n' failed.", "fatal: bad object HEAD", "ls: cannot access it",
		"sh: 0: can't open run.sh", "stat: can’t read it", "psql: could not connect to server", "curl: (6) Couldn't resolve host", "unable to open database file",
		"Access denied for user 'app'@'localhost'", "sh: 1: gen: not found", "no such table: users", "connect: connection refused",
		"panic: runtime: index out of range", "Exception in thread main", "Aborted (core dumped)", "CRITICAL: database is locked",
		"Operation not permitted", "Connection timed out", "No space left on device", "Too many open files", "Address already in use", "Network is unreachable",
		"pack is corrupt", "nginx: [emerg] unexpected \"}\"", "Out of memory: killed", "sync: giving up after 20 attempts", "500 delivery of 0007 impossible",
		"role \"app\" does not exist", "Table 'shop.users' doesn't exist",
	}
	lackMessages = []string{
		"config invalid", "missing operand", "syntax: unexpected token `fi'", "timeout while waiting for the leader", "service unavailable", "key unusable",
		"bad interpreter", "unknown option", "index damaged", "incomplete archive", "worker crash", "worker 7 killed", "[alert] 7", "wrong format", "unsupported version",
		"403 Forbidden", "illegal character", "stopping now", "you must be in the group", "fatal: no input", "rates not usable",
	}
	mildMessages = []string{
		"warning: cannot open the cache", "[notice] worker failed", "INFO cannot reach the peer yet", "[info] connection refused", "debug: it failed",
		"an error from 2.0 on: deprecated", "compiled with 0 errors", "no error so far", "make: [all] Error 1 (ignored)", "finished without error",
		"cannot open the log, continuing", "hint: the push failed", "note: could not find it", "LOG:  could not bind", "could not stat it, skipping",
		"optional module not found", "not found, using defaults", "cannot read it, using built-in settings", "cannot use io_uring, falling back to epoll", "cannot, will fall back", "could not rename, copying instead",
		"connect failed, retrying",
	}
	talkMessages = []string{
		"no usable answer", "SSL: WRONG_VERSION_NUMBER", "TLS failed", "unknown protocol", "handshake failed", "certificate has expired", "malformed response",
		"bad reply", "HTTP 502", "the server hung up", "unexpected message type", "authentication failed", "login incorrect", "wrong password",
	}
	endMessages = []string{
		"read: EOF", "end of file reached", "end of input", "file is truncated", "short read", "incomplete record", "unexpected end of JSON", "corrupt page", "premature close",
		"parse error near line 3", "unterminated quote", "unfinished string at line 2",
	}
	lookupMessages = []string{
		"Could not resolve it", "Name or service not known", "Temporary failure in name resolution", "lookup of db1 failed", "unknown host db1",
		"ENOTFOUND db1", "EAI_AGAIN db1", "getaddrinfo db1", "dial tcp: no such host",
	}
	seekMessages = []string{
		"No module named 'billing'", "cannot find -lz", "can't find it", "gen: command not found", "Can't locate Shop.pm", "cannot locate it", "could not find it",
		"unable to find it", "Unable to locate package", "no such module: fts5", "cannot load such file", "unresolved import",
	}
	goneMessages = []string{
		"no such record", "token not found", "the key is missing", "cannot find it", "can't find it", "could not find it", "fts is not installed", "the job is not set up",
		"not configured yet", "a token is required", "you need a token", "it does not exist", "it doesn't exist", "nonexistent", "non-existent",
	}
	askMessages = []string{"download failed", "fetch failed", "bad request", "query failed", "cannot connect", "status 404"}
)

// TestWords: each word of a list is one by which some message is known.
func TestWords(t *testing.T) {
	type list struct{ words, messages []string }
	lists := map[string]list{
		"fail": {failWords, failMessages}, "lack": {lackWords, lackMessages}, "mild": {mildWords, mildMessages}, "talk": {talkWords, talkMessages},
		"end": {endWords, endMessages}, "lookup": {lookupWords, lookupMessages}, "seek": {seekWords, seekMessages}, "ask": {askWords, askMessages}, "gone": {goneWords, goneMessages},
	}
	for call := range callMessages {
		lists[call] = list{callWords[call], callMessages[call]}
	}
	for call := range callWords {
		lists[call] = list{callWords[call], callMessages[call]}
	}
	for name, list := range lists {
		t.Run(name, func(t *testing.T) {
			needed := map[string]bool{}
			for _, m := range list.messages {
				var found []string
				for _, w := range list.words {
					if strings.Contains(strings.ToLower(m), w) {
						found = append(found, w)
					}
				}
				if len(found) == 1 {
					needed[found[0]] = true
				} else {
					t.Errorf("%q has %q", m, found)
				}
			}
			for _, w := range list.words {
				if !needed[w] {
					t.Errorf("%q tells no message from another", w)
				}
			}
		})
	}
}

// A failure is more than a lack, and a line that says itself it is none is less.
func TestWeightOfWords(t *testing.T) {
	for _, m := range failMessages {
		if got := wordWeight(m); got != 4 {
			t.Errorf("%q weighs %d, want 4", m, got)
		}
	}
	for _, m := range lackMessages {
		if got := wordWeight(m); got != 2 && !containsAny(strings.ToLower(m), failWords) {
			t.Errorf("%q weighs %d, want 2", m, got)
		}
	}
	for _, m := range mildMessages {
		if got := wordWeight(m); got != 2 {
			t.Errorf("%q weighs %d, want 2", m, got)
		}
	}
}

// Messages about what a call does, each with one of its words only.
var callMessages = map[string][]string{
	"setrlimit": {"cannot raise the limit of open files"}, "prlimit64": {"not allowed to raise maximum limit"},
	"setpriority": {"nice: cannot set it", "failed to set the priority"}, "sched_setaffinity": {"failed to set pid 9's affinity"},
	"sched_setscheduler": {"failed to set pid 9's policy", "cannot become a scheduler's favourite", "no real-time priority"},
	"sethostname":        {"you must be root to change the host name"}, "capset": {"cannot set capabilities", "failed to drop privileges"},
	"unshare": {"unshare failed", "cannot make a namespace"}, "setns": {"cannot join the namespace"},

	"flock": {"database is locked"}, "fcntl": {"cannot lock it"}, "listen": {"listen failed"},
	"bind":    {"cannot bind to it", "could not listen on it", "Address already in use", "port 80 is taken"},
	"connect": {"cannot connect", "peer not reachable", "no server", "upstream timed out", "mirror is down", "no route to host"},
	"clone":   {"cannot fork", "can't start new thread", "too many processes", "worker failed"},
	"clone3":  {"cannot fork", "can't start new thread", "too many processes", "worker failed"},
	"vfork":   {"cannot fork", "no more processes"},
	"mmap":    {"out of memory", "cannot allocate it", "failed to map it"}, "brk": {"memory exhausted", "cannot allocate it"},
	"execve": {"exec format error", "cannot run it", "command failed", "bad interpreter"},
	"mkdir":  {"no such directory", "no folder for it", "cannot create it", "mkdir failed"},
	"rename": {"rename failed", "cannot move it", "cannot replace it"}, "chdir": {"chdir failed", "no such directory", "no such folder"},
	"chown": {"chown failed", "cannot set its owner"}, "chmod": {"chmod failed", "cannot set its mode"}, "mount": {"mount failed"},
	"write": {"write failed", "error writing it", "no space left", "bad output"}, "pwrite64": {"write failed", "error writing it", "no space left"},
	"setuid": {"no such user", "cannot drop privileges"}, "setresuid": {"no such user", "cannot drop privileges"}, "setgroups": {"cannot set groups", "cannot drop privileges"},
	"link": {"cannot link it"}, "symlink": {"cannot link it"}, "chroot": {"chroot failed"},
	"ftruncate": {"no space left", "cannot set its size", "cannot truncate it"}, "fallocate": {"no space left", "cannot set its size"},
}
