/* Closes descriptors that it, a relative or a former self has written to, or
   that nobody has. close(999) says that it begins. argv[1] is a directory. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int reads(void) { return open("/dev/zero", O_RDONLY); }

static int writes(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0600);
	if (write(fd, "x", 1) != 1)
		_exit(1);
	return fd;
}

/* clone without memory in common, so that no stack is needed */
static int child(long flags) { return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0); }

static pthread_t leader;

static void *outlive(void *unused)
{
	int fd = writes("thread");
	pthread_join(leader, NULL);
	usleep(100000);
	close(fd);
	close(reads());
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc > 2) { /* after execve */
		close(4);
		_exit(0);
	}
	close_range(3, ~0U, 0);
	if (chdir(argv[1]))
		return 1;
	close(999);
	int r = reads(), w = writes("written"); /* 3, 4 */
	if (child(0) == 0) {
		close(r);
		close(w);
		reads(); /* 3 */
		close(reads()); /* 4 again */
		_exit(0);
	}
	wait(NULL);
	if (child(0) == 0) {
		execl("/proc/self/exe", "closes", argv[1], "again", NULL);
		_exit(1);
	}
	wait(NULL);
	if (child(CLONE_FILES) == 0) {
		writes("for the parent"); /* 5 */
		_exit(0);
	}
	wait(NULL);
	close(5);
	if (child(CLONE_FILES) == 0) {
		if (unshare(CLONE_FILES))
			_exit(1);
		close(w);
		close(reads()); /* 4, of this process */
		_exit(0);
	}
	wait(NULL);
	if (child(CLONE_FILES) == 0) {
		close_range(1000, 1000, CLOSE_RANGE_UNSHARE);
		close(w);
		close(reads());
		_exit(0);
	}
	wait(NULL);
	close(w);
	pthread_t t;
	leader = pthread_self();
	pthread_create(&t, NULL, outlive, NULL);
	syscall(SYS_exit, 0); /* pthread_exit opens a library */
}
