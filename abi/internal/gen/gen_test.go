package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The generated files are what the generator makes now.
func TestTablesAreCurrent(t *testing.T) {
	files, err := tables("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./abi", name)
		}
	}
	old, _ := filepath.Glob("../../z*.go")
	for _, name := range old {
		if files[filepath.Base(name)] == nil {
			t.Errorf("%s is made by nothing", name)
		}
	}
}

// Every line of the text files is used: a struct's size by a call, a constant
// of uapi.txt by a set.
func TestTextsHoldNothingUnused(t *testing.T) {
	calls := text(t, "calls.txt")
	flags := strings.Fields(text(t, "flags.txt"))
	used := map[string]bool{}
	for _, w := range flags {
		used[strings.TrimSuffix(w, ":")] = true
	}
	for line := range strings.Lines(calls) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "struct" && !strings.Contains(calls, "struct:"+f[1]) && !strings.Contains(calls, "array:"+f[1]) {
			t.Errorf("no call has a struct %s", f[1])
		}
	}
	for line := range strings.Lines(text(t, "uapi.txt")) {
		if f := strings.Fields(line); f[0] != "#" && !used[f[0]] {
			t.Errorf("%s is in no set", f[0])
		}
	}
}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What is wrong in calls.txt is said with its line.
func TestCallErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"open(path path", "want: name(arguments) = result"},
		{"open(path path) = what", `unknown result "what"`},
		{"open(path pth) = fd", "unknown kind"},
		{"read(fd fd, buf buf[n], n size) = size", "direction missing"},
		{"read(fd in fd) = size", "direction missing, or too much"},
		{"read(buf out buf[ret<=count]) = size", `no argument "count"`},
		{"read(buf out buf[count]) = size", `no argument "count"`},
		{"stat(s out struct:stat) = int", "no such struct"},
		{"open(f flags:open) = fd", "no such set"},
		{"open(f flags:whence) = fd", "the set is of the other kind"},
		{"lseek(a enum:whence) = int\n\tSEEK_NO: b int", "no argument of lseek has this value"},
		{"lseek(a enum:whence) = int\n\t\tSEEK_SET: b int", "indented too far"},
		{"a() = int\na() = int", "a is there twice"},
		{"[m68k] a() = int", "unknown architecture"},
		{"a(a int, b int, c int, d int, e int, f int, g int) = int", "more than six"},
	}
	known := sets{"whence": {name: "whence", enum: true, of: [3]setValues{{bits: []named{{"SEEK_SET", 0}}}}}}
	for _, tt := range tests {
		name := filepath.Join(t.TempDir(), "calls.txt")
		if err := os.WriteFile(name, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readCalls(name, known, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "calls.txt:") {
			t.Errorf("%q: %v, want %s", tt.text, err, tt.want)
		}
	}
}
