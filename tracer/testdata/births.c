// Makes one child in each way there is.
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536];
static int child(void *arg) { return 0; }
static void *thread(void *arg) { return arg; }

int main(void) {
	pthread_t t;
	pid_t pid;
#ifdef SYS_fork
	pid = syscall(SYS_fork);
#else
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	if ((pid = vfork()) == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	pid = clone(child, stack + sizeof stack, CLONE_FILES | CLONE_FS | SIGCHLD, NULL);
	waitpid(pid, NULL, 0);
	struct clone_args a = {.flags = CLONE_PARENT_SETTID, .parent_tid = (uintptr_t)&pid, .exit_signal = SIGUSR1};
	signal(SIGUSR1, SIG_IGN);
	if (syscall(SYS_clone3, &a, sizeof a) == 0)
		_exit(0);
	waitpid(-1, NULL, __WALL);
	char *argv[] = {"true", NULL};
	if (posix_spawnp(&pid, "true", NULL, NULL, argv, NULL) == 0)
		waitpid(pid, NULL, 0);
	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
	return 0;
}
