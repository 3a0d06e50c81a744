package parser

import (
	"bytes"
	"strings"
)

// maxProbe is how many lines are looked at for one of strace.
const maxProbe = 1000

// hasTraceLine says whether one of the first lines is a line of strace.
func hasTraceLine(head []byte) bool {
	rest := string(head)
	for range maxProbe {
		if rest == "" {
			return false
		}
		var text string
		text, rest, _ = strings.Cut(rest, "\n")
		if isTraceLine(strings.Trim(withoutNoise(text), " \t\r")) {
			return true
		}
	}
	return false
}

// signatures are the first bytes of files that people mistake for a trace.
var signatures = []struct{ magic, what string }{
	{"\x7fELF", "an ELF program or core dump: give the trace of a run of it"},
	{"\xfd7zXZ\x00", "xz data: unpack it first"},
	{"BZh", "bzip2 data: unpack it first"},
	{"PK\x03\x04", "a ZIP archive: unpack it first"},
	{"\x1f\x8b", "gzip data"},
	{"\x28\xb5\x2f\xfd", "zstd data"},
	{"PERFILE2", "perf's data"},
	{"\xff\xfe", "UTF-16 text"},
	{"\xfe\xff", "UTF-16 text"},
	{"%PDF-", "a PDF document"},
	{"\x89PNG", "a picture"},
	{"#!", "a script"},
	{"<!DOCTYPE", "an HTML page"},
	{"<html", "an HTML page"},
	{"<?xml", "an XML document"},
	{"{", "JSON"},
	{"[{", "JSON"},
	{"% time ", "a summary of strace -c, which counts calls and does not list them"},
}

// looksLike names what a file that is no trace seems to be, "" when that can't
// be said.
func looksLike(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.what
		}
	}
	if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")) {
		return "JSON"
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return "binary data"
	}
	return ""
}
