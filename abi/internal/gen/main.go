// Command gen makes the z*.go tables of package abi.
//
// In: ../../calls.txt, flags.txt, ioctls.txt and uapi.txt (paths are those of
// package abi), and the pinned golang.org/x/sys/unix, read as source text.
// Out: zcalls.go, znumbers.go, zsets.go, zerrnos.go, zioctls.go.
//
//	go run ./internal/gen            write the tables, in the folder abi
//	go run ./internal/gen -headers   first write uapi.txt and ioctls.txt anew;
//	                                 needs gcc and the kernel's UAPI headers
//
// Start reading at tables.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	headers := flag.Bool("headers", false, "write uapi.txt and ioctls.txt from the kernel's headers")
	flag.Parse()
	if *headers {
		if err := writeHeaders("."); err != nil {
			log.Fatal(err)
		}
	}
	files, err := tables(".")
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// tables gives the text of each generated file by its name; dir is the folder
// of package abi.
func tables(dir string) (map[string][]byte, error) {
	unix, err := unixDir()
	if err != nil {
		return nil, err
	}
	consts, err := readConsts(unix)
	if err != nil {
		return nil, err
	}
	if err := consts.readUAPI(filepath.Join(dir, "uapi.txt")); err != nil {
		return nil, err
	}
	sets, err := readSets(filepath.Join(dir, "flags.txt"), consts)
	if err != nil {
		return nil, err
	}
	ioctls, err := readIoctls(filepath.Join(dir, "ioctls.txt"), consts)
	if err != nil {
		return nil, err
	}
	calls, err := readCalls(filepath.Join(dir, "calls.txt"), sets, ioctls)
	if err != nil {
		return nil, err
	}
	numbers, err := readNumbers(unix)
	if err != nil {
		return nil, err
	}
	errnos, signals, err := readErrors(unix)
	if err != nil {
		return nil, err
	}
	return emit(map[string]func(*writer){
		"zcalls.go":   func(w *writer) { writeCalls(w, calls) },
		"znumbers.go": func(w *writer) { writeNumbers(w, numbers) },
		"zsets.go":    func(w *writer) { writeSets(w, sets) },
		"zerrnos.go":  func(w *writer) { writeErrors(w, errnos, signals) },
		"zioctls.go":  func(w *writer) { writeIoctls(w, ioctls) },
	})
}

// unixDir is the folder of the pinned golang.org/x/sys/unix.
func unixDir() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil {
		return "", fmt.Errorf("go list golang.org/x/sys: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "unix"), nil
}
