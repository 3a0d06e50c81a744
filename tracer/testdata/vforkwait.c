// A vfork whose child lives on for a while: until it is killed, the parent can't
// be stopped. Prints the child's id.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
	pid_t pid = vfork();
	if (pid == 0) {
		char text[32];
		write(1, text, snprintf(text, sizeof text, "%d\n", getpid()));
		for (;;)
			pause();
	}
	waitpid(pid, NULL, 0);
	write(1, "over\n", 5);
	return 3;
}
