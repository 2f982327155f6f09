/*
 * news: what changed in sessions, told to the dashboards. At once after a quiet time, else of each session at most every 20 ms, and of all that are due
 * together every 5 ms, so that a thousand busy sessions cost at most 200 writes a second to each dashboard. Counts travel, lines are read on demand.
 */
#ifndef ASSENT_GATE_NEWS_H
#define ASSENT_GATE_NEWS_H

#include "gate/gate.h"

enum news_kind { NEWS_LOG = 1, NEWS_SESSION = 2, NEWS_SCREEN = 4 };

struct news *news_new(struct gate *g);
void news_close(struct news *n);
void news_free(struct news *n);		/* after the loop has ended */
/* kinds: or'ed. */
void news_of(struct gate *g, struct session *s, unsigned int kinds);
/* Nothing more is told of it. */
void news_forget(struct gate *g, struct session *s);
/* The tenant's own log has more lines. */
void news_tenant(struct gate *g);

#endif
