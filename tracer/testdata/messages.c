// Sends and receives in every way, up to a page that can't be read.
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
	int s[2], p[2];
	char in[64], name[] = "messages";
	socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
	pipe(p);

	struct iovec iov[2] = {{"first ", 6}, {"second", 6}};
	writev(p[1], iov, 2);
	struct iovec parts[2] = {{in, 4}, {in + 8, 32}};
	readv(p[0], parts, 2);

	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &p[0], sizeof(int));
	sendmsg(s[0], &m, 0);
	m.msg_iov = parts;
	recvmsg(s[1], &m, 0);

	struct mmsghdr mm[2] = {{.msg_hdr = {.msg_iov = iov, .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = iov + 1, .msg_iovlen = 1}}};
	sendmmsg(s[0], mm, 2, 0);
	mm[0].msg_hdr.msg_iov = &parts[0], mm[1].msg_hdr.msg_iov = &parts[1];
	recvmmsg(s[1], mm, 2, MSG_DONTWAIT, NULL);

	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/nonexistent/socket"};
	connect(s[0], (struct sockaddr *)&un, sizeof un);
	socklen_t len = sizeof un;
	getsockname(s[0], (struct sockaddr *)&un, &len);
	int type;
	len = sizeof type;
	getsockopt(s[0], SOL_SOCKET, SO_TYPE, &type, &len);
	struct pollfd fds[2] = {{s[0], POLLOUT}, {p[0], POLLIN}};
	poll(fds, 2, 0);

	// The page behind is not there.
	char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(map + 4096, 4096);
	memcpy(map + 4096 - 10, "end of all", 10);
	write(p[1], map + 4096 - 10, 20);
	access(map + 4096 - 10, F_OK);
	access((char *)1, F_OK);
	memcpy(map + 4096 - sizeof name, name, sizeof name);
	access(map + 4096 - sizeof name, F_OK);
	return 0;
}
