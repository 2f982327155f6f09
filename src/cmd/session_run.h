/* session_run: assent session run and snapshot: a person's own command in a sandbox, and a snapshot by hand. */
#ifndef ASSENT_CMD_SESSION_RUN_H
#define ASSENT_CMD_SESSION_RUN_H

#include "cmd/ask.h"

/* Each returns an exit code; why not was said. words: the command, NULL-terminated: one word is a line for the shell, several are its words. cwd, comment: NULL for none. */
int session_run(struct ask *ask, const char *id, const char *cwd, char *const *words);
int session_snapshot(struct ask *ask, const char *id, const char *comment);

#endif
