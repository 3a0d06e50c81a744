// Blocks in calls that a signal breaks off, and prints what they return: a caught
// signal ends them, a stop doesn't.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int caught;
static void handler(int sig) { caught = sig; }

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

// after sends the parent signals while it blocks.
static pid_t after(int first, int second) {
	pid_t child = fork();
	if (child == 0) {
		usleep(100000);
		kill(getppid(), first);
		usleep(50000);
		if (second)
			kill(getppid(), second);
		_exit(0);
	}
	return child;
}

static int sleeps(struct timespec *rest) {
	struct timespec t = {.tv_nsec = 400000000};
	return nanosleep(&t, rest);
}

static int polls(struct timespec *rest) {
	int p[2];
	pipe(p);
	struct pollfd f = {.fd = p[0], .events = POLLIN};
	int n = poll(&f, 1, 400);
	close(p[0]);
	close(p[1]);
	return n;
}

static void blocked(const char *name, int (*call)(struct timespec *), int first, int second) {
	struct timespec rest = {0};
	caught = errno = 0;
	double start = now();
	pid_t child = after(first, second);
	int n = call(&rest);
	const char *error = n < 0 ? strerrorname_np(errno) : "";
	double took = now() - start;
	printf("%s: %d %s, caught %d, rest %d, whole time %d\n", name, n, error, caught,
	       n < 0 && rest.tv_nsec > 0, took > 0.39); // any tracer makes the kernel write it at other times
	waitpid(child, NULL, 0);
}

int main(void) {
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
	sigaction(SIGUSR1, &sa, NULL); // no sleep restarts for it, see signal(7)
	blocked("nanosleep, caught", sleeps, SIGUSR1, 0);
	blocked("nanosleep, stopped", sleeps, SIGSTOP, SIGCONT);
	blocked("nanosleep, ignored", sleeps, SIGWINCH, 0);
	blocked("poll, caught", polls, SIGUSR1, 0);
	blocked("poll, stopped", polls, SIGSTOP, SIGCONT);
	blocked("poll, ignored", polls, SIGWINCH, 0);
	return 0;
}
