// Like an editor: on Ctrl-Z it tidies up, stops its whole group, and goes on
// where it was. Ends at the first line that it reads.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text) { write(1, text, strlen(text)); }

static void on_stop(int sig) {
	say("tidied up\n");
	signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL); // stops here
	signal(SIGTSTP, on_stop);
	say("back again\n");
}

int main(void) {
	char line[80];
	struct sigaction sa = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
	sigaction(SIGTSTP, &sa, NULL);
	say("editing\n");
	if (!fgets(line, sizeof line, stdin))
		return 1;
	printf("read %s", line);
	return 5;
}
