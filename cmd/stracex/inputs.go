package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/stracex/stracex/parser"
)

// input is one trace that a command line names: a file, or the files of strace
// -ff.
type input struct {
	name  string // of the file, or what the names of a set's files begin with
	files []threadFile
	set   bool // files hold a thread each
}

// threadFile is a file with the thread that its name tells of.
type threadFile struct {
	path string
	tid  int
	head parser.Head
}

// Which files are one trace: those of a folder whose names are PREFIX.PID, with
// the same PREFIX, and whose lines are all of that thread. A log that names its
// threads in its lines is one by itself, and so is one that begins with an execve
// and tells another id of its own (set_tid_address(2)): then the number in its
// name counts something else, as with trace.1 and trace.2.

// findInputs says which traces the arguments name: files, folders, patterns that
// no shell has expanded, prefixes of strace -ff. left says what was found but is
// no trace, errs what was named and is not there.
func findInputs(args []string) (inputs []input, left, errs []error) {
	var f finder
	for _, arg := range args {
		if err := f.find(arg); err != nil {
			errs = append(errs, err)
		}
	}
	return f.inputs, f.left, errs
}

type finder struct {
	inputs []input
	left   []error
	seen   map[string]bool // paths
	sets   map[string]int  // by prefix: place in inputs
}

// find adds what one argument names.
func (f *finder) find(arg string) error {
	if arg == "-" {
		f.inputs = append(f.inputs, input{name: "standard input", files: []threadFile{{path: arg}}})
		return nil
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return f.folder(arg)
	case err == nil:
		f.add(arg, true)
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	// A name that is a pattern, or the beginning of names.
	names, _ := filepath.Glob(arg)
	if len(names) == 0 {
		names = threadFiles(arg)
	}
	if len(names) == 0 {
		_, err := os.Open(arg)
		return err
	}
	return f.all(arg, names)
}

// folder adds the traces in a folder, not those in folders below it.
func (f *finder) folder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return f.all(dir, names)
}

// all adds the traces among the files that an argument stands for.
func (f *finder) all(arg string, names []string) error {
	found := false
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			found = f.add(name, false) || found
		}
	}
	if !found {
		return &noTraceError{arg}
	}
	return nil
}

// add adds a file, to the set that it belongs to or by itself; it returns false if
// it is no trace. Of what was named that is said when it is read.
func (f *finder) add(path string, named bool) bool {
	if f.seen[path] {
		return true
	}
	prefix, tid := cutThread(path)
	if named && tid == 0 {
		f.single(path)
		return true
	}
	head, err := readHead(path)
	switch {
	case err == nil && tid != 0 && isThreadFile(head, tid):
		f.thread(prefix, threadFile{path, tid, head})
	case err == nil || named:
		f.single(path)
	case tid != 0 && errors.Is(err, parser.ErrEmpty):
		f.see(path) // a thread that was killed before it did anything
	default:
		f.left = append(f.left, err)
		return false
	}
	return true
}

func (f *finder) see(path string) {
	if f.seen == nil {
		f.seen, f.sets = map[string]bool{}, map[string]int{}
	}
	f.seen[path] = true
}

func (f *finder) single(path string) {
	f.see(path)
	f.inputs = append(f.inputs, input{name: path, files: []threadFile{{path: path}}})
}

func (f *finder) thread(prefix string, file threadFile) {
	f.see(file.path)
	i, ok := f.sets[prefix]
	if !ok {
		i = len(f.inputs)
		f.sets[prefix] = i
		f.inputs = append(f.inputs, input{name: prefix, set: true})
	}
	f.inputs[i].files = append(f.inputs[i].files, file)
}

// threadFiles are the files of strace -ff -o PREFIX.
func threadFiles(prefix string) (names []string) {
	entries, err := os.ReadDir(filepath.Dir(prefix))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := filepath.Join(filepath.Dir(prefix), e.Name())
		if p, tid := cutThread(name); tid != 0 && p == filepath.Clean(prefix) {
			names = append(names, name)
		}
	}
	return names
}

const maxTID = 1 << 22 // PID_MAX_LIMIT (linux/threads.h)

// cutThread separates the thread id from the name of a file of strace -ff, which
// may be compressed; tid is 0 for other names.
func cutThread(path string) (prefix string, tid int) {
	name := path
	for _, ending := range []string{".gz", ".zst", ".xz"} {
		name = strings.TrimSuffix(name, ending)
	}
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 {
		return path, 0
	}
	n, err := strconv.ParseUint(name[dot+1:], 10, 32)
	if err != nil || n == 0 || n >= maxTID || name[dot+1] == '0' {
		return path, 0
	}
	return name[:dot], int(n)
}

// isThreadFile says whether the file with this beginning holds the events of this
// thread.
func isThreadFile(h parser.Head, tid int) bool {
	switch {
	case h.Kind != "strace":
		return false
	case h.TID == tid:
		return true
	case h.Column || h.TID < 0:
		return false
	}
	return h.TID == 0 || h.Call != "execve" // in a pid namespace it has another id
}

func readHead(path string) (parser.Head, error) {
	f, err := os.Open(path)
	if err != nil {
		return parser.Head{}, err
	}
	defer f.Close()
	return parser.ReadHead(f, path)
}

// noTraceError is a folder or pattern without traces.
type noTraceError struct{ name string }

func (e *noTraceError) Error() string { return e.name + ": there is no trace in it" }

// tellLeftOut says which files were found and are no traces.
func tellLeftOut(left []error) {
	const most = 10
	for _, err := range left[:min(len(left), most)] {
		warn("left out: " + err.Error())
	}
	if more := len(left) - most; more > 0 {
		warn(fmt.Sprintf("left out: %d other files", more))
	}
}
