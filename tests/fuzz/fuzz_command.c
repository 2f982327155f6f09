/* fuzz_command: whatever a command is, its parts stand in it in order, each path is absolute and without dots, and the bounds hold. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/command_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const char *command, const struct command_parts *p)
{
	const char *at = command;
	size_t i, k, effects = 0;

	if (p->count > COMMAND_PARTS_MAX)
		abort();
	for (i = 0; i < p->count; i++) {
		at = strstr(at, p->parts[i].text);
		if (!at)
			abort();
		at += strlen(p->parts[i].text);
		for (k = 0; k < p->parts[i].count; k++) {
			const struct command_effect *ef = &p->parts[i].effects[k];

			effects++;
			if (ef->path[0] && (ef->path[0] != '/' || strstr(ef->path, "/../") || strstr(ef->path, "/./") || strstr(ef->path, "//")))
				abort();
			if (ef->from_part < 0 || ef->from_part > (int)i)
				abort();
		}
	}
	if (effects != p->effects || effects > COMMAND_EFFECTS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *command = malloc(len + 1);
	struct command_parts p;

	memcpy(command, data, len);
	command[len] = '\0';
	if (command_parts(command, "/workspace/site", &p, NULL) == 0) {
		check(command, &p);
		command_parts_release(&p);
	}
	free(command);
	return 0;
}
