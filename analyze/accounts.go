package analyze

import (
	"fmt"
	"strings"
)

// accountWords are those of a complaint about a user or group that isn't known.
var accountWords = []string{
	"unknown user", "unknown account", "unknown group", "unknown login", "no such user", "no such group", "no such account",
	"invalid user", "invalid group", "user not found", "group not found", "find user", "find group", "find the user", "find the group",
	"no passwd entry", "no password entry", "getpwnam", "getgrnam", "user does not exist", "group does not exist",
	"user exists for", "group exists for", "uid for user", "gid for group", "unknown uid", "unknown gid",
}

// unknownAccount is the list of accounts, /etc/passwd or /etc/group, that a process
// looked through right before a message about an unknown account: the calls go well,
// the name isn't in it. "setuidgid: fatal: unknown account nosuchuser".
func unknownAccount(_ *facts, s *suspect) []*candidate {
	if s.anchor.line == nil {
		return nil
	}
	low := strings.ToLower(s.anchor.line.text)
	if !containsAny(low, accountWords) {
		return nil
	}
	list := "/etc/passwd"
	if strings.Contains(low, "group") || strings.Contains(low, "getgrnam") {
		list = "/etc/group"
	}
	src := s.hist.sources[list]
	if src == nil || src.file == nil || src.file.Reads == 0 || src.pos.index > s.anchor.pos.index || src.pos.seq < s.hist.execSeq || s.anchor.pos.seq-src.pos.seq > refusalWindow {
		return nil
	}
	c := dataCause(s, src, src.pos)
	c.account = true
	return []*candidate{c}
}

// accountCause: the list was read, the name isn't in it.
func accountCause(out *Cause, c *candidate) {
	list := c.source.path
	out.Summary = fmt.Sprintf("the account that it asks for is not in %s", list)
	out.Explanation = fmt.Sprintf("%s read %s without an error, and then says that it doesn't know the account.", name(c.sus.hist.proc), list)
	out.Advice = append(out.Advice, "make the account (useradd, groupadd), or correct its name where it is configured; getent passwd NAME shows what is known")
}
