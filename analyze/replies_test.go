package analyze

import (
	"strings"
	"testing"
)

func TestErrorReply(t *testing.T) {
	for text, want := range map[string]string{
		"HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n": "HTTP/1.1 404 Not Found",
		"HTTP/1.0 200 OK\r\n":                         "",
		"HTTP/2":                                      "",
		"HTTP/1.1 503 Busy\r\n":                       "HTTP/1.1 503 Busy",
		"HTTP/1.1 5\r\n":                              "",
		"5x0 no":                                      "",
		"550no":                                       "",
		"-Err no":                                     "",
		"-E1R no":                                     "",
		"-ERR no\r\n":                                 "ERR no",
		"E\x00\x00\x00\x09SERROR\x00Mno\x00SX\x00":          "ERROR: no",
		"E\x00\x00\x00\x09SPANIC\x00Mno\x00":                "PANIC: no",
		"N\x00\x00\x00\x09SERROR\x00Mno\x00":                "",
		"E\x00\x00\x00\x09CERROR\x00Mno\x00":                "",
		"\x17\x00\x00\x02\xfe\x15\x04#28000Access denied x": "",
		"\x17\x00\x00\x02\xff\x15\x04 28000Access denied x": "",
		"\x17\x10\x00\x02\xff\x15\x04#28000Access denied x": "",
		"\x16\x03\x03\x00\x02\x02\x30":                      "",
		"\x15\x02\x03\x00\x02\x02\x30":                      "",
		"\x15\x03\x03\x01\x02\x02\x30":                      "",
		"\x15\x03\x03\x00\x03\x02\x30":                      "",
		"\x15\x03\x03\x00\x02\x01\x30":                      "",
		"\x15\x03\x03\x00\x02\x02\x01":                      "",
		"550 5.1.1 no such user\r\n":                        "550 5.1.1 no such user",
		"421-try later\r\n":                                 "421-try later",
		"220 ready\r\n":                                     "",
		"4711 items":                                        "",
		"-NOAUTH Authentication required.\r\n":              "NOAUTH Authentication required.",
		"-1":                                                "",
		"--- a file":                                        "",
		"E\x00\x00\x00\x2aSFATAL\x00VFATAL\x00C28P01\x00Mno password for \"x\"\x00\x00": "FATAL: no password for \"x\"",
		"ESNOTICE\x00":               "",
		"E\x00\x00\x00\x09SLOG\x00M": "",
		"\x17\x00\x00\x02\xff\x15\x04#28000Access denied x": "error 1045 (28000): Access denied x",
		"\x17\x00\x00\x02\xff":                              "",
		"\x15\x03\x03\x00\x02\x02\x30":                      "TLS alert unknown CA",
		"\x15\x03\x03\x00\x02\x01\x00":                      "", // close_notify
		"":                                                  "",
	} {
		if got := errorReply(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNamesShort(t *testing.T) {
	for _, test := range []struct {
		msg, given string
		want       bool
	}{
		{"tar: f: Cannot open: No such file or directory", "f", true},
		{"cp: cannot stat 'ab': No such file or directory", "ab", true},
		{"prog: failed", "f", false},
		{"prog: .: busy", ".", false},
		{"x: long: no", "long", false}, // has other rules
	} {
		if got := namesShort(test.msg, test.given); got != test.want {
			t.Errorf("%q in %q: %v", test.given, test.msg, got)
		}
	}
}

func TestUpwards(t *testing.T) {
	for _, test := range []struct {
		paths []string
		want  bool
	}{
		{[]string{"/a/b/c/go.mod", "/a/b/go.mod", "/a/go.mod", "/go.mod"}, true},
		{[]string{"/a/b/c/go.mod", "/a/b/go.mod", "/a/go.mod", "/go.mod", "/root/go/go.mod"}, true},
		{[]string{"/usr/local/lib/x.so", "/usr/lib/x.so", "/lib/x.so"}, false},
		{[]string{"/a/x", "/x"}, false},
	} {
		var group []*failure
		for _, p := range test.paths {
			group = append(group, &failure{failureKey: failureKey{path: p}})
		}
		if got := upwards(group); got != test.want {
			t.Errorf("%v: %v", test.paths, got)
		}
		if want := test.paths[0]; test.want && expected(group, nil).path != want {
			t.Errorf("%v: the first is expected, not %s", test.paths, expected(group, nil).path)
		}
	}
}

func TestShellWord(t *testing.T) {
	for s, want := range map[string]string{
		"a/b-c.d":   "a/b-c.d",
		"":          "''",
		"a b":       "'a b'",
		"it's":      `'it'\''s'`,
		"$(reboot)": "'$(reboot)'",
	} {
		if got := shellWord(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

// That nobody is known who has signed a certificate has mostly a file for a reason.
func TestRefusesUnknownCA(t *testing.T) {
	log := "5 execve(\"/srv/bin/sync\", [\"sync\"], 0x7ffc /* 9 vars */) = 0\n" +
		"5 openat(AT_FDCWD, \"/srv/ca.pem\", O_RDONLY) = -1 ENOENT (No such file or directory)\n" + strings.Repeat("5 getpid() = 5\n", 60) +
		"5 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n5 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0\n" +
		"5 write(3, \"\\25\\3\\3\\0\\2\\0020\", 7) = 7\n5 write(2, \"sync: not reachable\\n\", 20) = 20\n5 exit_group(1) = ?\n5 +++ exited with 1 +++\n"
	if got, points := cause(t, []byte(log)); got != "syscall openat ENOENT /srv/ca.pem" {
		t.Errorf("%q, %v", got, points)
	}
}
