// Makes argv[1] children, one after the other, and counts those that ended well.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
	int good = 0, status;
	for (int i = 0; i < atoi(argv[1]); i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(i % 100);
		if (waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == i % 100)
			good++;
	}
	printf("%d\n", good);
	return 0;
}
