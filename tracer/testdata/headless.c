// A process whose leader has ended while another thread lives on.
#include <pthread.h>
#include <unistd.h>

static void *stay(void *arg) {
	for (;;)
		pause();
	return arg;
}

int main(void) {
	pthread_t t;
	pthread_create(&t, NULL, stay, NULL);
	pthread_exit(NULL);
}
