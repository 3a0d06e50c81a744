package analyze

import (
	"strings"
	"testing"

	"github.com/stracex/stracex/analyze/replay"
	"github.com/stracex/stracex/event"
)

// What the advice says of a path that is not there, by what was wanted.
func TestMissingStep(t *testing.T) {
	for _, test := range []struct {
		missing, obj string
		makes        bool
		want         string
	}{
		{"/srv/run", "/srv/run/app/app.pid", true, "mkdir -p /srv/run/app,"},
		{"/srv/run/app.pid", "/srv/run/app.pid", true, "create /srv/run/app.pid,"},
		{"/srv/app.ini", "/srv/app.ini", false, "create /srv/app.ini,"},
		{"/srv/redis.so", "/srv/redis.so", false, "install what brings /srv/redis.so,"},
	} {
		_, next, ok := missingStep([]PathStep{{Path: "/srv"}, {Path: test.missing, Errno: "ENOENT"}}, test.obj, test.makes)
		if !ok || !strings.HasPrefix(next[0], test.want) {
			t.Errorf("%s: %q, want %q", test.obj, next, test.want)
		}
	}
}

func TestLetters(t *testing.T) {
	for _, test := range []struct {
		kind string
		bits uint32
		want string
	}{{"file", 4, "r"}, {"file", 6, "rw"}, {"dir", 4, "rx"}, {"dir", 6, "rwx"}, {"file", 1, "x"}} {
		if got := letters(event.PathStep{Type: test.kind}, test.bits); got != test.want {
			t.Errorf("%s %d: %q, want %q", test.kind, test.bits, got, test.want)
		}
	}
}

func TestInOtherFolder(t *testing.T) {
	const text = "cp: cannot stat 'assets/admin.css': No such file or directory"
	if !inOtherFolder(text, "admin.css", []string{"/srv/out/admin.css", "out/admin.css"}) || inOtherFolder(text, "admin.css", []string{"/srv/assets/admin.css"}) ||
		inOtherFolder("admin.css is missing, see assets/admin.css", "admin.css", []string{"/srv/out/admin.css"}) {
		t.Error("a name in another folder is not told apart")
	}
}

// What stands in the way of what is to be made is said as far as it was seen.
func TestWhyThere(t *testing.T) {
	h := &history{}
	look := &failure{failureKey: failureKey{name: "stat", errno: "ENOENT", path: "/srv/d", given: "d"}, hist: h}
	link := &event.Seen{Path: "/srv/d", Walk: []event.PathStep{{Path: "/srv", Type: "dir"}, {Path: "/srv/d", Type: "symlink", Link: "../data"}}}
	for _, test := range []struct {
		looked []*failure
		seen   *event.Seen
		want   string // "" for nothing
	}{
		{[]*failure{look}, link, "create /data,"},
		{nil, link, "if nothing needs the link"},
		{[]*failure{look}, nil, "see what it is"},
		{nil, nil, ""},
		{[]*failure{look}, &event.Seen{Path: "/srv/d", Walk: []event.PathStep{{Path: "/srv/d", Type: "dir"}}}, ""},
	} {
		h.failures, h.unseen = test.looked, nil
		x := &failure{failureKey: failureKey{name: "mkdir", errno: "EEXIST", path: "/srv/d", given: "d"}, hist: h, seen: test.seen}
		_, next, ok := whyThere(x, "/srv/d")
		if ok != (test.want != "") || ok && !strings.HasPrefix(next[0], test.want) {
			t.Errorf("%q %v, want %q", next, ok, test.want)
		}
	}
}

