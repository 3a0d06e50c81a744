// Asks for a tracer, or wants to be one: of its child, or of a process that there
// is not.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(int argc, char **argv) {
	long err = 0;
	pid_t child = fork();
	if (child == 0) {
		pause();
		_exit(0);
	}
	if (!strcmp(argv[1], "traceme"))
		err = ptrace(PTRACE_TRACEME, 0, 0, 0);
	else if (!strcmp(argv[1], "attach"))
		err = ptrace(PTRACE_ATTACH, child, 0, 0);
	else if (!strcmp(argv[1], "seize"))
		err = ptrace(PTRACE_SEIZE, child, 0, 0);
	else
		err = ptrace(PTRACE_ATTACH, 0x7ffffffe, 0, 0);
	if (err < 0)
		perror("ptrace");
	kill(child, SIGKILL);
	return err < 0;
}
