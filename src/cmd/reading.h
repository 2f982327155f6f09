/*
 * reading: what the dashboard reads at the operator's socket beside the gate's events: asked for when it is shown and has changed, never waited for; and where
 * the answers go.
 */
#ifndef ASSENT_CMD_READING_H
#define ASSENT_CMD_READING_H

#include <uv.h>

#include "cmd/client.h"

/* All borrowed until reading_close(). changed: a frame should be drawn. Fills those of s that take answers to what is read here. */
void reading_open(uv_loop_t *loop, struct dashboard *d, void (*changed)(void), struct client_spec *s);
void reading_client(struct client *c);
void reading_close(void);
/* A key was pressed: a person is here. */
void reading_key(int64_t now_boot_ms);
/* Asks for what is shown. */
void reading_frame(int64_t now_boot_ms);
/* A frame was drawn: the same; a moment later, where it answers a key. */
void reading_drawn(int64_t now_boot_ms);

#endif
