/* turns: what one agent did over all its sessions in the last day, as the gate answers it (docs/OPERATOR.md). Pure. All strings are foreign text. */
#ifndef ASSENT_UI_TURNS_H
#define ASSENT_UI_TURNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct turn {
	int64_t action, wall_ms;
	char *turn, *session_name, *what, *result, *by, *note;
};

struct turns {
	struct turn *list;		/* own; the oldest first */
	size_t count;
	char **files, **hosts;		/* own: written by it by name; reached */
	size_t file_count, host_count;
};

void turns_release(struct turns *t);
/* The answer of GET /v1/agents/{name}/turns in place of what there was. 0; ERR_INVALID, and nothing is changed; ERR_NOMEM. */
int turns_read(struct turns *t, const char *json, size_t len, struct err *e);

#endif
