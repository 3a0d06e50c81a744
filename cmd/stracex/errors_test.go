package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/stracex/stracex/parser"
	"github.com/stracex/stracex/tracer"
)

func TestComplain(t *testing.T) {
	denied := errors.New("operation not permitted")
	for _, c := range []struct {
		err    error
		status int
		want   []string // each is in what is said
	}{
		{nil, 0, nil},
		{&statusError{7, nil}, 7, nil},
		{&statusError{7, errors.New("disk on fire")}, 7, []string{"stracex: disk on fire\n"}},
		{ours(&tracer.NotFoundError{Name: "frob"}), 127, []string{"no such program: frob", "no directory of PATH has it"}},
		{ours(&tracer.NotFoundError{Name: "./frob"}), 127, []string{"check the path"}},
		{ours(&tracer.PermissionError{Yama: 3, Capable: true, Err: denied}), 125, []string{"ptrace_scope is 3", "restart"}},
		{ours(&tracer.PermissionError{Yama: 2, Err: denied}), 125, []string{"ptrace_scope is 2", "as root"}},
		{ours(&tracer.PermissionError{Yama: 1, Seccomp: true, Err: denied}), 125, []string{"container", "--cap-add SYS_PTRACE"}},
		{ours(&tracer.PermissionError{Yama: -1, Capable: true, Err: denied}), 125, []string{"another tracer"}},
		{ours(&tracer.KernelError{Needs: "PTRACE_X (Linux 9)", Err: syscall.EIO}), 125, []string{"PTRACE_X", "strace -f"}},
		{ours(tracer.ErrUnsupported), 125, []string{"needs Linux", "stracex analyze"}},
		{fmt.Errorf("a.log: %w", parser.ErrEmpty), 2, []string{"a.log: the file is empty", "strace -f -s 256"}},
		{&parser.NotATraceError{Name: "a.out", Looks: "an ELF program"}, 2, []string{"an ELF program", "strace -f -s 256"}},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, 2, []string{"open x: permission denied", "choose a place"}},
		{ours(&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}), 125, []string{"make room"}},
		{ours(&tempError{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}}), 125, []string{"no space", "TMPDIR"}},
		{&commandError{[]string{"./app", "-x"}}, 2, []string{"no such subcommand: ./app", "stracex why ./app -x"}},
		{errors.New("a\x1b[31m\nb\u202e"), 2, []string{"stracex: a\\x1b[31m\nstracex: b\\u202e\n"}},
	} {
		var b bytes.Buffer
		if got := complain(&b, c.err); got != c.status {
			t.Errorf("%v: status %d, want %d", c.err, got, c.status)
		}
		for _, w := range c.want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%v: %q is not in what is said:\n%s", c.err, w, b.String())
			}
		}
		if c.want == nil && b.Len() > 0 {
			t.Errorf("%v: said %q", c.err, b.String())
		}
	}
}
