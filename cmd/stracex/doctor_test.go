package main

import (
	"encoding/json"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/stracex/stracex/tracer"
)

func TestDoctorElsewhere(t *testing.T) {
	f := examine(tracer.Surroundings{System: "darwin/arm64", Yama: -1, Seccomp: -1}, tracer.ErrUnsupported)
	var b strings.Builder
	err := showFindings(&b, "json", f)
	if e, ok := errors.AsType[*statusError](err); !ok || e.status != 1 || e.err != nil {
		t.Errorf("error %v", err)
	}
	var got findings
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Works || len(got.Checks) != 1 || got.Checks[0].Level != levelFail ||
		!strings.Contains(got.Checks[0].Text, "darwin/arm64: capturing needs Linux") || !strings.Contains(got.Checks[0].Remedy, "analyze") {
		t.Errorf("got %s", b.String())
	}
}

func TestDoctorRoom(t *testing.T) {
	for _, c := range []struct {
		free  uint64
		err   error
		level level
	}{
		{1 << 40, nil, levelOK},
		{100 << 20, nil, levelWarn},
		{1000, nil, levelFail},
		{0, syscall.EROFS, levelFail},
	} {
		f := examine(tracer.Surroundings{TempDir: "/tmp", TempFree: c.free, TempErr: c.err}, nil)
		last := f.Checks[len(f.Checks)-1]
		if last.Level != c.level || f.Works != (c.level != levelFail) || (last.Remedy == "") != (c.level == levelOK) {
			t.Errorf("%d bytes, %v: %+v, works: %v", c.free, c.err, last, f.Works)
		}
	}
}

// Names of processes are chosen by whoever runs them.
func TestDoctorEscapes(t *testing.T) {
	var b strings.Builder
	f := examine(tracer.Surroundings{TracerPID: 7, TracerName: "a\x1b[31m\nok", TempFree: 1 << 40}, nil)
	if err := showFindings(&b, "text", f); err != nil || strings.ContainsRune(b.String(), 0x1b) || !strings.Contains(b.String(), `a\x1b[31m\nok[7]`) {
		t.Errorf("%v: %q", err, b.String())
	}
}

func TestOlderThan(t *testing.T) {
	for release, want := range map[string]bool{
		"4.18.0-553.el8.x86_64": true, "5.2.21": true, "5.3.0": false, "5.10.0-28-amd64": false,
		"6.18": false, "": false, "strange": false,
	} {
		if got := olderThan(release, 5, 3); got != want {
			t.Errorf("%q: %v", release, got)
		}
	}
}
