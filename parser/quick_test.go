package parser

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stracex/stracex/event"
	"github.com/stracex/stracex/parser/carrier"
)

// readBoth reads a log quickly and closely.
func readBoth(t testing.TB, log []byte) (quick, close []*event.Event) {
	t.Helper()
	read := func(closely bool) (all []*event.Event) {
		r := newStrace(bytes.NewReader(log), log[:min(len(log), peekSize)], "log")
		r.closely = closely
		for e, err := r.Read(); err == nil; e, err = r.Read() {
			all = append(all, kept(e))
		}
		return all
	}
	return read(false), read(true)
}

// same compares both, up to the first line whose arguments are damaged: in a log
// with a pid column they aren't looked at.
func same(t testing.TB, log []byte, quick, close []*event.Event) {
	t.Helper()
	damaged := firstDamaged(log)
	for i, want := range close {
		if want.Line >= damaged {
			return
		}
		if i >= len(quick) {
			t.Fatalf("event %d is lost: %s", i, describe(want))
		}
		got := quick[i]
		if hasRawText(got) && (want.Kind == event.Unknown || want.Call != nil && want.Call.Unfinished && !got.Call.Unfinished) {
			return // damaged in a way that brackets don't show
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("line %d, closely and quickly:\n%s", want.Line, cmp.Diff(want, got, whole))
		}
	}
	if len(quick) != len(close) {
		t.Fatalf("%d events, closely %d", len(quick), len(close))
	}
}

func firstDamaged(log []byte) (n int) {
	b := newBlockReader(bytes.NewReader(log))
	begun := map[int32]string{} // first halves by thread
	for {
		k := b.next(nil)
		for i := range k.lines {
			n++
			line := k.lines[i]
			args := line.args.of(k.text[line.from:line.to])
			switch line.kind {
			case quickBegun:
				begun[line.tid] = args
				continue
			case quickResumed:
				args = begun[line.tid] + args
				delete(begun, line.tid)
			case quickNot:
				if strings.Contains(k.text[line.from:line.to], " superseded by execve in pid ") && anyOpen(begun) {
					return n // its end will be another thread's
				}
				continue
			}
			q := quickScanner{s: args, line: &quickLine{args: argSpan{0, uint32(len(args))}}}
			if !q.argsClose() {
				return n
			}
		}
		if k.err != nil {
			return n + 1
		}
	}
}

// anyOpen says whether one of some first halves ends in a bracket or a string.
func anyOpen(begun map[int32]string) bool {
	for _, args := range begun {
		if depth, ok := openBrackets(args); !ok || depth != 0 {
			return true
		}
	}
	return false
}

// What is read quickly is what is read closely, on all logs there are.
func TestQuickIsRight(t *testing.T) {
	logs, _ := filepath.Glob(examples + "/*.log")
	logs = append(logs, corpusLogs(t)...)
	quickly := 0
	for _, path := range logs {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if carrier.IsPacked(log) {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			quick, close := readBoth(t, log)
			same(t, log, quick, close)
			quickly += takenQuickly(log)
		})
	}
	if quickly < 100 {
		t.Errorf("%d lines were taken quickly", quickly)
	}
}

// takenQuickly counts the plain lines of a log.
func takenQuickly(log []byte) (n int) {
	b := newBlockReader(bytes.NewReader(log))
	for {
		k := b.next(nil)
		for i := range k.lines {
			if k.lines[i].kind != quickNot {
				n++
			}
		}
		if k.err != nil {
			return n
		}
	}
}

