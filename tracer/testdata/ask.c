// A client. ask KIND ADDRESS LINE: sends a line to the server at ADDRESS and prints
// the answer. KIND: stream; retry (every 10 ms until there is a server); udp; message
// (UDP, by sendmsg); fifo (writes only).
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "address.h"

int main(int argc, char **argv) {
	const char *kind = argv[1], *line = argv[3];
	char answer[256];
	if (!strcmp(kind, "fifo")) {
		int f = open(argv[2], O_WRONLY);
		return write(f, line, strlen(line)) < 0;
	}
	struct address a = address_of(argv[2]);
	int dgram = !strcmp(kind, "udp") || !strcmp(kind, "message");
	int s = socket(a.any.sa_family, dgram ? SOCK_DGRAM : SOCK_STREAM, 0);
	if (!strcmp(kind, "message")) {
		struct iovec io = {(void *)line, strlen(line)};
		struct msghdr m = {.msg_name = &a.any, .msg_namelen = a.len, .msg_iov = &io, .msg_iovlen = 1};
		sendmsg(s, &m, 0);
	} else if (dgram) {
		sendto(s, line, strlen(line), 0, &a.any, a.len);
	} else {
		while (connect(s, &a.any, a.len)) {
			if (strcmp(kind, "retry")) {
				perror("connect");
				return 1;
			}
			usleep(10000);
		}
		write(s, line, strlen(line));
	}
	ssize_t n = read(s, answer, sizeof answer);
	return n <= 0 || write(1, answer, n) != n;
}
