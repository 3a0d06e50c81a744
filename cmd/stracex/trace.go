package main

import (
	"os"
	"slices"

	"github.com/mattn/go-isatty"

	"github.com/stracex/stracex/analyze/census"
	"github.com/stracex/stracex/parser"
	"github.com/stracex/stracex/parser/merge"
	"github.com/stracex/stracex/parser/sieve"
)

// trace is an input that is being read.
type trace struct {
	parser.Reader
	merged   *merge.Reader // of a set
	choice   *census.Choice
	progress *progress
	file     *os.File
}

// reading says how an input is read.
type reading struct {
	verbose bool  // the structures of a capture whole
	shown   bool  // how far it is may be shown meanwhile
	large   large // of such a log what hardly matters is left out
}

// open opens an input.
func (in *input) open(how reading) (*trace, error) {
	t := &trace{}
	typed := in.files[0].path == "-" && isatty.IsTerminal(os.Stdin.Fd())
	if how.shown && !typed {
		t.progress = newProgress(in.size())
	}
	t.choice = in.chosen(how.large, t.progress)
	var err error
	if in.set {
		t.merged = merge.New(in.members(t.progress))
		t.Reader = t.merged
	} else {
		err = t.openFile(in, how.verbose)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *trace) openFile(in *input, verbose bool) (err error) {
	t.file = os.Stdin
	if path := in.files[0].path; path != "-" {
		if t.file, err = os.Open(path); err != nil {
			return err
		}
	}
	r := t.progress.reader(t.file)
	switch {
	case t.choice != nil:
		t.Reader, err = sieve.Open(r, in.name, t.choice.Wants)
	case verbose:
		t.Reader, err = parser.NewVerbose(r, in.name)
	default:
		t.Reader, err = parser.New(r, in.name)
	}
	return err
}

// close lets go of the files, and of what is shown on the terminal.
func (t *trace) close() {
	t.progress.end()
	if t.merged != nil {
		t.merged.Close()
	}
	if t.file != nil {
		t.file.Close()
	}
}

// size is how many bytes there are to read, 0 when that is not known.
func (in *input) size() (sum int64) {
	for _, f := range in.files {
		info, err := os.Stat(f.path)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		sum += info.Size()
	}
	return sum
}

// paths are the names of the input's files.
func (in *input) paths() (names []string) {
	if !in.set {
		return []string{in.name}
	}
	for _, f := range in.files {
		names = append(names, f.path)
	}
	slices.Sort(names)
	return names
}

func (in *input) members(p *progress) (members []merge.Member) {
	for _, f := range in.files {
		members = append(members, merge.Member{TID: f.tid, Head: f.head, Open: func() (parser.Reader, func(), error) {
			r, err := parser.New(p.reader(&blocks{path: f.path}), f.path)
			return r, func() {}, err
		}})
	}
	return members
}

// blocks reads a file that is open only while it reads: a set may have more
// files at a time than a process may have open.
type blocks struct {
	path string
	at   int64
}

func (b *blocks) Read(p []byte) (int, error) {
	f, err := os.Open(b.path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	n, err := f.ReadAt(p, b.at)
	b.at += int64(n)
	if n > 0 {
		return n, nil
	}
	return 0, err
}
