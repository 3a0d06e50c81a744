/* Signals of many kinds, each in a child of its own, and the ends that children
   come to. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nothing(int n) { (void)n; }

static void handle(int n, int flags)
{
	struct sigaction a = {.sa_handler = nothing, .sa_flags = flags};
	sigaction(n, &a, 0);
}

static void segv(void) { *(volatile int *)16 = 1; }
static void write_protected(void) { *(volatile char *)mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) = 1; }
static void bus(void)
{
	int fd = memfd_create("empty", 0);
	*(volatile char *)mmap(0, 4096, PROT_WRITE, MAP_SHARED, fd, 0) = 1;
}
static void divide(void) { volatile int zero = 0; zero = 1 / zero; }
static void illegal(void) { __builtin_trap(); }
static void breakpoint(void) { __asm__("int3"); }
static void give_up(void) { abort(); }
static void queue(void)
{
	handle(SIGRTMIN + 2, SA_RESTART);
	sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 4660});
	sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 0});
}
static void alarm_clock(void)
{
	struct itimerval v = {{0, 0}, {0, 10000}};
	handle(SIGALRM, 0);
	setitimer(ITIMER_REAL, &v, 0);
	pause();
}
static void timer(void)
{
	timer_t id;
	struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2, .sigev_value.sival_int = 7};
	struct itimerspec v = {{0, 0}, {0, 10000000}};
	handle(SIGUSR2, 0);
	timer_create(CLOCK_MONOTONIC, &e, &id);
	timer_settime(id, 0, &v, 0);
	pause();
}
static void broken_pipe(void)
{
	int p[2];
	if (pipe(p) == 0) { close(p[0]); write(p[1], "x", 1); }
}
static void async(void)
{
	int p[2];
	if (pipe(p)) return;
	handle(SIGIO, 0);
	fcntl(p[0], F_SETOWN, getpid());
	fcntl(p[0], F_SETSIG, SIGIO);
	fcntl(p[0], F_SETFL, O_ASYNC | O_NONBLOCK);
	write(p[1], "x", 1);
}
static void forbidden(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog p = {4, f};
	handle(SIGSYS, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
	syscall(SYS_getppid);
}
static void stopped(void) { raise(SIGSTOP); }
static void limited(void)
{
	struct rlimit r = {10, 10};
	setrlimit(RLIMIT_FSIZE, &r);
	write(open("big", O_WRONLY | O_CREAT, 0600), "more than ten", 13);
	write(3, "!", 1);
}
static void masked(void)
{
	sigset_t s;
	sigfillset(&s);
	sigprocmask(SIG_BLOCK, &s, 0);
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigaddset(&s, SIGTERM);
	raise(SIGTERM);
	sigpending(&s);
	siginfo_t i;
	sigwaitinfo(&s, &i);
}

int main(void)
{
	static void (*const all[])(void) = {segv, write_protected, bus, divide, illegal, breakpoint, give_up, queue,
		alarm_clock, timer, broken_pipe, async, forbidden, stopped, limited, masked};
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			all[i]();
			_exit(i);
		}
		int status;
		waitpid(pid, &status, WUNTRACED);
		if (WIFSTOPPED(status)) {
			kill(pid, SIGCONT);
			waitpid(pid, &status, WCONTINUED);
			waitpid(pid, &status, 0);
		}
	}
	return 0;
}
