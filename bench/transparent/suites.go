//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// suite is a program's own tests.
type suite struct {
	name    string
	prepare func(s *suite, dir string) error // gets and builds it in a directory; may set argv and dir
	argv    []string
	dir     string
	read    func(out []byte) results
}

// goSuite is the tests of a package of the standard library. Those of net that
// ask the internet for names are left out by -short: offline each waits for 36 s
// and fails.
func goSuite(pkg string) suite {
	argv := []string{"go", "test", "-json", "-count=1", "-timeout=30m"}
	if pkg == "net" {
		argv = append(argv, "-short")
	}
	return suite{name: pkg, argv: append(argv, pkg), read: readGo,
		prepare: func(s *suite, dir string) error {
			s.dir = dir // outside of this module
			return nil
		}}
}

// sourceSuite is the tests of a Debian source package, built without Debian's patches.
func sourceSuite(pkg string) suite {
	return suite{name: pkg, argv: []string{"make", "-k", "-j2", "check"}, read: readAutomake, prepare: prepareSource}
}

func prepareSource(s *suite, dir string) error {
	if s.dir = unpacked(dir); s.dir == "" {
		if err := getSource(s.name, dir); err != nil {
			return err
		}
		s.dir = unpacked(dir)
	}
	for _, argv := range [][]string{{"./configure", "-q"}, {"make", "-s", "-j2"}, {"make", "-s", "-j2", "check", "TESTS="}} {
		if argv[0] == "./configure" && exists(filepath.Join(s.dir, "config.status")) {
			continue
		}
		// coreutils and tar refuse to be configured by root without.
		if err := command(s.dir, []string{"FORCE_UNSAFE_CONFIGURE=1"}, argv...); err != nil {
			return err
		}
	}
	return nil
}

// getSource gets a package's source from where the machine gets its packages.
// apt's state is a directory of its own.
func getSource(pkg, dir string) error {
	const format = "deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)"
	lines, err := exec.Command("apt-get", "indextargets", "--format", format, "Created-By: Packages").Output()
	if err != nil {
		return fmt.Errorf("apt-get indextargets: %w", err)
	}
	if len(lines) == 0 {
		return errors.New("apt has no package lists: run apt-get update")
	}
	apt := filepath.Join(dir, "apt")
	if err := os.MkdirAll(filepath.Join(apt, "lists", "partial"), 0o755); err != nil {
		return err
	}
	list := filepath.Join(apt, "sources.list")
	if err := os.WriteFile(list, lines, 0o644); err != nil {
		return err
	}
	own := []string{"apt-get", "-q",
		"-o", "Dir::Etc::SourceList=" + list, "-o", "Dir::Etc::SourceParts=-",
		"-o", "Dir::State=" + apt, "-o", "Dir::State::Lists=" + filepath.Join(apt, "lists"), "-o", "Dir::Cache=" + apt,
		"-o", "APT::Sandbox::User=", "-o", "APT::Update::Post-Invoke-Success="}
	if err := command(dir, nil, append(own, "update")...); err != nil {
		return err
	}
	if err := command(dir, nil, append(own, "--download-only", "source", pkg)...); err != nil {
		return err
	}
	// As its authors have released it: what Debian patches looks out of date to
	// make, which then wants automake and makeinfo.
	return command(dir, nil, "sh", "-c", "dpkg-source --skip-patches -x *.dsc")
}

// unpacked is the directory that apt-get source has made, or "".
func unpacked(dir string) string {
	all, _ := filepath.Glob(filepath.Join(dir, "*", "configure"))
	if len(all) != 1 {
		return ""
	}
	return filepath.Dir(all[0])
}

func exists(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}

// command runs a command of the preparation; its output is the error's.
func command(dir string, env []string, argv ...string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out)
	}
	return nil
}

// automakeLine is what make check prints for a test: automake's manual, "Testsuites".
var automakeLine = regexp.MustCompile(`(?m)^(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): (\S.*)$`)

func readAutomake(out []byte) results {
	got := results{}
	for _, m := range automakeLine.FindAllSubmatch(out, -1) {
		got[string(m[2])] = string(m[1])
	}
	return got
}

// readGo reads what go test -json prints. The result of the package itself, which
// follows from those of its tests, is left out.
func readGo(out []byte) results {
	got := results{}
	for line := range bytes.Lines(out) {
		var e struct{ Action, Test string }
		if json.Unmarshal(line, &e) != nil || e.Test == "" {
			continue // not go test's, but what a test wrote to stderr
		}
		switch e.Action {
		case "pass", "fail", "skip":
			got[e.Test] = e.Action
		}
	}
	return got
}
