/* bare COMMAND...: a tracer that stops at each entry and exit of a system call,
 * asks which one it is, and records nothing: what the stops alone cost. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>

static int stops(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

int main(int argc, char **argv)
{
	int command = fork(), status, code = 0, tid;
	if (command == 0) {
		raise(SIGSTOP);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(command, &status, WUNTRACED);
	if (ptrace(PTRACE_SEIZE, command, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) != 0) {
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
		if (event == PTRACE_EVENT_STOP && stops(signal)) {
			ptrace(PTRACE_LISTEN, tid, 0, 0);
			continue;
		}
		if (event == 0 && signal == (SIGTRAP | 0x80)) {
			struct ptrace_syscall_info info;
			ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info);
		} else if (event == 0) {
			pass = signal;
		}
		ptrace(PTRACE_SYSCALL, tid, 0, pass);
	}
	return code;
}
