/* Makes many kinds of calls, most of them in more than one way. Nothing that it
   does lasts, or is felt outside its folder. What the calls give doesn't matter. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#include <mqueue.h>
#define S syscall

static char b[4096];

int main(void)
{
	struct stat st; struct statfs sf; struct statx sx; int fd, p[2], s[2], one=1; socklen_t l;

	/* What a file is. */
	S(SYS_stat,"/etc",&st); S(SYS_lstat,"/dev/null",&st); S(SYS_fstat,0,&st);
	S(SYS_stat,"/dev/sda9",&st); S(SYS_statfs,"/proc",&sf); S(SYS_fstatfs,0,&sf);
	S(SYS_statfs,"/nx",&sf); S(SYS_statx,AT_FDCWD,"/dev/null",0,STATX_BASIC_STATS,&sx);
	S(SYS_statx,AT_FDCWD,"/nx",AT_SYMLINK_NOFOLLOW,STATX_SIZE,&sx); S(SYS_statx,AT_FDCWD,"/nx",0,0,0);

	/* Opening, names, owners, times. */
	struct open_how h={.flags=O_RDONLY|O_CLOEXEC,.resolve=RESOLVE_BENEATH};
	S(SYS_openat2,AT_FDCWD,"/etc",&h,sizeof h); struct open_how h2={.flags=O_RDWR|O_CREAT,.mode=0600};
	S(SYS_openat2,AT_FDCWD,"zz",&h2,sizeof h2); S(SYS_access,"/etc",F_OK);
	S(SYS_access,"/etc",R_OK|W_OK); S(SYS_faccessat,AT_FDCWD,"/etc",X_OK);
	S(439,AT_FDCWD,"/etc",X_OK,AT_EACCESS); S(SYS_open,"zz",O_RDWR|O_CREAT|O_TRUNC|O_LARGEFILE,0644);
	S(SYS_creat,"zz",0600); S(SYS_mknod,"ff",S_IFIFO|0644,0);
	S(SYS_mknodat,AT_FDCWD,"cc",S_IFCHR|0644,0x103); S(SYS_unlink,"cc");
	S(SYS_unlinkat,AT_FDCWD,"ff",0); S(SYS_unlinkat,AT_FDCWD,"nd",AT_REMOVEDIR);
	S(SYS_mkdirat,AT_FDCWD,"dd",0755); S(SYS_rmdir,"dd"); S(SYS_renameat2,AT_FDCWD,"a",AT_FDCWD,"b",1);
	S(SYS_renameat,AT_FDCWD,"a",AT_FDCWD,"b"); S(SYS_link,"a","b");
	S(SYS_linkat,AT_FDCWD,"a",AT_FDCWD,"b",AT_SYMLINK_FOLLOW); S(SYS_symlinkat,"a",AT_FDCWD,"/nx/b");
	S(SYS_readlinkat,AT_FDCWD,"/proc/self/exe",b,100); S(SYS_readlink,"/nx",b,100);
	S(SYS_readlink,"/proc/self/exe",b,4); S(SYS_chmod,"zz",0); S(SYS_fchmod,99,0640);
	S(SYS_fchmodat,AT_FDCWD,"zz",0600); S(SYS_chown,"zz",-1,0); S(SYS_fchown,3,0,-1);
	S(SYS_lchown,"zz",1,1); S(SYS_fchownat,AT_FDCWD,"zz",0,0,AT_SYMLINK_NOFOLLOW);
	S(SYS_truncate,"zz",100); S(SYS_ftruncate,3,50); S(SYS_fallocate,99,FALLOC_FL_KEEP_SIZE,0,4096);
	S(SYS_fadvise64,3,0,0,POSIX_FADV_SEQUENTIAL); S(SYS_flock,3,LOCK_EX|LOCK_NB);
	S(SYS_lseek,3,0,SEEK_CUR); S(SYS_lseek,3,10,SEEK_DATA);
	struct timespec ts[2]={{1,2},{0,UTIME_OMIT}}; S(SYS_utimensat,AT_FDCWD,"zz",ts,0);
	ts[0].tv_nsec=UTIME_NOW; S(SYS_utimensat,3,0,ts,AT_SYMLINK_NOFOLLOW);
	struct timeval tv2[2]={{1000000000,2},{3,4}}; S(SYS_utimes,"zz",tv2);
	S(SYS_futimesat,AT_FDCWD,"zz",tv2); struct utimbuf ub={1,2}; S(SYS_utime,"zz",&ub);

	/* Descriptors. */
	S(SYS_dup,0); S(SYS_dup2,0,40); S(SYS_dup3,0,41,O_CLOEXEC); S(SYS_pipe,p);
	S(SYS_pipe2,p,O_CLOEXEC|O_NONBLOCK); S(SYS_pipe2,p,0x1); S(SYS_close_range,100,~0U,0);
	S(SYS_close_range,100,200,4);

	/* fcntl. */
	struct flock fl={F_RDLCK,SEEK_SET,0,0,0}; S(SYS_fcntl,3,F_SETLK,&fl); S(SYS_fcntl,3,F_GETLK,&fl);
	fl.l_type=F_WRLCK; S(SYS_fcntl,3,F_GETLK,&fl); S(SYS_fcntl,3,F_OFD_SETLK,&fl);
	S(SYS_fcntl,3,F_SETFD,FD_CLOEXEC); S(SYS_fcntl,3,F_GETFD); S(SYS_fcntl,1,F_GETFD);
	S(SYS_fcntl,3,F_DUPFD,10); S(SYS_fcntl,3,F_GETFL); S(SYS_fcntl,0,F_SETFL,O_RDONLY|O_NONBLOCK);
	S(SYS_fcntl,3,F_GETOWN); S(SYS_fcntl,3,F_SETOWN,getpid()); S(SYS_fcntl,3,F_SETPIPE_SZ,4096);
	S(SYS_fcntl,p[0],F_GETPIPE_SZ); S(SYS_fcntl,3,F_ADD_SEALS,1); S(SYS_fcntl,3,F_GET_SEALS);
	S(SYS_fcntl,3,F_SETLEASE,F_RDLCK); S(SYS_fcntl,3,F_GETLEASE); S(SYS_fcntl,3,F_NOTIFY,1);
	S(SYS_fcntl,3,F_SETSIG,10); S(SYS_fcntl,3,F_GETSIG); S(SYS_fcntl,99,F_GETFL); S(SYS_fcntl,3,999,5);
	S(SYS_fcntl,0,F_GETFL);

	/* Memory. */
	S(SYS_mmap,0,4096,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE|MAP_STACK,-1,0);
	S(SYS_mmap,0,4096,PROT_NONE,MAP_SHARED,3,4096); S(SYS_mmap,0,4096,PROT_NONE,0,99,0);
	void*m=mmap(0,1<<16,3,MAP_PRIVATE|MAP_ANON,-1,0); S(SYS_mremap,m,1<<16,1<<17,MREMAP_MAYMOVE);
	S(SYS_mremap,m,1<<12,1<<12,MREMAP_MAYMOVE|MREMAP_FIXED,m); S(SYS_madvise,m,4096,MADV_DONTNEED);
	S(SYS_mlock,m,4096); S(SYS_msync,m,4096,MS_SYNC); S(SYS_mincore,m,8192,b);
	S(SYS_mprotect,m,4096,PROT_READ|PROT_EXEC); S(SYS_brk,0); S(SYS_brk,1);
	S(SYS_memfd_create,"mf",MFD_CLOEXEC);

	/* Folders. */
	S(SYS_getcwd,b,4096); S(SYS_getcwd,b,1); S(SYS_chdir,"."); S(SYS_chdir,"/nx"); S(SYS_fchdir,99);
	S(SYS_chroot,"/nx"); S(SYS_umask,077); S(SYS_umask,0); fd=open("/etc",O_RDONLY|O_DIRECTORY);
	S(SYS_getdents64,fd,b,4096); S(SYS_getdents64,fd,b,4096); lseek(fd,0,0); S(SYS_getdents,fd,b,4096);
	S(SYS_getdents64,99,b,4096);

	/* Limits, use, time. */
	struct rlimit rl; S(SYS_getrlimit,RLIMIT_NOFILE,&rl); rl.rlim_cur=100;
	S(SYS_prlimit64,0,RLIMIT_CORE,&rl,&rl); S(SYS_setrlimit,RLIMIT_NOFILE,&rl); struct rusage ru;
	S(SYS_getrusage,RUSAGE_CHILDREN,&ru); struct sysinfo si; struct utsname un; S(SYS_uname,&un);
	S(SYS_times,b); struct timespec t={0,1000}; S(SYS_nanosleep,&t,0); S(SYS_nanosleep,&t,&t);
	S(SYS_clock_nanosleep,CLOCK_MONOTONIC,TIMER_ABSTIME,&t,0); S(SYS_clock_gettime,CLOCK_MONOTONIC,&t);
	S(SYS_clock_getres,CLOCK_REALTIME,&t); struct timeval tv; struct timezone tz;
	S(SYS_gettimeofday,&tv,&tz); S(SYS_gettimeofday,&tv,0); S(SYS_time,0);
	struct itimerval iv={{0,0},{100,0}}; S(SYS_setitimer,ITIMER_REAL,&iv,&iv);
	S(SYS_getitimer,ITIMER_REAL,&iv); S(SYS_alarm,0); struct sigevent se={.sigev_notify=SIGEV_NONE};
	int tid; S(SYS_timer_create,CLOCK_REALTIME,&se,&tid); se.sigev_notify=SIGEV_SIGNAL;
	se.sigev_signo=SIGALRM; S(SYS_timer_create,CLOCK_REALTIME,&se,&tid);
	struct itimerspec is={{0,0},{100,5}}; S(SYS_timer_settime,tid,0,&is,0);
	S(SYS_timer_gettime,tid,&is); S(SYS_timer_delete,tid);
	fd=timerfd_create(CLOCK_MONOTONIC,TFD_CLOEXEC); S(SYS_timerfd_settime,fd,TFD_TIMER_ABSTIME,&is,&is);
	S(SYS_timerfd_gettime,fd,&is);

	/* Who the process is, how it is scheduled. */
	S(SYS_getpgid,0); S(SYS_getsid,0); S(SYS_setsid); S(SYS_setpgid,0,0); S(SYS_getresuid,b,b+4,b+8);
	S(SYS_getresgid,b,b+4,b+8); S(SYS_setresuid,-1,0,-1); S(SYS_setreuid,-1,0); S(SYS_getgroups,0,0);
	S(SYS_getgroups,100,b); S(SYS_setfsuid,0); S(SYS_getpriority,PRIO_PROCESS,0); S(SYS_sched_yield);
	S(SYS_sched_getscheduler,0); struct sched_param sp={1};
	S(SYS_sched_setscheduler,0,SCHED_RR|SCHED_RESET_ON_FORK,&sp); S(SYS_sched_getparam,0,&sp);
	S(SYS_sched_getaffinity,0,8,b); S(SYS_sched_setaffinity,0,8,b); S(SYS_sched_getaffinity,0,128,b);
	S(SYS_getcpu,b,0,0); S(SYS_ioprio_get,1,0); S(SYS_sched_getattr,0,b,48,0);
	S(SYS_sched_get_priority_max,SCHED_FIFO); S(SYS_sched_rr_get_interval,0,&t);

	/* Capabilities, prctl. */
	struct __user_cap_header_struct ch={_LINUX_CAPABILITY_VERSION_3,0};

	/* Capabilities, prctl. */
	struct __user_cap_data_struct cd[2]; S(SYS_capget,&ch,cd); ch.version=0; S(SYS_capget,&ch,0);
	S(SYS_prctl,PR_GET_DUMPABLE); S(SYS_prctl,PR_SET_DUMPABLE,1); S(SYS_prctl,PR_SET_PDEATHSIG,0);
	S(SYS_prctl,PR_GET_PDEATHSIG,b); S(SYS_prctl,PR_SET_NO_NEW_PRIVS,0,0,0,0);
	S(SYS_prctl,PR_GET_NO_NEW_PRIVS,0,0,0,0); S(SYS_prctl,PR_CAPBSET_READ,CAP_SYS_ADMIN);
	S(SYS_prctl,PR_GET_SECCOMP); S(SYS_prctl,PR_SET_VMA,0,m,4096,"x"); S(SYS_prctl,PR_SET_KEEPCAPS,0);
	S(SYS_prctl,PR_GET_TID_ADDRESS,b); S(SYS_prctl,PR_CAP_AMBIENT,PR_CAP_AMBIENT_IS_SET,CAP_CHOWN,0,0);
	S(SYS_prctl,PR_SET_CHILD_SUBREAPER,1); S(SYS_prctl,PR_GET_CHILD_SUBREAPER,b);
	S(SYS_prctl,PR_SET_TIMERSLACK,50000); S(SYS_prctl,PR_GET_TIMERSLACK);
	S(SYS_prctl,PR_GET_SECUREBITS);

	/* ioctl. */
	struct winsize ws; struct termios tio; int ptm=posix_openpt(O_RDWR|O_NOCTTY);
	S(SYS_ioctl,ptm,TIOCGWINSZ,&ws); ws.ws_row=25; S(SYS_ioctl,ptm,TIOCSWINSZ,&ws);
	S(SYS_ioctl,ptm,TCGETS,&tio); S(SYS_ioctl,ptm,TIOCGPTN,b); S(SYS_ioctl,ptm,TIOCSPTLCK,&one);
	S(SYS_ioctl,ptm,TIOCGPGRP,b); S(SYS_ioctl,p[0],FIONREAD,b); S(SYS_ioctl,p[0],FIONBIO,&one);
	S(SYS_ioctl,p[0],FIOCLEX); S(SYS_ioctl,ptm,TCSETS,&tio); S(SYS_ioctl,ptm,TIOCSCTTY,0);
	S(SYS_ioctl,0,TIOCNOTTY);

	/* Reading and writing. */
	S(SYS_socketpair,AF_UNIX,SOCK_STREAM|SOCK_CLOEXEC,0,s); S(SYS_write,s[0],"hi\0\1001\0002\3",8);
	S(SYS_read,s[1],b,3); S(SYS_read,s[1],b,0); struct iovec iv2[2]={{"ab",2},{"cd",2}};
	S(SYS_writev,s[0],iv2,2); struct iovec iv3[2]={{b,2},{b+10,20}}; S(SYS_readv,s[1],iv3,2);
	S(SYS_pwritev,3,iv2,2,0); S(SYS_preadv,3,iv3,2,0); S(SYS_preadv2,3,iv3,2,0,0,8);
	S(SYS_writev,99,0,1); S(SYS_writev,99,iv2,0);

	/* Socket options. */
	l=sizeof b; S(SYS_getsockopt,s[0],SOL_SOCKET,SO_PEERCRED,b,&l); l=4;
	S(SYS_getsockopt,s[0],SOL_SOCKET,SO_TYPE,b,&l); S(SYS_getsockopt,s[0],SOL_SOCKET,SO_RCVBUF,b,&l);
	l=8; S(SYS_getsockopt,s[0],SOL_SOCKET,SO_LINGER,b,&l); l=16;
	S(SYS_getsockopt,s[0],SOL_SOCKET,SO_RCVTIMEO,b,&l);
	S(SYS_setsockopt,s[0],SOL_SOCKET,SO_SNDTIMEO,&tv,16); struct linger lg={1,2};
	S(SYS_setsockopt,s[0],SOL_SOCKET,SO_LINGER,&lg,8);
	S(SYS_setsockopt,s[0],SOL_TCP,TCP_NODELAY,&one,4);
	S(SYS_setsockopt,s[0],SOL_SOCKET,SO_BINDTODEVICE,"lo",3); S(SYS_setsockopt,s[0],SOL_IP,1,&one,4);
	S(SYS_setsockopt,s[0],SOL_IPV6,IPV6_V6ONLY,&one,4);
	S(SYS_setsockopt,s[0],SOL_SOCKET,SO_REUSEADDR,0,0);
	S(SYS_setsockopt,s[0],SOL_TCP,TCP_CONGESTION,"cubic",5); l=16;
	S(SYS_getsockopt,s[0],SOL_TCP,TCP_CONGESTION,b,&l);
	S(SYS_setsockopt,s[0],SOL_SOCKET,SO_PASSCRED,&one,4); l=4;
	S(SYS_getsockopt,s[0],SOL_SOCKET,SO_ACCEPTCONN,b,&l);
	S(SYS_getsockopt,99,SOL_SOCKET,SO_ACCEPTCONN,b,&l);

	/* Addresses and messages. */
	struct sockaddr_un su={AF_UNIX,"/nx/aaaaaaa.sock"}; fd=socket(AF_UNIX,SOCK_STREAM|SOCK_NONBLOCK,0);
	S(SYS_connect,fd,&su,sizeof su); S(SYS_connect,fd,&su,2+16); S(SYS_connect,fd,&su,2); l=110;
	S(SYS_getsockname,fd,b,&l); l=110; S(SYS_getpeername,s[0],b,&l); l=0; S(SYS_getsockname,fd,b,&l);
	S(SYS_bind,fd,&su,1); S(SYS_bind,fd,0,1); su.sun_path[0]=0; S(SYS_connect,fd,&su,2+17);
	struct sockaddr_in6 s6={AF_INET6,htons(80),htonl(5),{{{0x20,1,0xd,0xb8}}},2};
	fd=socket(AF_INET6,SOCK_STREAM,IPPROTO_TCP); S(SYS_bind,fd,&s6,28);
	s6.sin6_addr=(struct in6_addr){{{0xfe,0x80,[15]=1}}}; s6.sin6_scope_id=1; S(SYS_bind,fd,&s6,28);
	struct sockaddr_nl nl={AF_NETLINK,0,5,1}; fd=socket(AF_NETLINK,SOCK_RAW|SOCK_CLOEXEC,NETLINK_ROUTE);
	S(SYS_bind,fd,&nl,sizeof nl); l=12; S(SYS_getsockname,fd,b,&l);
	struct sockaddr_ll ll={AF_PACKET,htons(3),1,0,0,6,{1,2,3,4,5,6}}; S(SYS_bind,fd,&ll,sizeof ll);
	struct sockaddr sa0={0}; S(SYS_connect,fd,&sa0,16); struct sockaddr sa99={99,{1,2,3}};
	S(SYS_connect,fd,&sa99,16); S(SYS_socket,AF_INET,SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK,IPPROTO_IP);
	S(SYS_socket,AF_INET,SOCK_RAW,IPPROTO_ICMP); S(SYS_socket,AF_PACKET,SOCK_RAW,htons(3));
	S(SYS_socket,AF_UNIX,SOCK_SEQPACKET,0); S(SYS_socket,200,1,0);
	S(SYS_socket,AF_INET,SOCK_STREAM,IPPROTO_TCP); S(SYS_socket,AF_NETLINK,SOCK_DGRAM,15);
	struct sockaddr_in si4={AF_INET,htons(9),{htonl(0x7f000001)}}; fd=socket(AF_INET,SOCK_DGRAM,0);
	S(SYS_sendto,fd,"x",1,MSG_NOSIGNAL,&si4,16); struct msghdr mh={&si4,16,iv2,2,0,0,0};
	S(SYS_sendmsg,fd,&mh,MSG_DONTWAIT); struct mmsghdr mm[2]={{mh,0},{mh,0}};
	S(SYS_sendmmsg,fd,mm,2,MSG_NOSIGNAL); S(SYS_bind,fd,&si4,0); l=16;
	S(SYS_recvfrom,fd,b,100,MSG_DONTWAIT,b+200,&l); S(SYS_recvmsg,fd,&mh,MSG_DONTWAIT);
	S(SYS_recvmmsg,fd,mm,2,MSG_DONTWAIT,0); S(SYS_shutdown,fd,SHUT_RDWR); S(SYS_listen,fd,128);
	S(SYS_accept4,fd,0,0,SOCK_CLOEXEC); S(SYS_accept,fd,b,&l); int lfd=socket(AF_INET,SOCK_STREAM,0);
	si4.sin_port=0; S(SYS_bind,lfd,&si4,16); S(SYS_listen,lfd,1); l=16; S(SYS_getsockname,lfd,&si4,&l);
	int c=socket(AF_INET,SOCK_STREAM,0); S(SYS_connect,c,&si4,16); l=16;
	S(SYS_accept4,lfd,b,&l,SOCK_CLOEXEC|SOCK_NONBLOCK);
	S(SYS_sendto,c,"abcdefghijklmnopqrstuvwxyz0123456789",36,0,0,0); write(s[0],"dg",2); char cb[100];
	struct msghdr m2={0,0,iv3,2,cb,100,0}; S(SYS_recvmsg,s[1],&m2,MSG_CMSG_CLOEXEC);
	S(SYS_recvmsg,s[1],0,0); struct ucred *uc;
	struct { struct cmsghdr h; struct ucred u;} cm={{sizeof cm,SOL_SOCKET,SCM_CREDENTIALS},{getpid(),0,0}};
	struct msghdr m3={0,0,iv2,1,&cm,sizeof cm,0}; S(SYS_sendmsg,s[0],&m3,0); m2.msg_controllen=100;
	S(SYS_recvmsg,s[1],&m2,MSG_DONTWAIT); m2.msg_iovlen=1; m2.msg_control=0; m2.msg_controllen=0;
	S(SYS_sendmsg,99,&m2,0);

	/* Waiting for descriptors. */
	int ep=epoll_create1(0); S(SYS_epoll_create,5);
	struct epoll_event ev={EPOLLIN|EPOLLOUT|EPOLLONESHOT,{.u64=0x1122334455667788}};
	S(SYS_epoll_ctl,ep,EPOLL_CTL_ADD,s[0],&ev); S(SYS_epoll_ctl,ep,EPOLL_CTL_DEL,99,0);
	S(SYS_epoll_ctl,ep,EPOLL_CTL_DEL,99,&ev); S(SYS_epoll_wait,ep,b,10,0); S(SYS_epoll_wait,ep,b,10,0);
	S(SYS_epoll_pwait,ep,b,10,0,0,8); S(441,ep,b,10,&t,0,8); S(SYS_epoll_wait,99,b,10,0);
	struct pollfd pf[2]={{s[0],POLLIN|POLLOUT,0},{-1,POLLIN}}; S(SYS_poll,pf,2,0); pf[0].events=POLLPRI;
	S(SYS_poll,pf,2,1); S(SYS_poll,0,0,1); S(SYS_poll,pf,2,-1>>31&0); t.tv_sec=0; t.tv_nsec=1000;
	S(SYS_ppoll,pf,1,&t,0,8); S(SYS_ppoll,0,0,&t,0,0); fd_set r,w; FD_ZERO(&r); FD_ZERO(&w);
	FD_SET(s[0],&r); FD_SET(s[0],&w); FD_SET(0,&r); tv.tv_sec=0; tv.tv_usec=10;
	S(SYS_select,30,&r,&w,0,&tv); FD_SET(lfd,&r); FD_CLR(0,&r); tv.tv_usec=10; tv.tv_sec=0;
	S(SYS_select,lfd+1,&r,0,0,&tv); S(SYS_select,0,0,0,0,&tv); struct {void*p; size_t n;} sgm={0,8};
	t.tv_nsec=10; FD_SET(lfd,&r); S(SYS_pselect6,lfd+1,&r,0,0,&t,&sgm); sigset_t ss; sigemptyset(&ss);
	sigaddset(&ss,SIGUSR1); sgm.p=&ss; S(SYS_pselect6,lfd+1,&r,0,0,&t,&sgm);

	/* Signals. */
	struct sigaction sa; S(SYS_rt_sigaction,SIGUSR1,0,&sa,8);
	struct {void*h; unsigned long f; void*r; unsigned long m;} ks={SIG_IGN,SA_RESTART|SA_SIGINFO|0x04000000,0,0xff};
	S(SYS_rt_sigaction,SIGUSR1,&ks,0,8); S(SYS_rt_sigaction,SIGKILL,&ks,&ks,8);
	S(SYS_rt_sigaction,64,0,&ks,8); S(SYS_rt_sigprocmask,SIG_UNBLOCK,&ss,0,8);
	S(SYS_rt_sigprocmask,SIG_BLOCK,0,&ss,8); S(SYS_rt_sigprocmask,7,0,0,8); S(SYS_rt_sigpending,&ss,8);
	stack_t sk={b,SS_DISABLE,4096}; S(SYS_sigaltstack,&sk,0); S(SYS_sigaltstack,0,&sk); t.tv_sec=0;
	S(SYS_rt_sigtimedwait,&ss,0,&t,8); siginfo_t inf; S(SYS_rt_sigtimedwait,&ss,&inf,&t,8);
	S(SYS_signalfd4,-1,&ss,8,0); S(SYS_kill,0,0); S(SYS_kill,getpid(),SIGCONT);
	S(SYS_tgkill,getpid(),getpid(),0); S(SYS_alarm,30); S(SYS_tkill,getpid(),SIGWINCH);

	/* Futexes. */
	int f; f=1; S(SYS_futex,&f,FUTEX_WAIT_PRIVATE,5,0); f=5; S(SYS_futex,&f,FUTEX_WAIT,5,&t);
	S(SYS_futex,&f,FUTEX_WAKE|FUTEX_PRIVATE_FLAG,1);
	S(SYS_futex,&f,FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME,5,&t,0,-1);
	S(SYS_futex,&f,FUTEX_WAIT_BITSET_PRIVATE,4,0,0,-1);
	S(SYS_futex,&f,FUTEX_CMP_REQUEUE_PRIVATE,1,2,&f,5); S(SYS_futex,&f,FUTEX_WAKE_OP,1,1,&f,0x1000);
	S(SYS_futex,&f,FUTEX_UNLOCK_PI_PRIVATE,0,0,0,0); f=0; S(SYS_futex,&f,FUTEX_LOCK_PI,0,&t);
	S(SYS_set_robust_list,b,24); S(SYS_get_robust_list,0,b,b+8);
	S(SYS_futex,&f,FUTEX_WAKE_BITSET,1,0,0,3);

	/* The rest. */
	S(SYS_inotify_init); S(SYS_inotify_rm_watch,99,1); S(SYS_eventfd,5); S(SYS_signalfd,-1,&ss,8);
	S(SYS_sendfile,p[1],3,0,100); off_t of=5; S(SYS_sendfile,p[1],3,&of,10);
	S(SYS_splice,p[0],0,p[1],0,10,SPLICE_F_NONBLOCK);
	S(SYS_splice,3,&of,p[1],0,10,SPLICE_F_MOVE|SPLICE_F_MORE); S(SYS_tee,0,1,10,0);
	S(SYS_copy_file_range,3,&of,3,0,10,0); S(SYS_sync_file_range,3,0,10,1); S(SYS_readahead,3,0,10);
	S(SYS_vmsplice,p[1],iv2,1,0); S(SYS_getxattr,"zz","user.x",b,100); S(SYS_listxattr,"zz",b,100);
	S(SYS_setxattr,"zz","user.x","val",3,0); S(SYS_getxattr,"zz","user.x",b,100);
	S(SYS_getxattr,"zz","user.x",0,0); S(SYS_fgetxattr,3,"user.x",b,1);
	S(SYS_removexattr,"zz","user.x"); S(SYS_listxattr,"zz",0,0); S(SYS_unshare,CLONE_FILES|CLONE_FS);
	S(SYS_personality,0xffffffff); S(SYS_personality,0x40000);
	S(SYS_shmctl,S(SYS_shmget,IPC_PRIVATE,4096,IPC_CREAT|0600),IPC_RMID,0);
	S(SYS_shmat,99999,0,SHM_RDONLY); S(SYS_shmdt,0x1000);
	S(SYS_shmctl,99999,IPC_RMID,0); S(SYS_shmctl,99999,IPC_STAT,b); S(SYS_semget,1234,1,0600);
	S(SYS_semctl,99,0,SETVAL,1); S(SYS_semctl,99,0,IPC_RMID,0); struct sembuf sb={0,-1,SEM_UNDO};
	S(SYS_semop,99,&sb,1); S(SYS_semtimedop,99,&sb,1,&t); S(SYS_msgget,1234,IPC_EXCL);
	struct {long t; char m[4];} mg={1,"abc"}; S(SYS_msgsnd,99,&mg,4,IPC_NOWAIT);
	S(SYS_msgrcv,99,b,4,0,0); S(SYS_msgctl,99,IPC_RMID,0); struct mq_attr ma={0,10,100,0};
	S(SYS_mq_open,"stracex-agree",O_RDONLY,0,0);
	S(SYS_mq_open,"stracex-agree",O_RDONLY|O_CREAT,0600,&ma); S(SYS_mq_unlink,"stracex-agree");
	S(SYS_mq_timedsend,99,"a",1,0,0); S(SYS_mq_timedreceive,99,b,10,0,&t); S(SYS_mq_getsetattr,99,0,b);
	S(SYS_process_vm_readv,getpid(),iv3,1,iv2,1,0); S(SYS_pidfd_open,getpid(),0);
	S(SYS_pidfd_send_signal,99,SIGTERM,0,0); S(438,99,1,0); S(SYS_kcmp,1,1,0,0,0);
	S(SYS_getrandom,b,4,0); S(SYS_seccomp,1,0,0); S(SYS_landlock_create_ruleset,0,0,1);
	S(SYS_arch_prctl,0x1003,b); S(SYS_clock_settime,99,&t); S(SYS_syncfs,99); S(SYS_fdatasync,99);
	S(SYS_mlock2,m,4096,1); S(SYS_waitid,P_PID,99999,&inf,WEXITED|WNOHANG,&ru);

	/* Children. */
	pid_t pid=fork();
	if(!pid){ struct timespec z={0,20000000}; nanosleep(&z,0); _exit(3);} S(SYS_waitid,P_PID,pid,&inf,WEXITED,&ru);
	pid=vfork(); if(!pid)_exit(0); S(SYS_wait4,pid,b,__WALL,&ru); S(SYS_wait4,pid,b,WNOHANG,&ru);
	struct { long flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, more[3]; } ca =
		{.flags=CLONE_PIDFD,.exit_signal=SIGCHLD,.pidfd=(long)b};
	pid=S(SYS_clone3,&ca,sizeof ca); if(!pid){kill(getpid(),SIGKILL);} S(SYS_wait4,-1,b,0,0);
	char*av[]={"/nx/prog","a","b",0}, *evv[]={"A=1",0}; S(SYS_execve,"/nx/prog",av,evv);
	S(SYS_execveat,AT_FDCWD,"/nx/prog",av,evv,AT_SYMLINK_NOFOLLOW); S(SYS_execve,"/nx",0,0);
	S(SYS_execve,0,av,0); S(SYS_rename,"zz","zy"); S(SYS_unlink,"zy"); S(SYS_exit_group,7);
}