func TestQuickLines(t *testing.T) {
	for _, test := range []struct {
		line string
		kind quickKind
		want string // args; what else is told of the result
	}{
		{`close(3) = 0`, quickCall, `3);0`},
		{`12 close(3)   = 0`, quickCall, `3);0`},
		{`12    10:11:12.345678 close(3) = 0 <0.000012>`, quickCall, `3);0 12000ns`},
		{`[pid  12] 10:11:12 brk(NULL) = 0x558339c7c000`, quickCall, `NULL);94022098468864`},
		{`1795381683.227335 open("a", O_RDONLY) = -1 ENOENT (No such file or directory)`, quickCall, `"a", O_RDONLY);-1 ENOENT No such file or directory`},
		{`12 openat(AT_FDCWD, "a = b) = 3", 0) = 3</a b>`, quickCall, `AT_FDCWD, "a = b) = 3", 0);3 </a b>`},
		{`12 fcntl(3</x>, F_GETFL) = 0x8002 (flags O_RDWR)`, quickCall, `3</x>, F_GETFL);32770 (flags O_RDWR)`},
		{`12 read(3, <unfinished ...>`, quickBegun, `3,;0`},
		{`12 getpid( <unfinished ...>`, quickBegun, `;0`},
		{`12 <... read resumed>"x", 1) = 1`, quickResumed, `"x", 1);1`},
		{`12 <... clone3 resumed> => {parent_tid=[13]}, 88) = 13`, quickResumed, ` => {parent_tid=[13]}, 88);13`},

		{line: `exit_group(0) = ?`},
		{line: `12 read(5 <unfinished ...>) = ?`},
		{line: `12 read(5,^C <unfinished ...>`},
		{line: `umask(022) = 022`},
		{line: `a({0[0<">]}) = 0`},
		{line: `pselect6(4, [3], NULL, NULL, {}, NULL) = 1 (in [3], left {tv_sec=0, tv_nsec=1})`},
		{line: `open("a", 0) = 3</a>b>`},
		{line: `open("a", 0) = 3<a\303>`},
		{line: `write(1, "a) = 1`},
		{line: `sigreturn() (mask [])  = 0`},
		{line: `12 rt_sigreturn({mask=[]}) = ? ERESTARTSYS (To be restarted)`},
		{line: `12 --- SIGCHLD {si_signo=SIGCHLD} ---`},
		{line: `12 +++ exited with 0 +++`},
		{line: `12 open("a", 0) = 3 nonsense`},
		{line: `12 getpid() = 99999999999999999999`},
		{line: `12<sh> getpid() = 12<sh>`},
		{line: `     0.000676 getpid() = 12`},
	} {
		log := []byte("1 getpid() = 1\n" + test.line + "\n")
		k := newBlockReader(bytes.NewReader(log)).next(nil)
		q := &k.lines[1]
		if q.kind != test.kind {
			t.Errorf("%s\nis of kind %d, not %d", test.line, q.kind, test.kind)
			continue
		}
		if q.kind == quickNot {
			continue
		}
		line := k.text[q.from:q.to]
		got := fmt.Sprintf("%s;%d", q.args.of(line), q.value)
		for _, s := range []string{k.names[q.errno], k.names[q.message]} {
			if s != "" {
				got += " " + s
			}
		}
		if q.deco.from > 0 {
			got += " <" + q.deco.of(line) + ">"
		}
		if q.note.from > 0 {
			got += " (" + q.note.of(line) + ")"
		}
		if q.duration > 0 {
			got += fmt.Sprintf(" %dns", q.duration)
		}
		if got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.line, got, test.want)
		}
	}
}

// Long arguments do not keep a line from being read quickly; what is long before or
// behind them does. Both ways give the same events.
func TestQuickLongLines(t *testing.T) {
	long := strings.Repeat("x", maxQuick+10)
	log := []byte("1 getpid() = 1\n" + strings.NewReplacer("LONG", long).Replace(`1 10:11:12.345678 open("LONG", 0) = 3</a> (flags O_RDWR) <0.000012>
1 open("LONG", 0) = -1 ENOENT (No such file or directory) <0.000012>
1 write(3</a>, "LONG", 9 <unfinished ...>
2 read(3, "LONG", 9) = 0x12
1 <... write resumed>) = 9
1 read(3, <unfinished ...>
1 <... read resumed>"LONG", 9) = 7</b>
1 xLONG(1) = 1
1 open("a", 0) = 3</LONG>
1 fcntl(1) = 1 (LONG)
1 open(1) = -1 ENOENT (LONG)
`))
	if n := takenQuickly(log); n != 8 {
		t.Errorf("%d lines were taken quickly", n)
	}
	quick, close := readBoth(t, log)
	same(t, log, quick, close)
	if len(quick) != 12 {
		t.Errorf("%d events", len(quick))
	}
}

// Blocks are cut at line ends wherever reads end, and long lines are whole.
func TestBlocks(t *testing.T) {
	var log strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&log, "%d write(1, \"%s\", 9) = %d\n", 10+i%3, strings.Repeat("x", i%997), i)
		if i%1000 == 500 {
			fmt.Fprintf(&log, "12 write(1, \"%s\", 9) = 7\n", strings.Repeat("y", 3*blockSize))
		}
	}
	text := log.String()
	for _, cut := range []int{0, 1, 7} {
		events, stats := readAll(t, []byte(text[:len(text)-cut]))
		if len(events) != 3003 || stats.Truncated != (cut > 1) || stats.Skipped != 0 {
			t.Errorf("cut by %d: %d events, %+v", cut, len(events), stats)
		}
		if last := events[len(events)-1]; last.Line != 3003 || cut < 2 && last.Call.Ret.Value != 2999 {
			t.Errorf("cut by %d: the last is %s", cut, describe(last))
		}
	}
}

