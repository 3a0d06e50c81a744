package parser

import (
	"fmt"
	"strings"

	"github.com/stracex/stracex/abi"
	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/stx"
)

// Records that are no calls, in event's terms.

func processEvent(p *stx.Process) *event.Process {
	e := &event.Process{
		At: p.At, PID: p.PID, PPID: p.PPID, Exe: p.Exe, Argv: p.Argv, Cwd: p.Cwd, Root: p.Root,
		UID: p.UID, GID: p.GID, Groups: p.Groups, Umask: p.Umask,
		Caps: event.Caps{Inheritable: p.CapInh, Permitted: p.CapPrm, Effective: p.CapEff,
			Bounding: p.CapBnd, Ambient: p.CapAmb},
		NoNewPrivs: p.NoNewPrivs, Seccomp: p.Seccomp, Security: p.Security,
	}
	for _, l := range p.Limits {
		e.Limits = append(e.Limits, event.Limit(l))
	}
	for _, fd := range p.FDs {
		e.FDs = append(e.FDs, event.FD(fd))
	}
	for _, ns := range p.NS {
		e.NS = append(e.NS, event.Namespace(ns))
	}
	return e
}

func evidenceEvent(s *stx.Evidence) *event.Seen {
	e := &event.Seen{
		Path: s.Path, Head: s.Head, UID: s.UID, GID: s.GID, Groups: s.Groups, Caps: s.Caps, Text: s.Text,
	}
	for _, step := range s.Walk {
		e.Walk = append(e.Walk, event.PathStep{
			Path: step.Path, Type: fileType(step.Mode), Mode: step.Mode & 07777, UID: step.UID, GID: step.GID,
			Size: step.Size, Link: step.Link, Errno: errnoName(int64(step.Errno)),
		})
	}
	return e
}

// fileType names the file type of an st_mode (inode(7)), "" when it has none.
func fileType(mode uint32) string {
	switch mode >> 12 {
	case 001:
		return "fifo"
	case 002:
		return "char"
	case 004:
		return "dir"
	case 006:
		return "block"
	case 010:
		return "file"
	case 012:
		return "symlink"
	case 014:
		return "socket"
	}
	return ""
}

// errnoName names an errno, "" for 0; one that the kernel doesn't document
// gives its number.
func errnoName(n int64) string {
	if n == 0 {
		return ""
	}
	if name := abi.ErrnoName(int(n)); name != "" {
		return name
	}
	return fmt.Sprintf("E%d", n)
}

func noteText(n *stx.Note) string {
	if n.Text == "" {
		return n.Code
	}
	return n.Text
}

// finishCode is "timeout" where a time limit ended what was captured.
func finishCode(f *stx.Finish) string {
	if f.Reason == "timeout" {
		return f.Reason
	}
	return ""
}

// finishText says how a capture ended, "" when all that it followed had ended.
func finishText(f *stx.Finish) string {
	text := "the capture ended: " + f.Reason
	switch {
	case len(f.Left) == 0 && f.Reason == "exited":
		return ""
	case len(f.Left) == 0:
		return text
	}
	left := make([]string, 0, min(len(f.Left), 16))
	for _, pid := range f.Left[:cap(left)] {
		left = append(left, fmt.Sprint(pid))
	}
	if len(f.Left) > len(left) {
		left = append(left, "...")
	}
	return text + "; still running: " + strings.Join(left, ", ")
}
