package tracer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestAuditLog(t *testing.T) {
	name := filepath.Join(t.TempDir(), "audit.log")
	const denied = `type=AVC msg=audit(1364481363.243:24287): avc:  denied  { read } for  pid=3538 comm="cat" name="shadow" scontext=a tcontext=b tclass=file`
	const others = "type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no exit=-13 pid=3538\n" +
		"type=USER_LOGIN msg=audit(1364481364.0:1): pid=1 uid=0\n\x00\n"
	if err := os.WriteFile(name, []byte(denied+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := openAuditLog(name)
	defer l.close()
	if got := l.lines(); len(got) > 0 {
		t.Errorf("older lines: %q", got)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(others + denied + "\n" + others)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := l.lines(); !slices.Equal(got, []string{denied}) {
		t.Errorf("%q", got)
	}
	none := openAuditLog(name + ".none")
	defer none.close()
	if got := none.lines(); got != nil {
		t.Errorf("of no log: %q", got)
	}
}
