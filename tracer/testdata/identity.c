// Prints who it is: real, effective and saved user and group, then its groups.
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

int main(void) {
	uid_t u[3];
	gid_t g[3], groups[64];
	getresuid(&u[0], &u[1], &u[2]);
	getresgid(&g[0], &g[1], &g[2]);
	printf("uid %d %d %d gid %d %d %d groups", u[0], u[1], u[2], g[0], g[1], g[2]);
	int n = getgroups(64, groups);
	for (int i = 0; i < n; i++)
		printf(" %d", groups[i]);
	printf("\n");
}
