/* dashboard_args: the command line of assent without a subcommand. */
#ifndef ASSENT_CMD_DASHBOARD_ARGS_H
#define ASSENT_CMD_DASHBOARD_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/sixel.h"

/* Texts are of argv, and NULL where nothing was said. */
struct dashboard_args {
	const char *socket, *state, *theme;
	const char *gate[8];	/* passed on to a gate that is started */
	size_t gate_count;
	enum encoder encoder;	/* of sixel */
	const char *picture;	/* a name that picture_mode_named() knows */
	bool plain;
};

/* -1: go on; else an exit code, and what is wrong was said. */
int dashboard_args(int argc, char **argv, struct dashboard_args *ret);

#endif
