// Checks that signals come with their siginfo, interrupt and restart calls, and
// that stopping and continuing a child shows in waitpid.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int code, value, sender, count;

static void handler(int sig, siginfo_t *info, void *uc) {
	code = info->si_code;
	value = info->si_value.sival_int;
	sender = info->si_pid;
	count++;
}

static void handle(int sig, int flags) {
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
	sigaction(sig, &sa, NULL);
}

// A child sends sig while the parent reads from a pipe, and then a byte.
static void interrupted_read(const char *name, int sig, int flags) {
	int p[2];
	char c = 0;
	handle(sig, flags);
	pipe(p);
	count = 0;
	pid_t child = fork();
	if (child == 0) {
		union sigval v = {.sival_int = 42};
		usleep(100000);
		sigqueue(getppid(), sig, v);
		usleep(100000);
		write(p[1], "x", 1);
		_exit(0);
	}
	errno = 0;
	int n = read(p[0], &c, 1);
	printf("%s: read %d %s, %d signals, code %d value %d from child %d\n", name, n,
	       n < 0 ? strerrorname_np(errno) : "", count, code, value, sender == child);
	waitpid(child, NULL, 0);
}

int main(void) {
	int status;
	interrupted_read("restart", SIGUSR1, SA_RESTART);
	interrupted_read("interrupt", SIGUSR2, 0);
	interrupted_read("realtime", SIGRTMIN + 3, 0);

	pid_t child = fork();
	if (child == 0)
		for (;;)
			pause();
	kill(child, SIGSTOP);
	waitpid(child, &status, WUNTRACED);
	printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
	kill(child, SIGTSTP); // no second stop
	kill(child, SIGCONT);
	waitpid(child, &status, WCONTINUED);
	printf("continued %d\n", WIFCONTINUED(status));
	kill(child, SIGTERM);
	waitpid(child, &status, WUNTRACED);
	printf("killed %d by %d\n", WIFSIGNALED(status), WTERMSIG(status));
	return 0;
}
