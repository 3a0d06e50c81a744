package stx

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const killEnv = "STX_TEST_WRITE_FOR_EVER"

func TestMain(m *testing.M) {
	if name := os.Getenv(killEnv); name != "" {
		writeForEver(name)
	}
	os.Exit(m.Run())
}

// writeForEver writes notes at the microseconds 1, 2, 3 … until it is killed, or the
// test is.
func writeForEver(name string) {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	f, err := Create(name)
	if err != nil {
		panic(err)
	}
	w, err := NewWriter(f)
	for n := int64(1); err == nil; n++ {
		err = w.Write(&Record{Kind: KindNote, TID: 7, Time: n * timeUnit, Note: &Note{Text: "still here"}})
	}
	panic(err)
}

// TestKilledWriter reads a capture while it is written, kills its writer, and
// reads it again.
func TestKilledWriter(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.stx")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killEnv+"="+name)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	live := readLive(t, cmd, name, 50_000)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()

	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recs, rd := readAll(t, f)
	for i, r := range recs {
		if r.Time != int64(i+1)*timeUnit {
			t.Fatalf("record %d is number %d", i+1, r.Time)
		}
	}
	if len(recs) < live || !rd.Truncated() {
		t.Errorf("%d records after %d were read live; truncated %v", len(recs), live, rd.Truncated())
	}
	t.Logf("%d records; truncated: %s", len(recs), rd.Why())
}

// readLive reads at least n records of the file that cmd is writing.
func readLive(t *testing.T, cmd *exec.Cmd, name string, n int) int {
	t.Helper()
	fail := func(err error) {
		cmd.Process.Kill()
		cmd.Wait()
		t.Fatal(err)
	}
	var rd *Reader
	for rd == nil { // until it is there, with its header
		f, err := os.Open(name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			fail(err)
		}
		if rd, err = NewReader(f); err != nil {
			rd = nil
			f.Close()
			continue
		}
		defer f.Close()
	}
	got := 0
	for got < n {
		rec, err := rd.Read()
		switch {
		case err == io.EOF:
			if !rd.Truncated() || rd.damage != "" {
				fail(fmt.Errorf("after %d records: truncated %v (%s)", got, rd.Truncated(), rd.Why()))
			}
		case err != nil:
			fail(err)
		default:
			if got++; rec.Time != int64(got)*timeUnit {
				t.Errorf("live, record %d is number %d", got, rec.Time)
			}
		}
	}
	return got
}
