package analyze

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stracex/stracex/event"
)

func TestNamesIn(t *testing.T) {
	tests := []struct {
		text, name string
		want       bool
	}{
		{"cannot open /etc/app.conf: denied", "/etc/app.conf", true},
		{"cannot open '/etc/app.conf'", "/etc/app.conf", true},
		{"cannot open /etc/app.conf.d", "/etc/app.conf", false},
		{"cannot open /etc/app.conf/x", "/etc/app.conf", false},
		{"the end is /etc/app.conf.", "/etc/app.conf", true},
		{"cannot open /srv/etc/app.conf", "/etc/app.conf", false},
		{"No module named 'billing'", "billing", true},
		{"prebilling failed", "billing", false},
		{"", "x", false},
	}
	for _, tt := range tests {
		if got := namesIn(tt.text, tt.name); got != tt.want {
			t.Errorf("namesIn(%q, %q) = %v", tt.text, tt.name, got)
		}
	}
}

func TestBeginsWord(t *testing.T) {
	tests := []struct {
		text, w string
		want    bool
	}{
		{"error opening configuration file", "config", true},
		{"error in reconfiguration", "config", false},
		{"", "config", false},
	}
	for _, tt := range tests {
		if got := beginsWord(tt.text, tt.w); got != tt.want {
			t.Errorf("beginsWord(%q, %q) = %v", tt.text, tt.w, got)
		}
	}
}

func TestErrnosIn(t *testing.T) {
	tests := []struct{ text, want string }{
		{"cat: x: No such file or directory", "ENOENT"},
		{"main.sh: 1: cannot open x: No such file", "ENOENT"},
		{"OSError: [Errno 98] Address already in use", "EADDRINUSE"},
		{"Error: EACCES: permission denied, open '/x'", "EACCES"},
		{"failed (os error 13)", "EACCES"},
		{"bind() failed (98: Address already in use)", "EADDRINUSE"},
		{"EXAMPLE of no error at all", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(slices.Sorted(maps.Keys(errnosIn(tt.text))), " "); got != tt.want {
			t.Errorf("errnosIn(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestWordWeight(t *testing.T) {
	tests := []struct{ more, less string }{
		{"fatal: not a repository", "LOG:  skipping missing configuration file"},
		{"cannot open the store", "warning: cannot open the cache, continuing"},
		{"error: no input", "starting up"},
		{"config invalid", "reading /srv/failed/error.txt"},
	}
	for _, tt := range tests {
		if wordWeight(tt.more) <= wordWeight(tt.less) {
			t.Errorf("%q (%d) doesn't weigh more than %q (%d)", tt.more, wordWeight(tt.more), tt.less, wordWeight(tt.less))
		}
	}
}

func TestCores(t *testing.T) {
	got := cores("bcrontab: Fatal: Could not create temporary file\n")
	if !slices.Contains(got, "Could not create temporary file") {
		t.Errorf("the words themselves are not in %q", got)
	}
	if got := cores("x: No such file or directory"); slices.Contains(got, "No such file or directory") {
		t.Error("an errno's text is nobody's own words")
	}
}

func TestShares(t *testing.T) {
	words := "Could not create temporary file"
	tests := []struct {
		text string
		cut  bool
		want bool
	}{
		{"32:ZCould not create temporary file,", false, true},
		{"32:ZCould not create temporary f", true, true},
		{"32:ZCould not create temporary f", false, false},
		{"32:ZCould", true, false},
		{"nothing of the kind", true, false},
	}
	for _, tt := range tests {
		if got := shares(&passed{text: tt.text, cut: tt.cut}, words); got != tt.want {
			t.Errorf("shares(%q, cut %v) = %v", tt.text, tt.cut, got)
		}
	}
}

func TestShebang(t *testing.T) {
	tests := []struct{ head, want string }{
		{"#!/bin/sh\necho", "/bin/sh"},
		{"#! /usr/bin/env python3\n", "/usr/bin/env"},
		{"#!/bin/bash\r\necho", "/bin/bash\r"},
		{"\x7fELF", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := shebang(tt.head); got != tt.want {
			t.Errorf("shebang(%q) = %q, want %q", tt.head, got, tt.want)
		}
	}
}

func TestAllows(t *testing.T) {
	who := &event.Seen{UID: 1000, GID: 1000, Groups: []uint32{27}}
	tests := []struct {
		name     string
		mode     uint32
		uid, gid uint32
		bits     uint32
		want     bool
	}{
		{"owner reads", 0o400, 1000, 0, 4, true},
		{"the owner's bits count alone", 0o077, 1000, 1000, 4, false},
		{"group", 0o040, 0, 1000, 4, true},
		{"another group of his", 0o060, 0, 27, 6, true},
		{"group can't write", 0o040, 0, 27, 6, false},
		{"others", 0o001, 0, 0, 1, true},
		{"nobody", 0o700, 0, 0, 1, false},
	}
	for _, tt := range tests {
		if got := allows(event.PathStep{Mode: tt.mode, UID: tt.uid, GID: tt.gid}, who, tt.bits); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestWordsAreBounded: neither one talkative process nor very many fill memory.
func TestWordsAreBounded(t *testing.T) {
	text := strings.Repeat("x", maxPassed)
	for _, processes := range []int{1, 100, 100000} {
		w := words{read: map[*history][]*passed{}}
		all := make([]*history, processes)
		for i := range all {
			all[i] = &history{}
		}
		for i := range 100000 {
			w.keepRead(&passed{hist: all[i%processes], text: text})
			w.keepWritten(&passed{hist: all[i%processes], text: text})
		}
		kept := 0
		for _, p := range w.wrote {
			kept += p.cost()
		}
		for _, list := range w.read {
			for _, p := range list {
				kept += p.cost()
			}
		}
		if kept > maxWords || kept != w.size {
			t.Errorf("%d processes: %d bytes kept, %d counted", processes, kept, w.size)
		}
	}
}
