package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/ulikunitz/xz"

	"github.com/stracex/stracex/tracer"
)

func TestMain(m *testing.M) {
	tracer.Init()
	testscript.Main(m, map[string]func(){"stracex": main})
}

// TestScript runs the transcripts in testdata/script. UPDATE_SCRIPTS=1 writes
// the files that their cmp lines compare with.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Condition:     condition,
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"pack": pack},
	})
}

// pack FORMAT FROM TO compresses a file, with gzip, zstd or xz.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: pack FORMAT FROM TO")
	}
	to, err := os.Create(ts.MkAbs(args[2]))
	ts.Check(err)
	defer to.Close()
	var w io.WriteCloser
	switch args[0] {
	case "gzip":
		w = gzip.NewWriter(to)
	case "zstd":
		w, err = zstd.NewWriter(to)
	case "xz":
		w, err = xz.NewWriter(to)
	default:
		ts.Fatalf("unknown format %q", args[0])
	}
	ts.Check(err)
	_, err = io.WriteString(w, ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(w.Close())
}

// condition gives [missing:PROGRAM], for scripts that skip without a program
// which not every machine has. With STRACEX_REQUIRE_TOOLS=1 they fail instead.
// [root] is for what only root may do.
func condition(cond string) (bool, error) {
	if cond == "root" {
		return os.Geteuid() == 0, nil
	}
	name, ok := strings.CutPrefix(cond, "missing:")
	if !ok {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	_, err := exec.LookPath(name)
	if err != nil && os.Getenv("STRACEX_REQUIRE_TOOLS") == "1" {
		return false, fmt.Errorf("%s is required: %w", name, err)
	}
	return err != nil, nil
}
