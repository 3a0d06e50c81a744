//go:build linux && amd64

package abi

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// headers are UAPI headers that define the structs of calls.txt.
const headers = "asm/ldt.h asm/msgbuf.h asm/sembuf.h asm/shmbuf.h asm/siginfo.h asm/signal.h asm/stat.h asm/statfs.h " +
	"linux/aio_abi.h linux/capability.h linux/eventpoll.h linux/fcntl.h linux/filter.h linux/fiemap.h linux/fs.h linux/futex.h " +
	"linux/io_uring.h linux/kexec.h linux/landlock.h linux/mount.h linux/mqueue.h linux/openat2.h linux/poll.h " +
	"linux/posix_types.h linux/resource.h linux/rtc.h linux/sched.h linux/sched/types.h linux/sem.h linux/stat.h " +
	"linux/sysinfo.h linux/termios.h linux/time.h linux/times.h linux/timex.h linux/uio.h linux/userfaultfd.h " +
	"linux/utime.h linux/utsname.h"

// cTypes are the structs' C types, where they are not "struct name"; "" for
// those that are in none of the headers, or are not structs there.
var cTypes = map[string]string{
	"cap_data":               "struct __user_cap_data_struct[2]",
	"cap_header":             "struct __user_cap_header_struct",
	"fd_set":                 "__kernel_fd_set",
	"itimerspec64":           "struct __kernel_itimerspec",
	"msqid_ds":               "struct msqid64_ds",
	"semid_ds":               "struct semid64_ds",
	"shmid_ds":               "struct shmid64_ds",
	"siginfo":                "siginfo_t",
	"stack_t":                "stack_t",
	"timespec64":             "struct __kernel_timespec",
	"timex64":                "struct __kernel_timex",
	"utsname":                "struct new_utsname",
	"addr":                   "void *",
	"gid":                    "int",
	"gid16":                  "short",
	"int":                    "int",
	"long":                   "long",
	"u64":                    "long long",
	"bpf_attr":               "",
	"cachestat":              "",
	"cachestat_range":        "",
	"cpu_set":                "",
	"file_attr":              "",
	"file_handle":            "",
	"ifconf":                 "",
	"ifreq":                  "",
	"mmap_args":              "",
	"socketcall_args":        "",
	"mnt_id_req":             "",
	"ns_id_req":              "",
	"old_sigaction":          "",
	"old_stat":               "struct __old_kernel_stat",
	"perf_event_attr":        "",
	"select_args":            "",
	"sigaction":              "",
	"sigset_argpack":         "",
	"stat64":                 "",
	"ustat":                  "",
	"xattr_args":             "",
	"landlock_net_port_attr": "",
	"landlock_ruleset_attr":  "",
}

// sizeLine is a variable with a struct's size in gcc's assembly.
var sizeLine = regexp.MustCompile(`(?m)^size_(\w+):\s+\.(?:long|quad)\s+(\d+)`)

// The sizes of structs are those of the kernel's headers, on amd64 and i386.
func TestStructSizes(t *testing.T) {
	gcc := needTool(t, "gcc")
	ours := [3]map[string]int{{}, {}, {}}
	for _, a := range []Arch{AMD64, ARM64, I386} {
		for i := range calls {
			collectSizes(ours[a.index()], a.Lookup(calls[i].Name))
		}
	}
	for arch, flag := range map[Arch]string{AMD64: "-m64", I386: "-m32"} {
		cmd := exec.Command(gcc, flag, "-w", "-S", "-idirafter", "/usr/include/x86_64-linux-gnu", "-o", "-", "-x", "c", "-")
		cmd.Stdin = strings.NewReader(sizesProgram(ours[arch.index()]))
		asm, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("gcc %s: %.2000s", flag, asm)
		}
		found := sizeLine.FindAllStringSubmatch(string(asm), -1)
		if len(found) < 50 {
			t.Errorf("%v: only %d structs were compared", arch, len(found))
		}
		for _, m := range found {
			if want, _ := strconv.Atoi(m[2]); ours[arch.index()][m[1]] != want {
				t.Errorf("%v: struct %s has %d bytes, calls.txt says %d", arch, m[1], want, ours[arch.index()][m[1]])
			}
		}
	}
}

// sizesProgram is C text with a variable for each struct that holds its size.
func sizesProgram(structs map[string]int) string {
	var prog strings.Builder
	fmt.Fprintln(&prog, "#include <linux/types.h>")
	for _, h := range strings.Fields(headers) {
		fmt.Fprintf(&prog, "#include <%s>\n", h)
	}
	for name := range structs {
		ctype, ok := cTypes[name]
		if !ok {
			ctype = "struct " + name
		}
		if ctype != "" {
			fmt.Fprintf(&prog, "long size_%s = sizeof(%s);\n", name, ctype)
		}
	}
	return prog.String()
}

// collectSizes notes the sizes of a call's structs.
func collectSizes(sizes map[string]int, c *Call) {
	for _, a := range c.Args {
		if a.Kind == Struct || a.Kind == Array {
			sizes[a.Set] = a.Size
		}
	}
	for i := range c.variants {
		collectSizes(sizes, &c.variants[i].call)
	}
}
