/*
 * replay: gives a fuzz target the files of its corpus, without a fuzzer, so that ./check does it with any compiler. Called as
 * replay_NAME it reads $ASSENT_SRC/tests/corpus/NAME.
 */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path, const char *name)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	uint8_t *copy;
	size_t n;

	if (!f) {
		printf("not ok - %s cannot be read\n", name);
		return 1;
	}
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	copy = malloc(n ? n : 1);	/* of the exact size, so that a byte too far is seen */
	if (!copy)
		abort();
	memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	printf("ok - %s\n", name);
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = argc > 0 ? strrchr(argv[0], '_') : NULL, *source = getenv("ASSENT_SRC");
	char dir[2048], path[4096];
	struct dirent *entry;
	int failed = 0, n = 0;
	DIR *d;

	if (!name || !source)
		return 2;
	snprintf(dir, sizeof(dir), "%s/tests/corpus/%s", source, name + 1);
	d = opendir(dir);
	while (d && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		fflush(stdout);	/* a crash shows behind which file */
		failed += replay(path, entry->d_name);
		n++;
	}
	if (d)
		closedir(d);
	if (n == 0)
		printf("not ok - %s has no files\n", dir);
	return failed > 0 || n == 0;
}
