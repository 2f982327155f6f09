/*
 * command_parts: a shell command taken apart for a reader: its parts, how they are joined, and what each deletes, writes, fetches and runs. Pure.
 *
 * It explains, it permits nothing: a command can be written so that an effect is not seen, and what is not understood for certain is said to be
 * unclear. Rules read words.h, which refuses what this one guesses at.
 */
#ifndef ASSENT_COMMAND_PARTS_H
#define ASSENT_COMMAND_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum effect_verb { EFFECT_DELETES, EFFECT_WRITES, EFFECT_MOVES, EFFECT_MODE, EFFECT_READS, EFFECT_NETWORK, EFFECT_RUNS };

struct command_effect {
	enum effect_verb verb;
	char *object;		/* own: as it stands in the command, without quotes; of EFFECT_NETWORK: the URL, the host, or what is asked for */
	char *path;		/* own: the absolute path that it means, without dots; "" where that cannot be known, or it is no path */
	char *host;		/* own: "" but for EFFECT_NETWORK where a host is named */
	const char *note;	/* "" or a sentence */
	bool outside;		/* path is not below /workspace or /tmp */
	bool pattern;		/* * ? [ ]: it means what is there then */
	int from_part;		/* EFFECT_RUNS: it runs what this part, from 1, gives it; 0: none */
};

struct command_part {
	char *text;		/* own: as it stands */
	char joiner[3];		/* before it: "", "&&", "||", "|", "|&", ";", "&" or a line break as ";" */
	struct command_effect *effects;
	size_t count;
};

#define COMMAND_PARTS_MAX 64
#define COMMAND_EFFECTS_MAX 256		/* in all */

struct command_parts {
	struct command_part *parts;	/* own */
	size_t count, effects;
	char unclear[160];	/* why it may do more than is listed; "" */
};

/* cwd: where it begins; "" when that is not known. ERR_NOMEM. More parts or effects than above: the rest is said to be unclear. */
int command_parts(const char *command, const char *cwd, struct command_parts *ret, struct err *e);
void command_parts_release(struct command_parts *p);
const char *effect_word(enum effect_verb v);	/* "DELETES" */

#endif
