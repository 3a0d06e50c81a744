// Listens on a port of 127.0.0.1, then tries to bind the same one again.
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int s = socket(AF_INET, SOCK_STREAM, 0), t = socket(AF_INET, SOCK_STREAM, 0);
	bind(s, (struct sockaddr *)&a, sizeof a);
	listen(s, 1);
	getsockname(s, (struct sockaddr *)&a, &len);
	printf("%d\n", ntohs(a.sin_port));
	return bind(t, (struct sockaddr *)&a, sizeof a) == 0;
}
