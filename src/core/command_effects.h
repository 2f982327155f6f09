/* command_effects: what the words of one part of a command do. Between the files of command_parts; not for others. Pure. */
#ifndef ASSENT_COMMAND_EFFECTS_H
#define ASSENT_COMMAND_EFFECTS_H

#include "core/command_parts.h"

struct command_word {
	char *text;		/* own; quotes and backslashes taken away */
	bool pattern, made;	/* made: a variable or another command makes it, and its text is not what it will be */
	bool redirection;	/* > and the like */
};

struct command_words {
	struct command_word *items;
	size_t count;
};

/* Where the part runs. */
struct command_place {
	char dir[4096];		/* "" when it is not known (any more) */
};

/* command_parts.c */
int command_words_take(struct command_parts *out, const char *text, struct command_words *ret);
void command_words_release(struct command_words *w);
/* As command_parts(), looking so far into sh -c. */
int command_parts_inner(const char *command, const char *cwd, int depth, struct command_parts *ret);
void command_unclear(struct command_parts *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Fills the effects of part i, and moves *place where it is a cd. depth: how far into sh -c it still looks. 0 or ERR_NOMEM. */
int command_effects_find(struct command_parts *out, size_t i, struct command_place *place, int depth);

#endif
