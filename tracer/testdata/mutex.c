// Hangs on a lock between threads. mutex HOW: plain, robust, inherit (of priority), join
// (waits for the other thread's end), cond (nobody holds anything).
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t m;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;

static void *hold(void *x) {
	pthread_mutex_lock(&m);
	write(1, "held\n", 5);
	for (;;) pause();
}

int main(int argc, char **argv) {
	pthread_t t;
	pthread_mutexattr_t a;
	pthread_mutexattr_init(&a);
	if (!strcmp(argv[1], "robust")) pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	if (!strcmp(argv[1], "inherit")) pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&m, &a);
	if (!strcmp(argv[1], "cond")) {
		pthread_mutex_lock(&m);
		pthread_cond_wait(&c, &m);
	}
	pthread_create(&t, 0, hold, 0);
	if (!strcmp(argv[1], "join")) pthread_join(t, 0);
	for (;;) { // until the other one has it
		pthread_mutex_lock(&m);
		pthread_mutex_unlock(&m);
	}
}
