// Two programs that talk over message queues. queue serve KIND NAME answers each request
// with the same text; queue ask KIND NAME TEXT asks once. KIND: sysv (NAME is a key) or
// posix (NAME for requests, NAME-r for answers).
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct message { long type; char text[128]; };

static void fail(const char *what) { perror(what); exit(1); }

static int sysv(int serve, const char *key, const char *text) {
	int q = msgget(atoi(key), IPC_CREAT | 0600);
	struct message m = {serve ? 2 : 1, ""};
	if (q < 0) fail("msgget");
	if (serve) puts("ready");
	for (;;) {
		ssize_t n;
		if (!serve) strcpy(m.text, text);
		if (!serve && msgsnd(q, &m, strlen(text), 0)) fail("msgsnd");
		if ((n = msgrcv(q, &m, sizeof m.text, serve ? 1 : 2, 0)) < 0) fail("msgrcv");
		if (!serve) return fwrite(m.text, 1, n, stdout) != (size_t)n;
		m.type = 2;
		if (msgsnd(q, &m, n, 0)) fail("msgsnd");
	}
}

static int posix(int serve, const char *name, const char *text) {
	struct mq_attr a = {.mq_maxmsg = 4, .mq_msgsize = 128};
	char answers[128], buf[128];
	snprintf(answers, sizeof answers, "%s-r", name);
	mqd_t in = mq_open(serve ? name : answers, O_CREAT | O_RDONLY, 0600, &a);
	mqd_t out = mq_open(serve ? answers : name, O_CREAT | O_WRONLY, 0600, &a);
	if (in < 0 || out < 0) fail("mq_open");
	if (serve) puts("ready");
	for (;;) {
		ssize_t n;
		if (!serve && mq_send(out, text, strlen(text), 0)) fail("mq_send");
		if ((n = mq_receive(in, buf, sizeof buf, 0)) < 0) fail("mq_receive");
		if (!serve) return fwrite(buf, 1, n, stdout) != (size_t)n;
		if (mq_send(out, buf, n, 0)) fail("mq_send");
	}
}

int main(int argc, char **argv) {
	int serve = !strcmp(argv[1], "serve");
	setvbuf(stdout, 0, _IONBF, 0);
	return (!strcmp(argv[2], "sysv") ? sysv : posix)(serve, argv[3], argv[4]);
}
