/* key: the API key, from a file of mode 0600 or the environment; and a process that leaks none. */
#ifndef ASSENT_KEY_H
#define ASSENT_KEY_H

#include "base/err.h"

#define AGENT_TOKEN_PREFIX "msk_assent_"

struct key {
	char *text;	/* own, locked in memory; NUL-terminated */
	unsigned long size;
};

/*
 * From the file, else from MIOSA_API_KEY, whose bytes in the environment are then wiped (*ret_from_env tells, so that the
 * caller can warn). ERR_DENIED: the file is not ours alone, or a link. ERR_INVALID: empty, too long, a blank inside, or one of our own agents' tokens.
 */
int key_load(struct key *k, const char *file, int *ret_from_env, struct err *e);
void key_release(struct key *k);	/* wipes */
/* No core file, not traceable by others. Failure is not told: there is nothing to do about it. */
void key_harden_process(void);

#endif