// A line beyond the limit is cut, and what follows is read.
func TestEndlessLine(t *testing.T) {
	log := "1 getpid() = 1\n1 write(1, \"" + strings.Repeat("z", maxLine) + "\", 9) = 9\n1 getpid() = 2\n"
	r := newStraceText(strings.NewReader(log), "log")
	var got []string
	for e, err := r.Read(); err == nil; e, err = r.Read() {
		got = append(got, fmt.Sprint(e.Kind, e.Line, len(e.Text)))
	}
	want := []string{"2 1 0", fmt.Sprint("0 2 ", maxLine-1), "2 3 0"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if s := r.Stats(); s.Skipped != 1 || s.First[0].Why != "the line is longer than 64 MiB" {
		t.Errorf("%+v", s)
	}
}

// Lines with a decoration, or what might be one, that is damaged.
func TestDamagedDecorations(t *testing.T) {
	for _, line := range []string{
		`sendto(12<TCP} --7.0.0.1:5->127.0.0.1:3]>, "q", 1, 0, NULL, 0) = 1`,
		`sendto(12<TCP}.1:3]>.0.1:5->127.0.0 --7.0, "q", 1, 0, NULL, 0) = 1`,
		`epoll_ctl(13, EPOLL_CTL_ADD, 11<UNIX-STREAM:[13->13o>, {data={u32=7}}) = 0`,
		`recvfrom(6<TCP:[127."""0.1:5->127.0.0.1:3]>, "di\0there\n", 64, 0, NULL, NULL) = 9`,
		"f(1<a]->b>, 2) = 1", "f(1<a]->b\x1e, 2) = 1", "f(1<a]->b1  2) = 1",
	} {
		quick, close := readBoth(t, []byte(line+"\n"))
		if got, want := describe(quick[0]), describe(close[0]); got != want {
			t.Errorf("%s:\n%s, closely\n%s", line, got, want)
		}
	}
}

// FuzzQuick reads any bytes quickly and closely.
func FuzzQuick(f *testing.F) {
	addLogs(f)
	f.Add([]byte("b8(2<unfinished ...>\n 01 000000000000000000\n10 a(0 <unfinished ...>"))
	f.Add([]byte("Process 12 attached - interrupt to quit\nread(5,\x1d^C <unfinished ...>\n"))
	f.Add([]byte("01 read(\"<unfinished ...>\n<... read resumed>) = 0"))
	f.Add([]byte("[pid 0001] semop(0,[{00000}],0 <unfinished ...><unfinished ...>\n<... semop resumed>)=0"))
	f.Add([]byte("13 clone3({flags=0 <unfinished ...>\n14 getpid() = 1\n13 <... clone3 resumed> => {parent_tid=[14]}, 88) = 1\n"))
	f.Add([]byte("poll([], 0, 5) = 0 (Tim/*ut) <0.005070>\ngetppid() = 1<sh> eo 13746 */\nlseek(3, 0, SEEK_END) = 7\n"))
	f.Add([]byte("1 getpid() = 1\n9199999999.5 close(3) = 0"))
	f.Add([]byte("7 write(3</tmp/a\\76 (deleted)>(d\\20leted), \"x\", 1) = 1"))
	f.Fuzz(func(t *testing.T, log []byte) {
		quick, close := readBoth(t, log)
		same(t, log, quick, close)
		checkAllBorrowed(t, log)
	})
}

// A line that begins like the one before has its thread and second, and a fraction of
// its own.
func TestSamePrefix(t *testing.T) {
	log := "7 10:11:12.345678 getpid() = 7 <0.000012>\n7 10:11:12.345 getpid() = 7 <1.000012>\n7 10:11:12.345678901 getpid() = 7 <12.5>\n" +
		"7 10:11:12 getpid() = 7\n7 10:11:13.000001 getpid() = 7 <a.000012>\n17 10:11:13.000002 getpid() = 17\n7 10:11:13.00000x getpid() = 7\n" +
		"7 10:11:13.000003 getpid() = 7\n"
	quick, close := readBoth(t, []byte(log))
	same(t, []byte(log), quick, close)
	var got []string
	for _, e := range quick {
		if e.Call != nil {
			got = append(got, fmt.Sprint(e.TID, " ", e.Time.NS-(10*3600+11*60+12)*1e9, " ", e.Call.Duration))
		}
	}
	want := []string{"7 345678000 12000", "7 345000000 1000012000", "7 345678901 12500000000", "7 0 -1", "17 1000002000 -1", "7 1000003000 -1"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
