// Takes 100 MB of memory.
#include <string.h>
#include <stdlib.h>

int main(void) {
	for (int i = 0; i < 100; i++) {
		char *p = malloc(1 << 20);
		if (!p) return 1;
		memset(p, 1, 1 << 20);
	}
	return 0;
}
