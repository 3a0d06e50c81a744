// Reads a file through io_uring, with the bare system calls, and prints what it
// read. With an argument, makes a second ring in the same process and one in a
// child.
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *ring(int fd, size_t size, off_t at) {
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, at);
	if (p == MAP_FAILED)
		perror("mmap"), _exit(1);
	return p;
}

// uring_read is read(2) by way of a ring.
static int uring_read(int file, char *buf, unsigned n) {
	struct io_uring_params p = {0};
	int fd = syscall(SYS_io_uring_setup, 4, &p);
	if (fd < 0)
		perror("io_uring_setup"), _exit(1);
	char *sq = ring(fd, p.sq_off.array + p.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	char *cq = ring(fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	struct io_uring_sqe *sqe = ring(fd, p.sq_entries * sizeof *sqe, IORING_OFF_SQES);

	memset(sqe, 0, sizeof *sqe);
	sqe->opcode = IORING_OP_READ;
	sqe->fd = file;
	sqe->addr = (unsigned long)buf;
	sqe->len = n;
	((unsigned *)(sq + p.sq_off.array))[0] = 0;
	__atomic_store_n((unsigned *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		perror("io_uring_enter"), _exit(1);
	struct io_uring_cqe *cqe = (void *)(cq + p.cq_off.cqes);
	close(fd);
	return cqe->res;
}

int main(int argc, char **argv) {
	char buf[64];
	int n = uring_read(open(argv[1], O_RDONLY), buf, sizeof buf);
	if (n < 0)
		return fprintf(stderr, "read: %s\n", strerror(-n)), 1;
	write(1, buf, n);
	if (argc > 2) {
		uring_read(0, buf, 0);
		if (fork() == 0)
			_exit(uring_read(0, buf, 0));
		wait(NULL);
	}
	return 7;
}
