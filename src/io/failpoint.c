/* failpoint: see failpoint.h. A real SIGKILL: nothing is cleaned up, as in a crash. */
#include "config.h"

#include "io/failpoint.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	bool read;
	int point;		/* 0: none */
	char what[8];
	long left;		/* times until it happens */
	int error;
} state;

static int point_of(const char *name)
{
	static const struct { const char *name; int point; } letters[] = {
		{ "D", FAILPOINT_CHECKPOINT }, { "E", FAILPOINT_STEP }, { "P", FAILPOINT_PIECE }, { "S", FAILPOINT_SNAPSHOT },
		{ "A", FAILPOINT_PICTURE_WRITTEN }, { "B", FAILPOINT_PICTURE_NAMED }, { "C", FAILPOINT_PICTURE_ROW },
	};
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (strcmp(name, letters[i].name) == 0)
			return letters[i].point;
	return (int)strtol(name, NULL, 10);
}

static void read_environment(void)
{
	const char *env = getenv("FAILPOINT");
	char name[4];

	state.read = true;
	if (!env || sscanf(env, "FP%3[0-9A-EPS]:%7[a-z]:%ld", name, state.what, &state.left) < 2)
		return;
	if (state.left < 1)
		state.left = 1;
	state.point = point_of(name);
}

void failpoint(int n)
{
	if (!state.read)
		read_environment();
	if (n != state.point || --state.left != 0)
		return;
	if (strcmp(state.what, "kill") == 0)
		kill(getpid(), SIGKILL);
	else if (strcmp(state.what, "stop") == 0)
		raise(SIGSTOP);
	else if (strcmp(state.what, "eio") == 0)
		state.error = EIO;
	else if (strcmp(state.what, "enospc") == 0)
		state.error = ENOSPC;
}

int failpoint_error(void)
{
	int error = state.error;

	state.error = 0;
	return error;
}
