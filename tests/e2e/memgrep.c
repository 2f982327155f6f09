/* memgrep PID TEXT: prints how often the text stands in the memory of a process. Status 2: this memory may not be read. */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Maps may be larger than we want to be; a text across the edge of two pieces is found by their overlap. */
enum { PIECE = 1 << 22 };
#define SHADOW (1UL << 32)

static long count(int mem, unsigned long from, unsigned long to, const char *text, char *piece)
{
	size_t n = strlen(text);
	long found = 0;

	while (from < to) {
		size_t want = to - from < PIECE ? to - from : PIECE;
		ssize_t got = pread(mem, piece, want, (off_t)from);
		const char *p = piece;

		if (got <= 0)
			return found;
		while ((p = memmem(p, (size_t)(piece + got - p), text, n)) != NULL) {
			found++;
			p++;
		}
		if ((size_t)got < want || want < PIECE)
			return found;
		from += want - (n - 1);
	}
	return found;
}

int main(int argc, char **argv)
{
	char path[64], line[512], *piece = malloc(PIECE);
	unsigned long from, to;
	long found = 0;
	FILE *maps;
	int mem;

	if (argc != 3 || !piece || strlen(argv[2]) < 8)
		return 1;
	snprintf(path, sizeof(path), "/proc/%s/maps", argv[1]);
	maps = fopen(path, "r");
	snprintf(path, sizeof(path), "/proc/%s/mem", argv[1]);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	if (!maps || mem < 0) {
		puts("refused");
		if (maps)
			fclose(maps);
		if (mem >= 0)
			close(mem);
		free(piece);
		return 2;
	}
	while (fgets(line, sizeof(line), maps))
		/* AddressSanitizer's shadow is terabytes of nothing. */
		if (sscanf(line, "%lx-%lx r", &from, &to) == 2 && to - from <= SHADOW)
			found += count(mem, from, to, argv[2], piece);
	printf("%ld\n", found);
	fclose(maps);
	close(mem);
	free(piece);
	return 0;
}
