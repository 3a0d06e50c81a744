// A thread that is not the leader executes argv[1], while others sleep in calls.
#include <pthread.h>
#include <unistd.h>

static void *sleeper(void *arg) {
	pause();
	return arg;
}

static void *runner(void *argv) {
	char **a = argv;
	usleep(20000); // let the others get into their calls
	execv(a[1], a + 1);
	_exit(9);
}

int main(int argc, char **argv) {
	pthread_t t;
	pthread_create(&t, NULL, sleeper, NULL);
	pthread_create(&t, NULL, sleeper, NULL);
	pthread_create(&t, NULL, runner, argv);
	pause();
	return 8;
}