// What a message says was to be made need not be there.
func TestAnnounced(t *testing.T) {
	for text, want := range map[string]bool{
		"DXF driver failed to create out.dxf":                         true,
		"cannot write 'out.dxf'":                                      true,
		"cannot open out.dxf":                                         false,
		"cannot create a map: out.dxf is missing":                     false,
		"failed to create out.dxf: the template out.dxf is not there": false,
		"failed to create layout.dxf":                                 false,
	} {
		if got := announced(text, "out.dxf"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// The names of files stand in arguments in many ways.
func TestValueOf(t *testing.T) {
	argv := []string{"cct", "+grids=corp.gsb", "--themes=a.css,dark.css", "in.txt", "--verbose=.conf"}
	for base, want := range map[string]bool{"corp.gsb": true, "dark.css": true, "in.txt": true, "cct": false, "grids": false, "proj.ini": false, ".conf": false} {
		if got := valueOf(argv, base); got != want {
			t.Errorf("%s: %v", base, got)
		}
	}
}

// Of a dot file nothing is left without its endings, which every message would name.
func TestStripped(t *testing.T) {
	for p, want := range map[string]string{"/srv/a.tar": "/srv/a", ".Renviron": ".Renviron", "/srv/.npmrc": "/srv/.npmrc", "b": "b"} {
		if got := stripped(p); got != want {
			t.Errorf("%s: %s", p, got)
		}
	}
}

// The same environment is kept once, and there is an end to keeping.
func TestSetPaths(t *testing.T) {
	env := func(list ...string) (v event.Value) {
		for _, s := range list {
			v.Elems = append(v.Elems, event.Value{Kind: event.String, Str: s})
		}
		return v
	}
	f := newFacts()
	a, b, c := &history{}, &history{}, &history{}
	f.setPaths(a, env("A=/srv/a/", "HOME=/root", "LONG=/"+strings.Repeat("x", maxSetPath)))
	f.setPaths(b, env("A=/srv/a/"))
	if len(a.variables) != 1 || a.variables["/srv/a"] != "A" || len(b.variables) != 1 || f.set != 1 {
		t.Errorf("%v, %v, %d kept", a.variables, b.variables, f.set)
	}
	f.set = maxSet
	if f.setPaths(c, env("C=/srv/c")); len(c.variables) != 0 {
		t.Errorf("%v beyond the limit", c.variables)
	}
}

// A link in a search that leads nowhere is where to begin.
func TestLeadsNowhere(t *testing.T) {
	plain := &failure{failureKey: failureKey{errno: "ENOENT", path: "/srv/a/x", given: "/srv/a/x"}}
	link := &failure{failureKey: failureKey{errno: "ENOENT", path: "/srv/b/c/x", given: "/srv/b/c/x"}, seen: &event.Seen{Path: "/srv/b/c/x", Walk: []event.PathStep{
		{Path: "/srv/b/c/x", Type: "symlink", Link: "/gone"}, {Path: "/gone", Errno: "ENOENT"}}}}
	if got := expected([]*failure{plain, link}, nil); got != link {
		t.Errorf("it begins at %s", got.path)
	}
	link.seen = nil
	if got := expected([]*failure{plain, link}, nil); got != plain {
		t.Errorf("without a look it begins at %s", got.path)
	}
	bare := &failure{failureKey: failureKey{errno: "ENOENT", path: "/srv/x", given: "./x"}}
	if got := expected([]*failure{bare, plain}, nil); got != plain {
		t.Errorf("it begins where the program stands: %s", got.path)
	}
}

// What a file of the base system's data stands for.
func TestOfSystem(t *testing.T) {
	for path, want := range map[string]string{
		"/usr/lib/locale/de_CH.UTF-8/LC_IDENTIFICATION":      "the locale de_CH.UTF-8",
		"/usr/lib/locale/C.utf8/LC_MESSAGES/SYS_LC_MESSAGES": "the locale C.utf8",
		"/usr/share/locale/de/LC_MESSAGES/app.mo":            "",
		"/srv/locale/LC_X":                       "",
		"/lib/terminfo/f/foo":                    "the terminal type foo",
		"/Users/a/.terminfo/78/xterm":            "",
		"/usr/share/terminfo/78/xterm":           "the terminal type xterm",
		"/usr/share/terminfo/y/xterm":            "",
		"/usr/share/zoneinfo/Europe/Foo":         "the time zone Europe/Foo",
		"/usr/share/zoneinfo/tzdata.zi":          "",
		"/usr/share/zoneinfo/":                   "",
		"/lib/x86_64-linux-gnu/libnss_ldap.so.2": "libnss_ldap.so.2, the module of the name service ldap",
		"/lib/x86_64-linux-gnu/libnss.so":        "",
		"/locale/LC_CTYPE":                       "",
		"LC_CTYPE":                               "",
		"/usr/lib/locale/de_DE@euro/LC_CTYPE":    "the locale de_DE@euro",
	} {
		if got, ok := ofSystem(path); got.what != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", path, got.what, want)
		}
	}
	for name, want := range map[string]string{
		"de_CH.UTF-8": "localedef -i de_CH -f UTF-8 de_CH.UTF-8",
		"de_DE@euro":  "localedef -i de_DE@euro -f UTF-8 de_DE@euro",
	} {
		if got := localedef(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Of a chain of exceptions the first and the last say what went wrong.
func TestLastException(t *testing.T) {
	var h history
	for i, text := range []string{"Traceback (most recent call last):", "  File \"a.py\"", "KeyError: 'a'", "", "During handling of the above exception, another exception occurred:", "",
		"Traceback (most recent call last):", "  File \"b.py\"", "ConfigError: nothing at conf/app", "bye"} {
		at := position{i, i}
		h.lines = append(h.lines, &line{text: text, stream: "stderr", start: at, end: at})
	}
	if got := lastException(&h, 0, tracebackEnd(&h, 0)); got != "ConfigError: nothing at conf/app" {
		t.Errorf("%q", got)
	}
	h.lines = h.lines[:3]
	if got := lastException(&h, 0, tracebackEnd(&h, 0)); got != "" {
		t.Errorf("%q of one alone", got)
	}
}

// A program that is there lacks its interpreter, or its loader.
func TestNoExec(t *testing.T) {
	seen := func(head string) *event.Seen {
		return &event.Seen{Path: "/srv/bin/x", Head: []byte(head), Text: []string{"interpreter /lib/ld-x.so (ENOENT)"}, Walk: []event.PathStep{{Path: "/srv/bin", Type: "dir"}, {Path: "/srv/bin/x", Type: "file"}}}
	}
	f := &facts{words: words{read: map[*history][]*passed{}}}
	for _, test := range []struct{ head, why, next string }{
		{"\x7fELF\x02\x01\x01", "the loader that it names, /lib/ld-x.so, is not", "linked statically"},
		{"#!/opt/py\n", "its interpreter /opt/py is not", "first line"},
		{"#!/opt/py\r\n", "carriage return", "sed -i"},
	} {
		x := &failure{failureKey: failureKey{name: "execve", errno: "ENOENT", path: "/srv/bin/x", given: "x"}, hist: &history{}, seen: seen(test.head), at: []position{{1, 1}}}
		why, next, ok := f.whyNoExec(&candidate{fail: x})
		if !ok || !strings.Contains(why, test.why) || !strings.Contains(next[0], test.next) {
			t.Errorf("%q: %q %q", test.head, why, next)
		}
		if !x.lacksInterpreter() {
			t.Errorf("%q: it is there", test.head)
		}
		x.seen = &event.Seen{Path: "/srv/bin/x", Walk: []event.PathStep{{Path: "/srv/bin", Type: "dir"}, {Path: "/srv/bin/x", Errno: "ENOENT"}}}
		if x.lacksInterpreter() {
			t.Error("it is not there")
		}
	}
	// Of a search of PATH the one that is there is told, not that it is nowhere.
	h := &history{proc: &replay.Process{PID: 1}}
	s := &suspect{hist: h}
	var list []*candidate
	for _, p := range []string{"/srv/bin/x", "/usr/bin/x", "/bin/x"} {
		x := &failure{failureKey: failureKey{name: "execve", errno: "ENOENT", path: p, given: p}, hist: h, at: []position{{1, 1}}}
		if p == "/srv/bin/x" {
			x.seen = seen("#!/opt/py\n")
		}
		list = append(list, &candidate{kind: "syscall", fail: x, sus: s})
	}
	if out := groupSearches(list); len(out) != 1 || out[0].kind != "syscall" || out[0].fail.path != "/srv/bin/x" || out[0].group != nil {
		t.Errorf("%+v", out)
	}
}

// The variable that gives a path, or the folder where it lies, is told; only the first
// says that the path is no optional one.
func TestTellVariable(t *testing.T) {
	for _, test := range []struct {
		seen, want string
		byHand     bool
	}{
		{"the variable APP_CONF is set to it", "The environment variable APP_CONF is set to it.", true},
		{"the variable APP_DATA is set to /srv/data, where it lies", "It lies in /srv/data, to which the environment variable APP_DATA is set.", false},
		{"the path is empty", "", false},
	} {
		x := &failure{failureKey: failureKey{name: "openat", errno: "ENOENT", path: "/srv/data/a"}, seen: &event.Seen{Text: []string{test.seen}}}
		out := &Cause{Advice: []string{"create /srv/data/a, or correct the path where it is configured"}}
		x.tellVariable(out)
		if strings.TrimSpace(out.Explanation) != test.want || x.setByHand() != test.byHand || strings.Contains(out.Advice[0], "variable") != (test.want != "") {
			t.Errorf("%s: %q %q %v", test.seen, out.Explanation, out.Advice, x.setByHand())
		}
	}
	h := &history{variables: map[string]string{"/srv/data": "APP_DATA"}}
	x := &failure{failureKey: failureKey{name: "openat", errno: "ENOENT", path: "/srv/data/a/b"}, hist: h}
	if name, folder := x.variableAbove(); name != "APP_DATA" || folder != "/srv/data" || x.variable() != "" {
		t.Errorf("%q %q", name, folder)
	}
}

// A symbolic link that names the process which makes it is a lock.
func TestLockByLink(t *testing.T) {
	for _, test := range []struct {
		target, link, why, next string
	}{
		{"vm:42", "vm:41", "is a lock, and vm:41 has it", "ps -p 41"},
		{"vm:42", "", "is a lock, and somebody has it", "readlink /srv/.hg/wlock"},
		{"a@vm.42", "a@vm", "is a lock, and a@vm has it", "remove the link"},
		{"../data", "../old", "a symbolic link to /srv/old", "if nothing needs the link"},
	} {
		e := &event.Event{Kind: event.Returned, Call: event.NewCall("symlink", event.Value{Kind: event.String, Str: test.target}, event.Value{Kind: event.String, Str: "/srv/.hg/wlock"})}
		x := &failure{failureKey: failureKey{name: "symlink", errno: "EEXIST", path: "/srv/.hg/wlock", given: "/srv/.hg/wlock"}, hist: &history{proc: &replay.Process{PID: 42}}, step: place{Event: event.KeepWhole(e)}}
		if test.link != "" {
			x.seen = &event.Seen{Path: x.path, Walk: []event.PathStep{{Path: x.path, Type: "symlink", Link: test.link}}}
		}
		why, next, ok := whyThere(x, x.path)
		if !ok || !strings.Contains(why, test.why) || !strings.Contains(next[0], test.next) {
			t.Errorf("%+v: %q %q", test, why, next)
		}
	}
}

// A trace may hold any name, and people copy commands.
func TestShell(t *testing.T) {
	for p, want := range map[string]string{
		"/srv/app-1.2/conf.d/a_b.ini": "/srv/app-1.2/conf.d/a_b.ini",
		"/srv/My Files/x":             "'/srv/My Files/x'",
		"/tmp/$(reboot)":              "'/tmp/$(reboot)'",
		"/tmp/a';reboot;'":            `'/tmp/a'\'';reboot;'\'''`,
		"-rf":                         "./-rf",
		"/srv/é":                      "/srv/é",
		"/x\n;reboot":                 "'/x\n;reboot'",
		"":                            "",
	} {
		if got := shell(p); got != want {
			t.Errorf("%q: %s, want %s", p, got, want)
		}
	}
}

// A message may be about what was read: its end, or its form.
func TestAboutContent(t *testing.T) {
	for text, want := range map[string]bool{
		"xz: (stdin): File format not recognized": true,
		"gzip: stdin: not in gzip format":         true,
		"Unrecognized keystore format":            true,
		"file is not a database":                  true,
		"bad magic number in header":              true,
		"update.zip: bad signature":               true,
		"checksum mismatch":                       true,
		"unexpected end of input":                 true,
		"Unknown database 'shop'":                 false,
		"invalid date format":                     false,
		"unrecognized option '--format'":          false,
		"no such file":                            false,
	} {
		if got := aboutContent(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Of a link whose first path is not there, what was seen of that is kept.
func TestLacksFirst(t *testing.T) {
	gone := &event.Seen{Walk: []event.PathStep{{Path: "/srv", Type: "dir"}, {Path: "/srv/a", Errno: "ENOENT"}}}
	there := &event.Seen{Walk: []event.PathStep{{Path: "/srv", Type: "dir"}, {Path: "/srv/a", Type: "file"}}}
	for _, test := range []struct {
		path2, errno string
		seen         *event.Seen
		want         bool
	}{{"/srv/b", "ENOENT", gone, true}, {"/srv/b", "ENOENT", there, false}, {"", "ENOENT", gone, false}, {"/srv/b", "EACCES", gone, false}, {"/srv/b", "ENOENT", nil, false}} {
		x := &failure{failureKey: failureKey{name: "linkat", errno: test.errno, path: "/srv/a", path2: test.path2}, seen: test.seen}
		if got := x.lacksFirst(); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
