/* key: the API key, from where only we can read it; and a process that leaks none. */
#ifndef ASSENT_KEY_H
#define ASSENT_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define AGENT_TOKEN_PREFIX "msk_assent_"

/* In memory that is locked, in no core file and in no child. */
struct key {
	char *header;	/* own: "Authorization: Bearer KEY", the one form in which it leaves; NUL-terminated */
	char *text;	/* KEY, inside header */
	size_t size;
};

struct key_source {
	const char *file;	/* NULL for none */
	int fd;			/* -1 for none; read to its end, and closed */
};

/*
 * From the file or the descriptor, else from systemd's credential "miosa-key" ($CREDENTIALS_DIRECTORY), else from MIOSA_API_KEY (*ret_from_env tells,
 * so that the caller can warn). Whatever it comes from, its bytes in the environment are wiped. ERR_DENIED: the file is not ours alone, or a link.
 * ERR_INVALID: both are named; or the key is empty, too long, has a blank inside, or is one of our own agents' tokens. ERR_NOTFOUND, ERR_IO, ERR_NOMEM.
 */
int key_load(struct key *k, const struct key_source *from, bool *ret_from_env, struct err *e);
void key_release(struct key *k);	/* wipes */
/* MIOSA_API_KEY, in the environment as /proc shows it too. */
void key_wipe_environment(void);
/* No core file, not traceable by others. Failure is not told: there is nothing to do about it. */
void key_harden_process(void);

#endif
