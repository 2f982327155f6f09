/* logsave: the dashboard writes a log into a file: page by page, so that neither a long log nor a slow gate holds up a key. */
#ifndef ASSENT_CMD_LOGSAVE_H
#define ASSENT_CMD_LOGSAVE_H

#include "cmd/client.h"

/* Into a new file of mode 0600; what happens is said by the dashboard. One at a time. */
void logsave_begin(struct dashboard *d, struct client *c, const char *name);
/* An answer to CLIENT_READ_FILE. */
void logsave_page(int status, const char *body, size_t len);
/* By the person (why NULL), or since the dashboard ends; what was written stays. Without one, nothing. */
void logsave_stop(const char *why);

#endif
