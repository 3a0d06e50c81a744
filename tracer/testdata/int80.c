// Makes 32-bit calls from a 64-bit program.
#include <string.h>
#include <sys/mman.h>

static long call32(long nr, long a, long b, long c) {
	long ret;
	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

int main(void) {
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	strcpy(low, "/nonexistent/by/int80");
	call32(5, (long)low, 0, 0);                       // open
	unsigned iov[2] = {(unsigned)(long)low, 12}, *v = (unsigned *)(low + 64);
	memcpy(v, iov, sizeof iov);
	return call32(146, 1, (long)v, 1) == 12 ? 0 : 1; // writev
}
