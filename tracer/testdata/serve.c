// A server. serve HOW ADDRESS [NEXT]: answers each line with the same line, that of
// the server at NEXT if there is one; with "=" before NEXT over one connection, that
// is made at the start and kept. Whatever is unexpected, an interrupted call
// too, ends it. Says "ready", with the port of an Internet socket, on stdout.
//
// HOW: fork (a process for each connection), thread (a thread for each), epoll, prefork
// (three processes with one listener), patient (epoll, that goes on when interrupted), udp, fifo (reads lines from ADDRESS, opened
// anew for each client).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "address.h"

static const char *next;

static void fail(const char *what) {
	fprintf(stderr, "serve: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static int kept = -1;

static int connected(void) {
	struct address a = address_of(next + (*next == '='));
	int t = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(t, &a.any, a.len)) fail(next);
	return t;
}

// answer serves one request; 0 at the end of the connection.
static int answer(int s) {
	char line[256];
	ssize_t n = read(s, line, sizeof line);
	if (n < 0 && errno != ECONNRESET) fail("read");
	if (n <= 0) return 0;
	if (next) {
		int t = kept >= 0 ? kept : connected();
		if (write(t, line, n) != n) fail("write");
		if ((n = read(t, line, sizeof line)) <= 0) fail("read");
		if (t != kept) close(t);
	}
	return write(s, line, n) == n;
}

static void *serve(void *s) {
	while (answer((int)(long)s));
	close((int)(long)s);
	return 0;
}

static int accepted(int l) {
	int s = accept4(l, 0, 0, SOCK_CLOEXEC);
	if (s < 0) fail("accept");
	return s;
}

static void forking(int l) {
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int s = accepted(l);
		if (fork() == 0) {
			close(l);
			serve((void *)(long)s);
			_exit(0);
		}
		close(s);
	}
}

static void threads(int l) {
	for (;;) {
		pthread_t t;
		long s = accepted(l);
		if (pthread_create(&t, 0, serve, (void *)s)) fail("thread");
		pthread_detach(t);
	}
}

static void events(int l, int patient) {
	int e = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = {.events = EPOLLIN, .data.fd = l};
	epoll_ctl(e, EPOLL_CTL_ADD, l, &ev);
	for (;;) {
		if (epoll_wait(e, &ev, 1, -1) != 1) {
			if (patient && errno == EINTR) continue;
			fail("epoll_wait");
		}
		if (ev.data.fd == l) {
			ev.data.fd = accepted(l);
			epoll_ctl(e, EPOLL_CTL_ADD, ev.data.fd, &ev);
		} else if (!answer(ev.data.fd)) {
			close(ev.data.fd);
		}
	}
}

static void workers(int l) {
	for (int i = 0; i < 3; i++)
		if (fork() == 0)
			for (;;) serve((void *)(long)accepted(l));
	for (;;) pause();
}

static void datagrams(int s) {
	struct sockaddr_storage from;
	for (;;) {
		char line[256];
		socklen_t len = sizeof from;
		ssize_t n = recvfrom(s, line, sizeof line, 0, (struct sockaddr *)&from, &len);
		if (n < 0) fail("recvfrom");
		sendto(s, line, n, 0, (struct sockaddr *)&from, len);
	}
}

static void fifo(const char *name) {
	if (mkfifo(name, 0600)) fail(name);
	puts("ready");
	for (;;) {
		int f = open(name, O_RDONLY);
		char line[256];
		if (f < 0) fail(name);
		for (ssize_t n; (n = read(f, line, sizeof line)) != 0;) {
			if (n < 0) fail("read");
			write(1, line, n);
		}
		close(f);
	}
}

int main(int argc, char **argv) {
	const char *how = argv[1];
	int udp = !strcmp(how, "udp");
	setvbuf(stdout, 0, _IONBF, 0);
	if (!strcmp(how, "fifo")) fifo(argv[2]);
	next = argv[3];
	if (next && *next == '=') kept = connected();
	struct address a = address_of(argv[2]);
	int l = socket(a.any.sa_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	if (bind(l, &a.any, a.len)) fail("bind");
	if (!udp && listen(l, 100)) fail("listen");
	getsockname(l, &a.any, &a.len);
	printf("ready %d\n", a.any.sa_family == AF_UNIX ? 0 : ntohs(a.in.sin_port));
	if (udp) datagrams(l);
	if (!strcmp(how, "fork")) forking(l);
	if (!strcmp(how, "thread")) threads(l);
	if (!strcmp(how, "epoll")) events(l, 0);
	if (!strcmp(how, "patient")) events(l, 1);
	if (!strcmp(how, "prefork")) workers(l);
}
