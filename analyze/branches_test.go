package analyze

import (
	"strings"
	"testing"
)

func TestBranchIn(t *testing.T) {
	for _, test := range []struct{ name, text, msg, guard, body string }{
		{"behind ||", "a x || { b; echo \"no archive\"; }", "no archive", "a x", " b; echo \""},
		{"behind || without braces", "a\nb y 2>/dev/null || die \"no archive\"\n", "no archive", "b y 2>/dev/null", " die \""},
		{"after the end of ||", "a || b\necho no archive\n", "no archive", "", ""},
		{"after the end of a branch", "a || { b; }\necho no archive\n", "no archive", "", ""},
		{"a command in a branch", "a || {\n b\n c || { d; echo no archive; }\n}", "no archive", "c", " d; echo "},
		{"a status", "a\nif [ $? -ne 0 ]; then b; echo no archive; fi", "no archive", "[ $? -ne 0 ];", " b; echo "},
		{"a kept status", "a; rc=$?\n[ $rc = 0 ] || { b; echo no archive; }", "no archive", "[ $rc = 0 ]", " b; echo "},
		{"not", "if ! a x; then echo no archive; fi", "no archive", "! a x;", " echo "},
		{"a condition", "if [ -n \"$x\" ]; then b; echo no archive; fi", "no archive", "", ""},
		{"else", "if a; then b; else c; echo no archive; fi", "no archive", "a;", " c; echo "},
		{"else of a condition", "if [ -f x ]; then b; else c; echo no archive; fi", "no archive", "", ""},
		{"a test", "[ -d dist ] || { b; echo no archive; }", "no archive", "", ""},
		{"no test", "if ! [ -d dist ]; then b; echo no archive; fi", "no archive", "", ""},
		{"a word like a status", "if [ \"$stage\" = prod ]; then b; echo no archive; fi", "no archive", "", ""},
		{"a good status", "if [ $? -eq 0 ]; then b; echo no archive; fi", "no archive", "", ""},
		{"else of a good status", "if [ $? -eq 0 ]; then b; else c; echo no archive; fi", "no archive", "[ $? -eq 0 ];", " c; echo "},
		{"else of a bad status", "if [ $? -ne 0 ]; then b; else c; echo no archive; fi", "no archive", "", ""},
		{"a function", "a || {\ndie() { b; echo no archive; }\n}", "no archive", "", ""},
		{"a comment", "# a || {\nb; echo no archive", "no archive", "", ""},
		{"a number of arguments", "[ $# = 1 ] && a || { b; echo no archive; }", "no archive", "a", " b; echo "},
		{"a word with a mark", "a x#1 || { b; echo no archive; }", "no archive", "a x#1", " b; echo "},
		{"in quotes", "echo 'a || {'; b; echo no archive", "no archive", "", ""},
		{"a message that ends otherwise", "a || { b; echo \"no archive of $d (code $rc)\"; }", "no archive of monday (code 3)", "a", " b; echo \""},
		{"a message with the program's name", "a || { b; echo \"no archive today\"; }", "job.sh: no archive today", "a", " b; echo \""},
		{"another message", "a || { b; echo \"no archive\"; }", "disk is full", "", ""},
	} {
		b := branchIn(test.text, test.msg)
		if b == nil {
			b = &branch{}
		}
		if b.guard != test.guard || b.body != test.body {
			t.Errorf("%s: %q %q, want %q %q", test.name, b.guard, b.body, test.guard, test.body)
		}
	}
}

// FuzzBranchIn: whatever a script is, what is found are parts of it, one after the other.
func FuzzBranchIn(f *testing.F) {
	f.Add("a x || { b; echo \"no archive\"; }", "no archive")
	f.Add("if ! a; then b; elif c; then d; else e 'f' # g\nfi; h() { i; }; ${j#k} $# l", "f g")
	f.Fuzz(func(t *testing.T, text, msg string) {
		b := branchIn(text, msg)
		if b == nil {
			return
		}
		if k := strings.Index(text, b.guard); k < 0 || !strings.Contains(text[k+len(b.guard):], b.body) {
			t.Errorf("%q %q of %q", b.guard, b.body, text)
		}
	})
}
