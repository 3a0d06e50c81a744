// Addresses as the test programs are given them: "unix:/run/x", "abstract:x",
// "4:127.0.0.1:80", "6:::1:80".
#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

struct address {
	socklen_t len;
	union {
		struct sockaddr any;
		struct sockaddr_un un;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
};

static struct address address_of(const char *text) {
	struct address a = {0};
	const char *rest = strchr(text, ':') + 1, *port = strrchr(text, ':') + 1;
	char host[64] = {0};
	if (*text == 'u' || *text == 'a') {
		int hidden = *text == 'a';
		a.un.sun_family = AF_UNIX;
		strcpy(a.un.sun_path + hidden, rest);
		a.len = offsetof(struct sockaddr_un, sun_path) + hidden + strlen(rest) + !hidden;
		return a;
	}
	strncpy(host, rest, port - rest - 1);
	if (*text == '4') {
		a.in.sin_family = AF_INET;
		a.in.sin_port = htons(atoi(port));
		inet_pton(AF_INET, host, &a.in.sin_addr);
		a.len = sizeof a.in;
	} else {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(atoi(port));
		inet_pton(AF_INET6, host, &a.in6.sin6_addr);
		a.len = sizeof a.in6;
	}
	return a;
}
