// Silent calls, with an interesting one among three thousand.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int main(void) {
	struct timespec now;
	sigset_t none;
	sigemptyset(&none);
	for (int i = 0; i < 300000; i++) {
		switch (i % 6) {
		case 0: syscall(SYS_clock_gettime, CLOCK_REALTIME, &now); break;
		case 1: sched_yield(); break;
		case 2: syscall(SYS_brk, 0); break;
		case 3: sigprocmask(SIG_BLOCK, &none, 0); break;
		case 4: munmap(mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096); break;
		case 5: syscall(SYS_gettid); break;
		}
		if (i % 3000 == 0)
			close(open("/etc/passwd", O_RDONLY));
	}
	return 0;
}
