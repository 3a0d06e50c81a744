package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// include is where the kernel's UAPI headers are.
const include = "/usr/include"

// writeHeaders writes uapi.txt, with the constants of flags.txt that x/sys
// lacks, and ioctls.txt, from the headers on this machine.
func writeHeaders(dir string) error {
	unix, err := unixDir()
	if err != nil {
		return err
	}
	c, err := readConsts(unix)
	if err != nil {
		return err
	}
	missing, err := missingConsts(filepath.Join(dir, "flags.txt"), c)
	if err != nil {
		return err
	}
	if err := writeUAPI(filepath.Join(dir, "uapi.txt"), missing); err != nil {
		return err
	}
	return writeRequests(filepath.Join(dir, "ioctls.txt"))
}

// missingConsts gives the constants of flags.txt that are not in x/sys.
func missingConsts(name string, c *consts) ([]string, error) {
	missing := map[string]bool{}
	err := eachLine(name, func(line string) error {
		if line[0] != '\t' {
			return nil
		}
		for _, w := range strings.Fields(line) {
			w = strings.TrimSuffix(w, ":")
			if strings.ContainsAny(w, "*!<=") {
				continue
			}
			found := false
			for i := range arches {
				_, ok, _ := c.value(w, i)
				found = found || ok
			}
			if !found {
				missing[w] = true
			}
		}
		return nil
	})
	return sortedKeys(missing), err
}

func sortedKeys(m map[string]bool) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// writeUAPI writes each constant with its value and the header that defines it.
func writeUAPI(file string, names []string) error {
	var out bytes.Buffer
	out.WriteString("# Constants that golang.org/x/sys/unix lacks: NAME VALUE HEADER.\n")
	out.WriteString("# Made by \"go run ./internal/gen -headers\" from the kernel's UAPI headers.\n")
	where, err := definitions(names)
	if err != nil {
		return err
	}
	for _, header := range sortedHeaders(where) {
		values, err := evaluate(header, where[header])
		if err != nil {
			return err
		}
		for _, n := range where[header] {
			fmt.Fprintf(&out, "%s %s %s\n", n, values[n], header)
		}
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

// folders are those of the headers that are searched, in this order.
var folders = []string{"linux", "asm-generic", "asm", "sound", "drm", "mtd", "rdma", "scsi", "misc", "xen", "bits", "sys", "."}

// headers lists the header files, as #include names them.
func headers() []string {
	var list []string
	for _, f := range folders {
		for _, root := range []string{include, filepath.Join(include, "x86_64-linux-gnu")} {
			found, _ := filepath.Glob(filepath.Join(root, f, "*.h"))
			for _, h := range found {
				rel, _ := filepath.Rel(root, h)
				list = append(list, rel)
			}
		}
	}
	return list
}

// readHeader gives a header's text.
func readHeader(name string) []byte {
	for _, root := range []string{include, filepath.Join(include, "x86_64-linux-gnu")} {
		if text, err := os.ReadFile(filepath.Join(root, name)); err == nil {
			return text
		}
	}
	return nil
}

// definitions finds the header that defines each name, as a macro or as a
// member of an enumeration.
func definitions(names []string) (map[string][]string, error) {
	where := map[string][]string{}
	texts := map[string][]byte{}
	list := headers()
	for _, h := range list {
		texts[h] = readHeader(h)
	}
	var lost []string
	for _, n := range names {
		re := regexp.MustCompile(`(?m)^\s*#\s*define\s+` + n + `\s+\S|^\s*` + n + `\s*(=|,|$|/\*)`)
		found := false
		for _, h := range list {
			if re.Match(texts[h]) {
				where[h] = append(where[h], n)
				found = true
				break
			}
		}
		if !found {
			lost = append(lost, n)
		}
	}
	if lost != nil {
		return nil, fmt.Errorf("in no header: %s", strings.Join(lost, " "))
	}
	return where, nil
}

func sortedHeaders(m map[string][]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// evaluate lets gcc say what constants of a header are. A header that can't be
// included by itself is reached through the C library's.
func evaluate(header string, names []string) (map[string]string, error) {
	var main strings.Builder
	for i, n := range names {
		fmt.Fprintf(&main, "#line %d \"request\"\n", i+1)
		fmt.Fprintf(&main, "printf(\"%s %%#llx\\n\", (unsigned long long)(%s));\n", n, n)
	}
	const libc = "#include <signal.h>\n#include <fcntl.h>\n#include <time.h>\n"
	own := "#include <" + header + ">\n#include <linux/ioctl.h>\n#include <linux/fiemap.h>\n" // linux/fs.h has a request of it
	var out string
	var err error
	for _, includes := range []string{libc, "#include <stdint.h>\n#include <sys/socket.h>\n#include <sys/time.h>\n" + own, own} {
		prog := "#define _GNU_SOURCE\n#include <stdio.h>\n#include <stddef.h>\n" + includes +
			"\nint main(void) {\n" + main.String() + "return 0; }\n"
		if out, err = runC(prog); err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", header, err)
	}
	values := map[string]string{}
	for line := range strings.Lines(out) {
		n, v, _ := strings.Cut(strings.TrimSpace(line), " ")
		values[n] = v
	}
	return values, nil
}

// runC compiles and runs a C program and gives its output.
func runC(text string) (string, error) {
	dir, err := os.MkdirTemp("", "gen")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "a.out")
	gcc := exec.Command("gcc", "-w", "-x", "c", "-o", bin, "-")
	gcc.Stdin = strings.NewReader(text)
	var stderr bytes.Buffer
	gcc.Stderr = &stderr
	if err := gcc.Run(); err != nil {
		return "", errors.New(stderr.String())
	}
	out, err := exec.Command(bin).Output()
	return string(out), err
}
