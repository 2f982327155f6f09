/* notice: calls the person: the bell, a notification of the terminal (OSC 9), and a command of the person's own. It says counts, and no foreign text. */
#ifndef ASSENT_CMD_NOTICE_H
#define ASSENT_CMD_NOTICE_H

#include <uv.h>

struct notice_counts { int needs, risky, urgent; };	/* need a person, risky ones, those with at most 60 s left */

/* text: our own words. command NULL: none; else a program, started without a shell and with the three counts as its arguments. */
void notice_give(uv_loop_t *loop, const char *text, const char *command, const struct notice_counts *n);
void notice_stop(void);		/* what was started goes on, and is not waited for */

#endif
