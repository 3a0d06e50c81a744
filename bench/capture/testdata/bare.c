/* bare COMMAND...: a tracer that stops at each entry and exit of a system call,
 * asks which one it is, and records nothing: what the stops alone cost.
 *
 * bare -f FILE COMMAND...: the same for the calls that the seccomp program in FILE
 * stops, but for the exits of the two that stracex why lets run on most often. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>

static int stops(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static int filter(const char *file)
{
	static struct sock_filter program[BPF_MAXINSNS];
	int fd = open(file, O_RDONLY);
	struct sock_fprog p = { read(fd, program, sizeof program) / sizeof *program, program };
	close(fd);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
}

static long called(int tid)
{
	struct ptrace_syscall_info info = { 0 };
	ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info);
	return info.op == PTRACE_SYSCALL_INFO_SECCOMP ? info.seccomp.nr : -1;
}

int main(int argc, char **argv)
{
	const char *file = NULL;
	if (argc > 2 && strcmp(argv[1], "-f") == 0) {
		file = argv[2];
		argv += 2;
	}
	int command = fork(), status, code = 0, tid;
	if (command == 0) {
		raise(SIGSTOP);
		if (file && filter(file) != 0) {
			perror("seccomp");
			_exit(125);
		}
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(command, &status, WUNTRACED);
	if (ptrace(PTRACE_SEIZE, command, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL) != 0) {
		perror("ptrace");
		return 125;
	}
	kill(command, SIGCONT);
	ptrace(PTRACE_INTERRUPT, command, 0, 0);
	while ((tid = wait4(-1, &status, __WALL, 0)) > 0 || errno == EINTR) {
		if (tid < 0)
			continue;
		if (!WIFSTOPPED(status)) {
			if (tid == command)
				code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			continue;
		}
		int event = status >> 16, signal = WSTOPSIG(status), pass = 0;
		int request = file ? PTRACE_CONT : PTRACE_SYSCALL;
		if (event == PTRACE_EVENT_STOP && stops(signal)) {
			ptrace(PTRACE_LISTEN, tid, 0, 0);
			continue;
		}
		if (event == 0 && signal == (SIGTRAP | 0x80)) {
			called(tid);
		} else if (event == PTRACE_EVENT_SECCOMP) {
			long nr = called(tid);
			if (nr != SYS_close && nr != SYS_epoll_ctl)
				request = PTRACE_SYSCALL;
		} else if (event == 0) {
			pass = signal;
		}
		ptrace(request, tid, 0, pass);
	}
	return code;
}
