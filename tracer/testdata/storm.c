// Threads that fork, vfork, spawn, exec and exit all at once. Prints how many
// children ended as they should.
#define _GNU_SOURCE
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static int rounds;
static int good;

static void *short_lived(void *arg) { return arg; }

static void *worker(void *arg) {
	for (int i = 0; i < rounds; i++) {
		pthread_t t;
		pid_t pid = 0;
		int status;
		switch ((i + (int)(long)arg) % 4) {
		case 0:
			if ((pid = fork()) == 0)
				_exit(7);
			break;
		case 1:
			if ((pid = vfork()) == 0)
				_exit(7);
			break;
		case 2: {
			char *argv[] = {"sh", "-c", "exit 7", NULL};
			if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) != 0)
				pid = -1;
			break;
		}
		case 3: // a child with threads, ended by one of them
			if ((pid = fork()) == 0) {
				pthread_create(&t, NULL, short_lived, NULL);
				pthread_create(&t, NULL, (void *(*)(void *))_exit, (void *)7L);
				pause();
			}
			break;
		}
		if (pthread_create(&t, NULL, short_lived, NULL) == 0)
			pthread_join(t, NULL);
		if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7)
			__sync_fetch_and_add(&good, 1);
	}
	return NULL;
}

int main(int argc, char **argv) {
	int threads = atoi(argv[1]);
	rounds = atoi(argv[2]);
	pthread_t t[64];
	for (int i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, worker, (void *)(long)i);
	for (int i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	printf("%d\n", good);
	return 0;
}
