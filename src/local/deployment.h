/* deployment: a copy of a folder, served read-only at a port of its own of the loopback address. */
#ifndef ASSENT_LOCAL_DEPLOYMENT_H
#define ASSENT_LOCAL_DEPLOYMENT_H

#include "io/server.h"
#include "local/files.h"

struct deployment {
	struct files files;	/* the copy; fd -1 where there is none */
	struct server *server;	/* own; NULL where there is none */
};

/* Copies the folder `path` of `from` to the new folder dir, and serves it. On failure deployment_end() is called as well. ERR_IO and those of files.h. */
int deployment_start(struct deployment *d, uv_loop_t *loop, const struct files *from, const char *path, const char *dir, struct err *e);
/* The port goes; the copy stays. */
void deployment_end(struct deployment *d);

#endif
