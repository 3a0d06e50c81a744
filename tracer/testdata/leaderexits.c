// The leader ends first; another thread goes on and executes argv[1].
#include <pthread.h>
#include <unistd.h>

static void *runner(void *argv) {
	char **a = argv;
	usleep(20000);
	execv(a[1], a + 1);
	_exit(9);
}

int main(int argc, char **argv) {
	pthread_t t;
	pthread_create(&t, NULL, runner, argv);
	pthread_exit(NULL);
}
