/*
 * copytree: a folder with all below copied to a new one, by reflink where the file system can, else byte for byte. Follows no link and leaves out sockets and
 * devices; owners, modes and times stay. Blocks: for a worker.
 */
#ifndef ASSENT_LOCAL_COPYTREE_H
#define ASSENT_LOCAL_COPYTREE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { COPYTREE_DEPTH_MAX = 256 };

struct copytree {
	const char *from, *to;		/* borrowed; `to` is made, and must not be there */
	atomic_bool stop;		/* by another thread: give up */
	_Atomic uint64_t total, done;	/* bytes in files; total is known once counted is set */
	atomic_bool counted;
};

/* 0; ERR_IO (also a full disk) and ERR_TOOBIG (too deep) with the place; ERR_STATE when it was stopped. What was copied then stays. */
int copytree_run(struct copytree *c, struct err *e);

#endif
