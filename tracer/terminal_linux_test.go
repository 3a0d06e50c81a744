package tracer

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal with an interactive shell on it.
type terminal struct {
	t      *testing.T
	master *os.File
	mu     sync.Mutex
	seen   bytes.Buffer // what was shown and not yet expected
	last   []byte       // what was shown before the last text expected
}

func startShell(t *testing.T) *terminal {
	t.Helper()
	needTool(t, "bash")
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "--norc", "--noediting", "-i")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.Env = append(os.Environ(), "PS1=$ ", "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	term := &terminal{t: t, master: master}
	go term.read()
	t.Cleanup(func() {
		unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
		master.Close()
		cmd.Wait()
	})
	return term
}

func (term *terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := term.master.Read(buf)
		term.mu.Lock()
		term.seen.Write(buf[:n])
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (term *terminal) typeIn(text string) {
	term.t.Helper()
	if _, err := term.master.WriteString(text); err != nil {
		term.t.Fatal(err)
	}
}

// interrupt types what ends a program, and waits for the shell's prompt.
func (term *terminal) interrupt(keys string) {
	term.t.Helper()
	term.typeIn(keys)
	term.expect("$ ")
}

// waitFor types a line again and again until the answer has the text.
func (term *terminal) waitFor(line, text string) {
	term.t.Helper()
	for range 300 {
		term.typeIn(line)
		term.expect(line[:len(line)-1])
		term.expect("$ ")
		term.mu.Lock()
		ok := bytes.Contains(term.last, []byte(text))
		term.mu.Unlock()
		if ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	term.t.Fatalf("%q never answers %q", line, text)
}

func (term *terminal) shows(text string) bool {
	term.mu.Lock()
	defer term.mu.Unlock()
	return strings.Contains(term.seen.String(), text)
}

// expect waits for a text and forgets all before its end.
func (term *terminal) expect(text string) {
	term.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		term.mu.Lock()
		before, after, ok := strings.Cut(term.seen.String(), text)
		if ok {
			term.last = []byte(before)
			term.seen.Reset()
			term.seen.WriteString(after)
		}
		shown := term.seen.String()
		term.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			term.t.Fatalf("no %q on the terminal, but %q", text, shown)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// The same keys must do the same with a tracer in between as without.
func TestJobControl(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	needTool(t, "perl")
	for name, prefix := range map[string]string{"plain": "", "traced": tracerEnv + "=/dev/null " + self + " "} {
		t.Run(name, func(t *testing.T) {
			term := startShell(t)
			term.expect("$ ")

			// Not a shell's loop with sleep: a Ctrl-Z inside a vfork hangs it,
			// traced or not.
			const ticker = `perl -e '$| = 1; while (1) { print "ti", "ck\n"; select(undef, undef, undef, 0.2) }'`
			term.typeIn(prefix + ticker + "\n")
			term.expect("tick")
			term.typeIn("\x1a")
			term.expect("Stopped")
			term.expect("$ ")
			term.typeIn("jobs\n")
			term.expect("Stopped")
			term.typeIn("fg\n")
			term.expect("tick")
			term.interrupt("\x03")
			term.typeIn("echo status $?\n")
			term.expect("status 130")

			term.typeIn(prefix + program(t, "editor") + "\n")
			term.expect("editing")
			term.typeIn("\x1a")
			term.expect("tidied up")
			term.expect("Stopped")
			term.expect("$ ")
			term.typeIn("fg\n")
			term.expect("back again")
			term.typeIn("some text\n")
			term.expect("read some text")
			term.typeIn("echo status $?\n")
			term.expect("status 5")

			// Ctrl-C and Ctrl-\ are the program's to decide about.
			term.typeIn(prefix + `bash -c 'trap "echo got-int" INT; trap "echo got-quit; exit 6" QUIT; echo re""ady; while :; do sleep 0.1; done'` + "\n")
			term.expect("ready")
			term.typeIn("\x03")
			term.expect("got-int")
			term.typeIn("\x1c")
			term.expect("got-quit")
			term.expect("$ ")
			term.typeIn("echo status $?\n")
			term.expect("status 6")

			// A background job that reads from the terminal stops.
			term.typeIn(prefix + "cat &\n")
			term.expect("$ ")
			term.waitFor("jobs\n", "Stopped")
			term.typeIn("fg\n")
			term.expect("fg\r\n") // jobs has said "cat" too
			term.expect("cat\r\n")
			term.typeIn("line one\n")
			term.expect("line one\r\nline one")
			term.typeIn("\x04")
			term.expect("$ ")
			term.typeIn("echo status $?\n")
			term.expect("status 0")

			// One that writes to it stops if the terminal says so.
			term.interrupt("stty tostop\n")
			term.typeIn(prefix + "sh -c 'echo wri''tten; exit 8' &\n")
			term.expect("$ ")
			term.waitFor("jobs\n", "Stopped")
			term.typeIn("fg\n")
			term.expect("written")
			term.expect("$ ")
			term.typeIn("echo status $?; stty -tostop\n")
			term.expect("status 8")
			term.expect("$ ")

			// A shell inside has job control of its own.
			term.typeIn(prefix + "bash --norc --noediting -i\n")
			term.expect("$ ")
			term.typeIn(ticker + "\n")
			term.expect("tick")
			term.typeIn("\x1a")
			term.expect("Stopped")
			term.expect("$ ")
			term.typeIn("kill -KILL %1; while jobs | grep -q Stopped; do sleep 0.01; done; wait; echo en''ded\n")
			term.expect("ended")
			term.expect("$ ")
			term.interrupt("exit 7\n")
			term.typeIn("echo status $?\n")
			term.expect("status 7")
		})
	}
}

// Who presses Ctrl-C again and again ends a command that would not end; twice is not
// enough.
func TestPatience(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	term := startShell(t)
	term.expect("$ ")
	term.typeIn(tracerEnv + "=/dev/null " + self + ` sh -c 'trap "" INT; echo re""ady; sleep 1000'` + "\n")
	term.expect("ready")
	// On a busy machine two presses can become one signal.
	for range 100 {
		term.typeIn("\x03")
		term.expect("^C")
		time.Sleep(100 * time.Millisecond)
		if term.shows("$ ") {
			break
		}
	}
	term.expect("$ ")
	term.typeIn("echo status $?\n")
	term.expect("status 137")

	var p patience
	at := time.Now()
	for i, press := range []struct {
		after time.Duration
		over  bool
	}{{0, false}, {100, false}, {2500, false}, {100, false}, {100, true}, {100, true}, {1900, false}, {2000, false}, {0, false}, {1999, true}} {
		at = at.Add(press.after * time.Millisecond)
		if got := p.over(at); got != press.over {
			t.Errorf("press %d: %v", i, got)
		}
	}
}

// Signals sent to the tracer alone reach the command, once.
func TestSignalsToTracer(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGINT} {
		if signal.Ignored(sig) {
			continue // as under nohup: then a shell can't trap it
		}
		for _, group := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v %v", sig, group), func(t *testing.T) {
				out, w, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer out.Close()
				// Not read: a signal that comes just before it waits for a line.
				cmd := traced("sh", "-c", `trap 'echo got' TERM HUP USR1 INT; echo ready
					while [ ! -e over ]; do sleep 0.05; done; echo over; exit 3`)
				cmd.Dir = t.TempDir()
				cmd.Stdout = w
				cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				w.Close()
				want := func(text string) {
					t.Helper()
					got := make([]byte, len(text))
					for n := 0; n < len(text); {
						k, err := out.Read(got[n:])
						if err != nil {
							t.Fatalf("%q, then %v; want %q", got[:n], err, text)
						}
						n += k
					}
					if string(got) != text {
						t.Fatalf("%q, want %q", got, text)
					}
				}
				want("ready\n")
				pid := cmd.Process.Pid
				if group {
					pid = -pid
				}
				if err := unix.Kill(pid, sig); err != nil {
					t.Fatal(err)
				}
				want("got\n")
				time.Sleep(3 * passGrace) // a second one would come now
				if err := os.WriteFile(filepath.Join(cmd.Dir, "over"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
				want("over\n")
				cmd.Wait()
				if code := cmd.ProcessState.ExitCode(); code != 3 {
					t.Errorf("exit status %d", code)
				}
			})
		}
	}
}

// When the command has ended, signals are stracex's own again.
func TestSignalsAfterwards(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(sig) {
			continue
		}
		cmd := traced("true")
		cmd.Env = append(cmd.Env, lingerEnv+"=1")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("over\n"))); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Process.Signal(sig)
		_ = cmd.Wait()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != sig {
			t.Errorf("%v: %v", sig, cmd.ProcessState)
		}
	}
}
