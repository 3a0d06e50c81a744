package tracer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stracex/stracex/tracer/choice"
)

// With Paths only calls that access them are recorded: by name, or through a
// descriptor, also of a child and after the file was removed.
func TestPaths(t *testing.T) {
	needTool(t, "perl")
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	const script = `chdir $ARGV[0];
		open F, "file"; sysread F, $x, 10; rename "no", $ARGV[1]; stat "/";
		my $bits = ''; vec($bits, fileno(F), 1) = 1; select $bits, undef, undef, 0;
		unless (fork) { seek F, 0, 0; exit 3 }
		wait; unlink $ARGV[1]; sysread F, $x, 10; open G, "/dev/null"; sysread G, $x, 10; exit 4`
	for _, calls := range []*choice.Set{nil, choice.Diagnosis(), mustParse("read,unlink")} {
		if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		c := trace(t, Options{Argv: []string{"perl", "-e", script, dir, file}, Paths: []string{file}, Calls: calls})
		if c.result.ExitCode != 4 {
			t.Fatalf("%+v %s", c.result, c.stderr)
		}
		var got []string
		for _, tc := range c.calls() {
			got = append(got, tc.name)
		}
		for _, name := range []string{"ioctl", "lseek", "newfstatat", "fstat", "fcntl", "close"} { // perl's own, on the descriptor
			got = slices.DeleteFunc(got, func(s string) bool { return s == name })
		}
		want := []string{"read", "rename", "pselect6", "unlink", "read"}
		if calls != nil && !calls.Has(native, mustNumber(t, "rename")) {
			want = []string{"read", "unlink", "read"}
		}
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Errorf("recorded %v, want %v", got, want)
		}
	}
}

func mustNumber(t *testing.T, name string) uint64 {
	t.Helper()
	nr, ok := native.CallNumber(name)
	if !ok {
		t.Fatal("no", name)
	}
	return nr
}
