package parser_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/analyze"
	"github.com/stracex/stracex/parser"
	"github.com/stracex/stracex/parser/carrier"
	"github.com/stracex/stracex/stx"
)

// What is borrowed from the reader is not kept: the diagnosis of a log is the same
// when each event is spoiled as soon as the next one is read.
func TestNothingBorrowedIsKept(t *testing.T) {
	logs, _ := filepath.Glob("../testdata/strace/*.log")
	logs = append(logs, parser.CorpusLogs(t)...)
	for _, path := range logs {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if carrier.IsPacked(log) || stx.IsCapture(log) {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			if d := cmp.Diff(diagnose(t, log, false), diagnose(t, log, true)); d != "" {
				t.Error(d)
			}
		})
	}
}

// diagnose gives the diagnosis of a log, nil for what is no log.
func diagnose(t *testing.T, log []byte, spoil bool) *analyze.Diagnosis {
	t.Helper()
	r, err := parser.New(bytes.NewReader(log), "log")
	if err != nil {
		return nil
	}
	if spoil {
		r = parser.Spoil(r)
	}
	a := analyze.New()
	for e, err := r.Read(); err == nil; e, err = r.Read() {
		if !spoil {
			e = e.Keep()
		}
		a.Add(e)
	}
	return a.Diagnose()
}
