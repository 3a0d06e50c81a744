package analyze

import (
	"fmt"
	"strings"
)

// shortMeanings are the words of a first line for errors that mean another thing for
// a class of calls than by themselves; their texts are in errorTexts.
var shortMeanings = map[callError]string{
	{"notify", "EMFILE"}: "too many inotify instances of this user",
	{"watch", "ENOSPC"}:  "no inotify watches are left to this user",
	{"queue", "ENOSPC"}:  "the system's limit of such objects is reached",
	{"queue", "EINVAL"}:  "the size is more than is allowed, or than what is there",
	{"start", "ENOSPC"}:  "the limit of namespaces is reached",
	{"start", "EAGAIN"}:  "no more processes or threads may be started",
	{"mount", "EINVAL"}:  "no such file system, or a wrong option",
	{"lock", "EAGAIN"}:   "somebody else holds the lock",
	{"lock", "EACCES"}:   "somebody else holds the lock",
	{"lock", "EINTR"}:    "the wait for it was broken off",
	{"remove", "EBUSY"}:  "it is a mount point, or in use",
}

// short is the error in the words of a first line.
func short(x *failure) string {
	if refusedValue(x) {
		return "the kernel refuses the value"
	}
	if s, ok := shortMeanings[callError{callClass[x.name], x.errno}]; ok {
		return s
	}
	if s, ok := shortTexts[x.errno]; ok {
		return s
	}
	return x.errno
}

// refusedValue: a write to a file of /proc or /sys was refused, as with "echo 5000
// >/proc/self/oom_score_adj".
func refusedValue(x *failure) bool {
	return readWrite[x.name] == isWrite && (strings.HasPrefix(x.path, "/proc/") || strings.HasPrefix(x.path, "/sys/"))
}

// whyNoFolder says from the walk which part of a path is no directory.
func whyNoFolder(ev *Evidence) (string, []string, bool) {
	if ev == nil {
		return "", nil, false
	}
	for _, s := range ev.PathWalk {
		if s.Errno == "" && s.Type != "dir" && s.Type != "symlink" {
			return fmt.Sprintf("%s, where a directory is needed, is a %s.", s.Path, kindNames[s.Type]),
				[]string{fmt.Sprintf("move %s away, or correct the path where it is configured", s.Path)}, true
		}
	}
	return "", nil, false
}

// kindNames are the types of a walk in words.
var kindNames = map[string]string{"file": "plain file", "fifo": "FIFO", "socket": "socket", "char": "device", "block": "device"}

// findings is what was seen that says who, or what, stood in the way: "127.0.0.1:80 is
// held by nginx[12]", "the file system of /srv is mounted noexec".
func findings(ev *Evidence) string {
	if ev == nil {
		return ""
	}
	text := ""
	for _, f := range ev.Findings {
		if strings.Contains(f, " held by ") || strings.HasSuffix(f, " is mounted noexec") {
			text += " What was seen: " + f + "."
		}
	}
	return text
}
