//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// programs are what is traced, one line of a shell each, run in an empty folder.
// What a machine doesn't have fails there, which is traced as well.
var programs = []string{
	"ls -lR /usr/share/doc > list; sort list | uniq -c | tail -1; grep -c a list",
	"find /usr/include -name '*.h' -size +100k",
	"i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done",
	"python3 -c 'import json, threading, urllib.request, ssl, asyncio, email, sqlite3'",
	"perl -MPOSIX -MData::Dumper -e 1",
	"printf '#include <stdio.h>\\n#include <math.h>\\nint main(){puts(\"x\");return 0;}\\n' > x.c; gcc -o x x.c -lm && ./x",
	"git init -q r; cd r; date > f; git add f; git status",
	"tar cf all.tar list; gzip all.tar; tar tzf all.tar.gz",
	"bash -c 'cat < /etc/passwd | while read l; do echo $l; done | wc -l'",
	"go version; go env",
	"cat /etc/app/config.json; man no-such-page; ssh -V; curl -s http://localhost:1/",
}

// makeLog writes a log of at least size bytes: each program's trace once, and the
// whole again and again.
func makeLog(dir, name string, size int64) error {
	var whole bytes.Buffer
	for i, p := range programs {
		one := fmt.Sprintf("%s/%d.log", dir, i)
		cmd := exec.Command("strace", "-f", "-tt", "-T", "-y", "-o", one, "sh", "-c", p)
		cmd.Dir = dir
		_ = cmd.Run() // some fail, and shall
		text, err := os.ReadFile(one)
		if err != nil {
			return fmt.Errorf("tracing %s: %w", p, err)
		}
		whole.Write(text)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for n := int64(0); n < size; n += int64(whole.Len()) {
		if _, err := io.Copy(f, bytes.NewReader(whole.Bytes())); err != nil {
			return err
		}
	}
	return f.Close()
}
