/* Makes calls whose structures strace -v prints whole, and calls with long
   arrays. Nothing that it does lasts, or is felt outside its folder. What the
   calls give doesn't matter. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <asm/termbits.h>
#include <time.h>
#include <unistd.h>
#define S syscall
#define MANY 40

static char b[1 << 16];

static void files(void)
{
	struct stat st; struct statx sx; struct statfs sf; int fd;

	S(SYS_stat, "/dev/tty", &st);
	S(SYS_newfstatat, AT_FDCWD, "/proc/self", &st, AT_SYMLINK_NOFOLLOW);
	S(SYS_newfstatat, AT_FDCWD, "/nx", &st, 0);
	S(SYS_lstat, "/bin", &st);
	S(SYS_statx, AT_FDCWD, "/etc/passwd", 0, STATX_ALL, &sx);
	S(SYS_statx, AT_FDCWD, "/proc", AT_STATX_DONT_SYNC, 0, &sx);
	S(SYS_statx, AT_FDCWD, "/dev/null", 0, STATX_MODE, &sx);
	S(SYS_statfs, "/", &sf); S(SYS_statfs, "/dev", &sf); S(SYS_statfs, "/sys", &sf);
	mkdir("d", 0700);
	for (int i = 0; i < MANY; i++) {
		char name[100];
		sprintf(name, "d/%d-%.*s", i, i, "a_name_that_is_longer_than_strings_are_shown");
		close(open(name, O_CREAT | O_WRONLY, 0600));
	}
	symlink("x", "d/link\n\"quoted\""); mkfifo("d/fifo", 0600);
	fd = open("d", O_RDONLY | O_DIRECTORY);
	S(SYS_getdents64, fd, b, sizeof b); S(SYS_getdents64, fd, b, sizeof b); lseek(fd, 0, SEEK_SET);
	S(SYS_getdents, fd, b, sizeof b); S(SYS_getdents, fd, b, 1); S(SYS_getdents64, fd, 0, 5);
	lseek(fd, 0, SEEK_SET); S(SYS_getdents64, fd, b, 100);
	lseek(fd, 0, SEEK_SET); S(SYS_getdents, fd, b, 100);
	fd = open("d/0-", O_RDONLY);
	struct fsxattr fx = {0}; S(SYS_ioctl, fd, FS_IOC_FSGETXATTR, &fx);
	S(SYS_ioctl, fd, FS_IOC_GETFLAGS, b);
	struct fiemap fm = {.fm_length = -1}; S(SYS_ioctl, fd, FS_IOC_FIEMAP, &fm);
	char h[200] = {0}; *(int *)h = 128; int mnt;
	S(SYS_name_to_handle_at, AT_FDCWD, "/etc", h, &mnt, 0);
	S(SYS_ustat, 0, b); S(SYS_ustat, st.st_dev, b);
}

static void process(char **env)
{
	struct rusage ru; struct sysinfo si; struct utsname un; struct timex tx = {0};
	char *many[MANY + 2]; int status; siginfo_t inf;

	S(SYS_getrusage, RUSAGE_SELF, &ru); S(SYS_getrusage, RUSAGE_THREAD, &ru); S(SYS_getrusage, 99, &ru);
	S(SYS_sysinfo, &si); S(SYS_uname, &un); S(SYS_uname, 0);
	S(SYS_adjtimex, &tx); S(SYS_clock_adjtime, CLOCK_REALTIME, &tx); S(SYS_clock_adjtime, 99, &tx);
	for (int i = 0; i <= MANY; i++)
		many[i] = "an argument, longer than what is shown of it";
	many[MANY + 1] = 0;
	S(SYS_execve, "/nx", many, env); S(SYS_execve, "/nx", many, many); S(SYS_execve, "/nx", many, many + MANY + 1);
	char *bad[] = {"a=1", (char *)16, "b=2", 0}; S(SYS_execve, "/nx", bad, bad);
	S(SYS_execve, "/nx", 0, 0); S(SYS_execve, "/nx", 0, 16); S(SYS_execveat, -1, "/nx", bad, many, 0);
	int pid = fork();
	if (!pid) _exit(0);
	S(SYS_waitid, P_PID, pid, &inf, WEXITED | WNOWAIT, &ru); S(SYS_wait4, pid, &status, 0, &ru);
	struct { unsigned size, policy; long flags; int nice; unsigned prio; long run, dead, period; unsigned min, max; } sa;
	memset(&sa, 0, sizeof sa); S(SYS_sched_getattr, 0, &sa, sizeof sa, 0);
	sa.size = sizeof sa; sa.flags = 0x60; sa.min = 1; S(SYS_sched_setattr, 0, &sa, 0);
	sigset_t ss; sigemptyset(&ss); sigaddset(&ss, SIGUSR1); sigprocmask(SIG_BLOCK, &ss, 0);
	siginfo_t q = {.si_signo = SIGUSR1, .si_code = SI_QUEUE}; q.si_value.sival_int = 5; q.si_pid = 1;
	S(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &q); S(SYS_rt_sigtimedwait, &ss, &inf, 0, 8);
}

static void terminals(void)
{
	struct termios t; struct termios2 t2; struct termio t1;
	int m = open("/dev/ptmx", O_RDWR | O_NOCTTY);

	S(SYS_ioctl, m, TCGETS, &t); S(SYS_ioctl, m, TCGETS2, &t2); S(SYS_ioctl, m, TCGETA, &t1);
	t.c_lflag &= ~ICANON; t.c_iflag |= 0x80000000; t.c_cflag = B9600 | CS7 | PARENB | CREAD; t.c_oflag = TAB3;
	S(SYS_ioctl, m, TCSETSW, &t); S(SYS_ioctl, m, TCGETS, &t); S(SYS_ioctl, m, TCSETSF2, &t2);
	S(SYS_ioctl, m, TCSETA, &t1); S(SYS_ioctl, 99, TCGETS, &t); S(SYS_ioctl, m, TCSETS, 0);
	close(m);
}

static void arrays(void)
{
	struct pollfd pf[MANY]; struct iovec iv[MANY]; struct epoll_event ev[MANY]; struct sembuf sb[MANY];
	int e[MANY], ep = epoll_create1(0), s[2], lim = 1000; fd_set r; FD_ZERO(&r);

	for (int i = 0; i < MANY; i++) {
		e[i] = eventfd(1, 0);
		pf[i] = (struct pollfd){e[i], POLLIN | POLLOUT, 0};
		ev[0].events = EPOLLIN; ev[0].data.u64 = i; S(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, e[i], ev);
		iv[i] = (struct iovec){"0123456789abcdefghijklmnopqrstuvwxyz", i};
		sb[i] = (struct sembuf){i, 1, IPC_NOWAIT};
		FD_SET(e[i], &r);
	}
	S(SYS_poll, pf, MANY, 0); S(SYS_ppoll, pf, MANY, 0, 0, 8); S(SYS_epoll_wait, ep, ev, MANY, 0); S(SYS_epoll_wait, ep, ev, 3, 0);
	S(SYS_select, 100, &r, 0, &r, 0); S(SYS_semop, 99, sb, MANY);
	socketpair(AF_UNIX, SOCK_STREAM, 0, s); S(SYS_writev, s[0], iv, MANY);
	for (int i = 0; i < MANY; i++) iv[i] = (struct iovec){b + 100 * i, 5};
	S(SYS_readv, s[1], iv, MANY);
	struct { struct cmsghdr h; int fd[MANY]; } c = {{sizeof c, SOL_SOCKET, SCM_RIGHTS}};
	memcpy(c.fd, e, sizeof e); struct msghdr m = {0, 0, iv, MANY, &c, sizeof c, 0};
	S(SYS_sendmsg, s[0], &m, 0); char cb[400]; m.msg_control = cb; m.msg_controllen = sizeof cb;
	S(SYS_recvmsg, s[1], &m, MSG_CMSG_CLOEXEC);
	struct mmsghdr mm[MANY]; memset(mm, 0, sizeof mm);
	for (int i = 0; i < MANY; i++) mm[i].msg_hdr = (struct msghdr){0, 0, iv, 2, 0, 0, 0};
	S(SYS_sendmmsg, s[0], mm, MANY, 0); S(SYS_recvmmsg, s[1], mm, MANY, MSG_DONTWAIT, 0);
	S(SYS_process_vm_readv, getpid(), iv, MANY, iv, MANY, 0);
	int groups[MANY]; for (int i = 0; i < MANY; i++) groups[i] = i; S(SYS_setgroups, 70000, groups);
	S(SYS_setgroups, MANY, groups); S(SYS_getgroups, 100, b); S(SYS_setgroups, 0, 0);
	S(SYS_mincore, b, 1 << 16, b + 4096); memset(b, 255, 128); S(SYS_sched_setaffinity, 0, 128, b);
	(void)lim;
}

static void bpfs(void)
{
	long key = 7, value = 8;
	union bpf_attr a = {.map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 16, .map_name = "counts"};
	struct bpf_insn in[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1}, {.code = BPF_JMP | BPF_EXIT}};
	int map = S(SYS_bpf, BPF_MAP_CREATE, &a, 72);
	memset(&a, 0, sizeof a); a.map_fd = map; a.key = (long)&key; a.value = (long)&value;
	S(SYS_bpf, BPF_MAP_UPDATE_ELEM, &a, 32); S(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &a, 32); S(SYS_bpf, BPF_MAP_DELETE_ELEM, &a, 16);
	memset(&a, 0, sizeof a); a.prog_type = BPF_PROG_TYPE_SOCKET_FILTER; a.insn_cnt = 2; a.insns = (long)in; a.license = (long)"GPL";
	a.log_buf = (long)b; a.log_size = 4096; a.log_level = 1; S(SYS_bpf, BPF_PROG_LOAD, &a, 72);
	a.insn_cnt = 1; S(SYS_bpf, BPF_PROG_LOAD, &a, 72);
	memset(&a, 0, sizeof a); a.pathname = (long)"/sys/fs/bpf/none"; S(SYS_bpf, BPF_OBJ_GET, &a, 16);
}

static void kernel(void)
{
	struct io_uring_params up = {0}; int fd = S(SYS_io_uring_setup, 4, &up); close(fd);
	memset(&up, 255, sizeof up); S(SYS_io_uring_setup, 4, &up);
	struct perf_event_attr pa = {.type = PERF_TYPE_SOFTWARE, .size = sizeof pa, .config = PERF_COUNT_SW_CPU_CLOCK};
	S(SYS_perf_event_open, &pa, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	struct sock_filter sf[2] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}, {BPF_LD | BPF_W | BPF_ABS, 1, 2, 4}};
	struct sock_fprog fp = {2, sf}; S(SYS_seccomp, 1, 99, &fp); S(SYS_prctl, PR_SET_SECCOMP, 2, &fp);
	int s = socket(AF_INET, SOCK_DGRAM, 0); S(SYS_setsockopt, s, SOL_SOCKET, SO_ATTACH_FILTER, &fp, sizeof fp);
	struct ifreq ir = {.ifr_name = "lo"}; S(SYS_ioctl, s, SIOCGIFFLAGS, &ir); S(SYS_ioctl, s, SIOCGIFADDR, &ir);
	S(SYS_ioctl, s, SIOCGIFINDEX, &ir); S(SYS_ioctl, s, SIOCGIFMTU, &ir); S(SYS_ioctl, s, SIOCGIFHWADDR, &ir);
	struct ifconf ic = {sizeof b, {b}}; S(SYS_ioctl, s, SIOCGIFCONF, &ic); ic.ifc_buf = 0; S(SYS_ioctl, s, SIOCGIFCONF, &ic);
	int shm = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600); S(SYS_shmctl, shm, IPC_STAT, b); S(SYS_shmctl, shm, IPC_RMID, 0);
	int msg = msgget(IPC_PRIVATE, IPC_CREAT | 0600); S(SYS_msgctl, msg, IPC_STAT, b); S(SYS_msgctl, msg, IPC_RMID, 0);
	int sem = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600); S(SYS_semctl, sem, 0, IPC_STAT, b); S(SYS_semctl, sem, 0, IPC_RMID, 0);
	S(SYS_bpf, 0, b, 8); S(SYS_bpf, 5, b, 48); bpfs(); long ca[11] = {0, 0, 0, 0, 17, 0, 0, 0, (long)b, 40, 0};
	S(SYS_clone3, ca, 88);
	struct { struct nlmsghdr h; struct rtgenmsg g; } rq = {{20, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_UNSPEC}};
	int nl = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); S(SYS_sendto, nl, &rq, 20, 0, 0, 0); S(SYS_recvfrom, nl, b, sizeof b, 0, 0, 0);
	for (int i = 0; i < 2; i++) {
		rq.h.nlmsg_type = (int[]){RTM_GETADDR, RTM_GETROUTE}[i]; rq.h.nlmsg_seq++;
		S(SYS_sendto, nl, &rq, 20, 0, 0, 0); S(SYS_recvfrom, nl, b, sizeof b, MSG_DONTWAIT, 0, 0);
	}
	rq.h.nlmsg_type = 99; S(SYS_sendto, nl, &rq, 20, 0, 0, 0); S(SYS_recvfrom, nl, b, sizeof b, MSG_DONTWAIT, 0, 0);
}

int main(int argc, char **argv, char **env)
{
	files(); process(env); terminals(); arrays(); kernel();
	return 0;
}
