package tracer

import (
	"debug/elf"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/stracex/stracex/stx"
)

const (
	headSize = 256 // what the kernel itself looks at (BINPRM_BUF_SIZE)
	// interpreterDepth is how many interpreters' interpreters the kernel follows.
	interpreterDepth = 5
)

// inspectProgram looks, after a failed execve, at the file that was to be
// executed, and walks on to its interpreter: the kernel's ENOENT or EACCES may
// be about that.
func inspectProgram(w *walk, ev *stx.Evidence) {
	for depth := 0; depth < interpreterDepth && w.end != ""; depth++ {
		file := w.end
		f, err := openRegular(w.place.here(file))
		if err != nil {
			return
		}
		head := make([]byte, headSize)
		n, _ := io.ReadFull(f, head)
		head = head[:n]
		if depth == 0 {
			ev.Head = head
		}
		interpreter := interpreterOf(f, head)
		f.Close()
		if interpreter == "" || w.steps[len(w.steps)-1].Mode&0o111 == 0 {
			return // what isn't executable has failed by itself
		}
		ev.Text = append(ev.Text, "interpreter "+interpreter+" of "+file)
		if !strings.HasPrefix(interpreter, "/") {
			dir, ok := w.place.directory(unix.AT_FDCWD)
			if !ok {
				return
			}
			interpreter = dir + "/" + interpreter
		}
		w.to(interpreter, true)
	}
}

// openRegular opens a file that can't block or do anything when opened.
func openRegular(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, unix.EINVAL
	}
	return f, nil
}

// interpreterOf gives what a script's first line or an ELF file's PT_INTERP
// names, "" for none.
func interpreterOf(f io.ReaderAt, head []byte) string {
	if line, ok := strings.CutPrefix(string(head), "#!"); ok {
		line, _, _ = strings.Cut(line, "\n")
		line, _, _ = strings.Cut(line, "\x00")
		line = strings.TrimLeft(line, " \t")
		if end := strings.IndexAny(line, " \t"); end >= 0 {
			line = line[:end]
		}
		return line
	}
	file, err := elf.NewFile(f)
	if err != nil {
		return ""
	}
	for _, p := range file.Progs {
		if p.Type != elf.PT_INTERP {
			continue
		}
		name := make([]byte, min(p.Filesz, 4096))
		n, _ := p.ReadAt(name, 0)
		s, _, _ := strings.Cut(string(name[:n]), "\x00")
		return s
	}
	return ""
}
