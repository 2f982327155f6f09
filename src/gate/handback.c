/*
 * handback: what a person who had control wants the agent to know. The next answer that an agent gets on that session has it, an action's or a read's, once;
 * until then it outlives the gate.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/gate.h"
#include "io/log.h"

#define SETTING "handback:"

struct handback {
	struct handback *next;
	char *session, *note;
};

static struct handback **find(struct gate *g, const char *session)
{
	struct handback **p = &g->handbacks;

	while (*p && strcmp((*p)->session, session) != 0)
		p = &(*p)->next;
	return p;
}

static void put(struct gate *g, const char *session, const char *note)
{
	struct handback **p = find(g, session), *h = *p;

	if (!h) {
		h = *p = calloc(1, sizeof(*h));
		if (!h)
			abort();
		h->session = gate_strdup(session);
	}
	free(h->note);
	h->note = gate_strdup(note);
}

static char *drop(struct handback **p)
{
	struct handback *h = *p;
	char *note = h->note;

	*p = h->next;
	free(h->session);
	free(h);
	return note;
}

static void on_setting(const char *name, const char *value, void *arg)
{
	put(arg, name + strlen(SETTING), value);
}

int handback_load(struct gate *g, struct err *e)
{
	return store_settings(g->store, SETTING, on_setting, g, e);
}

void handback_release(struct gate *g)
{
	while (g->handbacks)
		free(drop(&g->handbacks));
}

static int record(struct gate *g, const char *session, const char *note, const char *what, const char *who, const char *detail, struct err *e)
{
	char name[160];
	int r;

	snprintf(name, sizeof(name), SETTING "%.140s", session);
	r = store_set(g->store, name, note, what, who, detail, e);
	gate_set_record_error(g, r < 0 ? e->msg : NULL);
	return r;
}

int handback_set(struct gate *g, const char *session, const char *note, const char *who, struct err *e)
{
	struct buf detail;
	int r;

	buf_init(&detail, 4096);
	buf_printf(&detail, "%s: %s", session, note);
	r = record(g, session, note, "note for the agent", who, buf_cstr(&detail), e);
	buf_release(&detail);
	if (r == 0)
		put(g, session, note);
	return r;
}

char *handback_take(struct gate *g, const char *session, const char *with)
{
	struct handback **p = find(g, session);
	char detail[400];
	struct err e;

	if (!session[0] || !*p)
		return NULL;
	snprintf(detail, sizeof(detail), "%.140s: with %.200s", session, with);
	/* Where that cannot be written, an agent may get it once more after a restart; better than never. */
	record(g, session, NULL, "note given", "gate", detail, &e);
	log_line("the note on %s went with %s", session, with);
	return drop(p);
}
