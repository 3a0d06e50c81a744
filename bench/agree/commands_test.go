package agree

// commands are those whose text is compared: everyday ones, each with what its
// run needs.
func commands(url string) []program {
	const numbers = "seq 1 200 | sort -R --random-source=/etc/passwd >numbers; seq 1 50 >other\n"
	python := `import json, os, subprocess
print(json.dumps({"a": 1}), os.getcwd() != "/")
try: open("/nonexistent/file")
except OSError as e: print(e)
print(subprocess.run(["sh", "-c", "exit 3"]).returncode)`
	return []program{
		{name: "ls", setup: tree, calls: 60, argv: []string{"ls", "-lR", "tree", "/nonexistent"}},
		{name: "find", setup: tree, calls: 60, argv: []string{"find", "tree", "-name", "f*", "-size", "-10"}},
		{name: "grep", calls: 60, argv: []string{"grep", "-rc", "root", "/etc/passwd", "/etc/group", "/etc/apt"}},
		{name: "sed", setup: numbers, calls: 60, argv: []string{"sed", "-i", "s/1/one/", "numbers"}},
		{name: "awk", needs: []string{"gawk"}, setup: numbers, calls: 60, argv: []string{"gawk", `{ s += $1; print | "cat" } END { print s }`, "numbers"}},
		{name: "sort", setup: numbers, calls: 50, argv: []string{"sort", "-n", "-o", "sorted", "numbers"}},
		{name: "tar", setup: tree, calls: 150, argv: []string{"tar", "-czf", "out.tgz", "tree"}},
		{name: "gzip", setup: numbers, calls: 40, argv: []string{"gzip", "-k", "numbers"}},
		{name: "cp", setup: tree, calls: 100, argv: []string{"cp", "-a", "tree", "copy"}},
		{name: "mv", setup: tree, calls: 40, argv: []string{"mv", "tree/a/f1", "tree/moved"}},
		{name: "rm", setup: tree, calls: 60, argv: []string{"rm", "-rf", "tree", "nothing"}},
		{name: "mkdir", calls: 40, argv: []string{"mkdir", "-p", "-m", "750", "a/b/c"}},
		{name: "cat", setup: numbers, calls: 30, argv: []string{"cat", "numbers", "/nonexistent", "other"}},
		{name: "head", setup: numbers, calls: 30, argv: []string{"head", "-n", "3", "numbers", "other"}},
		{name: "date", calls: 30, argv: []string{"date", "-u", "-r", "/etc/passwd", "+%s"}},
		{name: "id", calls: 50, argv: []string{"id", "daemon"}},
		{name: "stat", setup: tree, calls: 50, argv: []string{"stat", "tree", "/dev/null", "tree/c/fifo", "nothing"}},
		{name: "env", calls: 60, argv: []string{"env", "-i", "A=1", "sh", "-c", "echo $A"}},
		{name: "xargs", setup: numbers, calls: 100, argv: []string{"xargs", "-n", "50", "-a", "numbers", "echo"}},
		{name: "dash", needs: []string{"dash"}, calls: 60,
			argv: []string{"dash", "-c", `trap 'echo bye' EXIT; for i in 1 2; do (cd / && echo $i); done; kill -0 $$; cat <<E | wc -c
here
E`}},
		{name: "bash", needs: []string{"bash"}, calls: 500,
			argv: []string{"bash", "-c", `cat /etc/passwd | sort | head -n 2; (exit 7); echo $?; ls /nonexistent; for i in 1 2 3; do echo $i; done >out; read x <out; echo "$x" | tr 1 2`}},
		{name: "script", needs: []string{"bash"}, setup: "cat >s.sh <<'.'\n#!/bin/bash\nset -e\nx=$(wc -l </etc/passwd)\n[ -f s.sh ] && test -w . && echo ok >&2\ncase $x in *) echo $((1+2)) ;; esac\nsleep 0.01 & wait $!\nmktemp -d ./dir.XXXXXX >/dev/null\nexec false\n.\nchmod +x s.sh\n",
			calls: 200, argv: []string{"./s.sh"}},
		{name: "python3", needs: []string{"python3"}, calls: 300, argv: []string{interpreter("python3"), "-c", python}},
		{name: "perl", needs: []string{"perl"}, calls: 150, argv: []string{"perl", "-e", `open(F, "<", "/etc/passwd") or die; @l = <F>; print scalar(@l) > 1, "\n"; print ` + "`echo sub`" + `; $SIG{USR1} = sub {}; kill USR1 => $$; select(undef, undef, undef, 0.01)`}},
		{name: "node", needs: []string{"node"}, calls: 500, argv: []string{"node", "-e", `require("fs").readFileSync("/etc/passwd"); console.log(1)`}},
		{name: "git", needs: []string{"git"}, setup: gitRepo, calls: 200, argv: []string{"git", "status"}},
		{name: "gcc", needs: []string{"gcc"}, setup: helloC, calls: 300, argv: []string{"gcc", "-O1", "-o", "hello", "hello.c"}},
		{name: "make", needs: []string{"make", "gcc"}, setup: helloC + "printf 'all: hello\\n\\t./hello >out; ls -l out\\nhello: hello.c\\n\\tgcc -o $@ $<\\n' >Makefile\n",
			calls: 500, argv: []string{"make"}},
		{name: "curl", needs: []string{"curl"}, calls: 200, argv: []string{"curl", "-sS", "-o", "page", url}},
		{name: "sqlite3", needs: []string{"sqlite3"}, calls: 80, argv: []string{"sqlite3", "db", "create table t(a); insert into t values(1), (2); select sum(a) from t;"}},
		{name: "threads", needs: []string{"gcc"}, setup: threadsC, calls: 400, argv: []string{"./threads"}},
		{name: "ip", needs: []string{"ip"}, calls: 30, argv: []string{"ip", "addr"}},
		{name: "diff", needs: []string{"diff"}, setup: tree + "cp -a tree copy; echo x >>copy/a/f3\n", calls: 100, argv: []string{"diff", "-r", "tree/a", "copy/a"}},
		{name: "rsync", needs: []string{"rsync"}, setup: tree, calls: 200, argv: []string{"rsync", "-a", "--checksum-seed=1", "tree/", "copy"}},
	}
}
