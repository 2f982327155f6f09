/* make_pictures: writes each hostile picture (pictures.h) into a folder, and a line for it: FILE, "shown", "refused" or "either", name. usage: make_pictures DIR */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/hostile/pictures.h"

int main(int argc, char **argv)
{
	static const char *const fates[] = { "refused", "shown", "either" };
	char path[4096];
	size_t i;

	for (i = 0; argc == 2 && i < hostile_picture_count; i++) {
		struct buf b;
		FILE *f;

		buf_init(&b, SIZE_MAX - 1);
		hostile_pictures[i].make(&b, hostile_pictures[i].arg);
		snprintf(path, sizeof(path), "%s/%zu.png", argv[1], i);
		f = fopen(path, "w");
		if (!f || fwrite(b.data ? b.data : "", 1, b.len, f) != b.len || fclose(f) != 0)
			return 1;
		printf("%s\t%s\t%s\n", path, fates[hostile_pictures[i].fate], hostile_pictures[i].name);
		buf_release(&b);
	}
	return argc == 2 ? 0 : 2;
}
