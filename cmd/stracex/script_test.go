package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

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
	})
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
