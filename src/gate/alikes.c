/*
 * alikes: rules made from decisions. Each use is counted on disk with the move that it makes (store_move.alike), so a gate that is killed gives no use
 * twice. What is over is not in force from that moment on; its end is written down as soon as that can be done.
 */
#include "config.h"

#include "gate/alikes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "io/log.h"

struct rule {
	struct rule *next;
	bool orphan;		/* its agent's token was revoked: another program may get the name. Not in force; its end is not on disk yet */
	struct alike *alike;
};

static const char revoked[] = "the agent's token was revoked";

struct alikes {
	struct rule *list;	/* in order of id */
	size_t count;
	char boot_id[40];
};

static struct rule **place(const struct gate *g, int64_t id)
{
	struct rule **p = &g->alikes->list;

	while (*p && (*p)->alike->id != id)
		p = &(*p)->next;
	return p;
}

static void append(struct gate *g, struct alike *r)
{
	struct rule *n = calloc(1, sizeof(*n)), **end = &g->alikes->list;

	if (!n)
		abort();
	n->alike = r;
	n->orphan = !gate_agent(g, r->agent);
	while (*end)
		end = &(*end)->next;
	*end = n;
	g->alikes->count++;
}

static void drop(struct gate *g, struct rule **p)
{
	struct rule *n = *p;

	*p = n->next;
	alike_free(n->alike);
	free(n);
	g->alikes->count--;
}

void alikes_release(struct gate *g)
{
	while (g->alikes && g->alikes->list)
		drop(g, &g->alikes->list);
	free(g->alikes);
	g->alikes = NULL;
}

static void publish(struct gate *g, const struct alike *r)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	view_rule(r, &w);
	events_publish(g->events, "alike", b.data, b.len);
	buf_release(&b);
}

/* ---- from disk ---- */

static int on_stored(const struct store_alike *s, void *arg)
{
	struct alike *r = calloc(1, sizeof(*r));
	int refuse = strcmp(s->verdict, alike_verdict_name(ALIKE_REFUSE)) == 0;

	if (!r)
		abort();
	r->id = s->id;
	r->verdict = refuse ? ALIKE_REFUSE : ALIKE_ALLOW;
	r->words = gate_strdup(s->words);
	r->uses = s->uses;
	r->uses_max = s->uses_max;
	snprintf(r->boot_id, sizeof(r->boot_id), "%s", s->boot_id);
	r->expires_boot_ms = s->expires_boot_ms;
	r->made_by = gate_strdup(s->made_by);
	r->made_wall_ms = s->made_wall_ms;
	if ((!refuse && strcmp(s->verdict, alike_verdict_name(ALIKE_ALLOW)) != 0) || alike_read_spec(r, s->spec) < 0) {
		alike_free(r);
		return ERR_INVALID;
	}
	append(arg, r);
	return 0;
}

static void on_use(int64_t id, int64_t action, int64_t wall_ms, void *arg)
{
	struct rule **p = place(arg, id);

	if (*p)
		alike_remember((*p)->alike, action, wall_ms);
}

int alikes_load(struct gate *g, struct err *e)
{
	int r;

	g->alikes = calloc(1, sizeof(*g->alikes));
	if (!g->alikes)
		abort();
	clock_boot_id(g->alikes->boot_id);
	r = store_alikes(g->store, on_stored, g, e);
	if (r == 0 && g->alikes->list)
		r = store_alike_uses(g->store, on_use, g, e);
	if (r == 0)
		alikes_tick(g, clock_boot_ms());
	return r;
}

/* ---- in force ---- */

const struct alike *alikes_find(const struct gate *g, const struct action *a, bool asks_to_hold)
{
	const struct alike *found = NULL;
	const struct rule *n;
	int64_t now = clock_boot_ms();

	for (n = g->alikes->list; n && (!found || found->verdict == ALIKE_ALLOW); n = n->next) {
		if (n->alike->verdict == ALIKE_ALLOW && (asks_to_hold || found))
			continue;
		if (!n->orphan && !alike_ended(n->alike, now, g->alikes->boot_id) && alike_matches(n->alike, a, NULL))
			found = n->alike;
	}
	return found;
}

void alikes_used(struct gate *g, int64_t id, const struct action *a)
{
	struct rule **p = place(g, id);

	if (!*p)
		return;
	alike_used((*p)->alike, a->id, a->decided_wall_ms);
	publish(g, (*p)->alike);
}

/* On disk, then gone. */
static int end(struct gate *g, struct rule **p, const char *who, const char *why, struct err *e)
{
	int64_t id = (*p)->alike->id;
	struct err local;
	char text[64];
	int r = store_end_alike(g->store, id, who, why, &local);

	gate_set_record_error(g, r < 0 ? local.msg : NULL);
	if (r < 0)
		return err_set(e, r, "%s", local.msg);
	log_line("rule alike:%lld ended: %s", (long long)id, why);
	drop(g, p);
	snprintf(text, sizeof(text), "{\"kind\":\"alike\",\"id\":%lld}", (long long)id);
	events_publish(g->events, "gone", text, strlen(text));
	return 0;
}

int64_t alikes_tick(struct gate *g, int64_t now)
{
	struct rule **p = &g->alikes->list;
	int64_t next = INT64_MAX;

	while (*p) {
		const char *over = (*p)->orphan ? revoked : alike_ended((*p)->alike, now, g->alikes->boot_id);
		char who[48];

		snprintf(who, sizeof(who), "alike:%lld", (long long)(*p)->alike->id);
		if (over && end(g, p, who, over, NULL) == 0)
			continue;
		if (over)
			break;	/* the tick comes again while the journal cannot be written */
		if ((*p)->alike->expires_boot_ms > 0 && (*p)->alike->expires_boot_ms < next)
			next = (*p)->alike->expires_boot_ms;
		p = &(*p)->next;
	}
	return next;
}

void alikes_end_of(struct gate *g, const char *agent)
{
	struct rule **p = &g->alikes->list;

	while (*p) {
		(*p)->orphan |= strcmp((*p)->alike->agent, agent) == 0;
		if (!(*p)->orphan || end(g, p, "gate", revoked, NULL) < 0)
			p = &(*p)->next;
	}
}

static void put_limits(const struct alike *r, struct buf *out)
{
	if (r->uses_max > 0)
		buf_printf(out, "%lld use%s, ", (long long)r->uses_max, r->uses_max == 1 ? "" : "s");
	if (r->expires_boot_ms > 0)
		buf_printf(out, "%lld s, ", (long long)(r->expires_boot_ms - clock_boot_ms() + 500) / 1000);
}

int alikes_add(struct gate *g, struct alike *r, const char *by, const char *who, struct err *e)
{
	struct store_alike s = { .verdict = alike_verdict_name(r->verdict), .words = r->words, .uses_max = r->uses_max, .boot_id = r->boot_id,
				 .expires_boot_ms = r->expires_boot_ms };
	struct buf spec, detail;
	struct err local;
	int result;

	if (g->alikes->count >= ALIKES_MOST) {
		alike_free(r);
		return err_set(e, ERR_CONFLICT, "there are %d rules made from decisions already: revoke some first", ALIKES_MOST);
	}
	r->made_by = gate_strdup(by);
	r->made_wall_ms = clock_wall_ms();
	s.made_by = r->made_by;
	s.made_wall_ms = r->made_wall_ms;
	buf_init(&spec, SIZE_MAX - 1);
	buf_init(&detail, SIZE_MAX - 1);
	if (alike_write_spec(r, &spec) < 0)
		abort();
	buf_printf(&detail, "%s, ", s.verdict);
	put_limits(r, &detail);
	buf_puts(&detail, r->what);
	s.spec = buf_cstr(&spec);
	result = store_add_alike(g->store, &s, who, buf_cstr(&detail), &local);
	gate_set_record_error(g, result < 0 ? local.msg : NULL);
	if (result == 0) {
		r->id = s.id;
		log_line("rule alike:%lld by %s: %s", (long long)s.id, by, buf_cstr(&detail));
		append(g, r);
		publish(g, r);
	} else {
		alike_free(r);
		err_set(e, result, "%s", local.msg);
	}
	buf_release(&spec);
	buf_release(&detail);
	return result;
}

const struct alike *alikes_get(const struct gate *g, int64_t id)
{
	struct rule **p = place(g, id);

	return *p ? (*p)->alike : NULL;
}

int alikes_revoke(struct gate *g, int64_t id, const char *who, struct err *e)
{
	struct rule **p = place(g, id);

	return *p ? end(g, p, who, "revoked", e) : err_set(e, ERR_NOTFOUND, "there is no rule alike:%lld in force", (long long)id);
}

/* ---- shown ---- */

static void int_or_null(struct jsonw *w, const char *key, int64_t n)
{
	jw_key(w, key);
	if (n > 0)
		jw_int(w, n);
	else
		jw_null(w);
}

void view_rule(const struct alike *r, struct jsonw *w)
{
	int i;

	jw_begin(w, '{');
	jw_kint(w, "id", r->id);
	jw_kstr(w, "verdict", alike_verdict_name(r->verdict));
	jw_kstr(w, "agent", r->agent);
	jw_kstr(w, "session", r->scope.any_session ? "" : r->session);
	jw_kstr(w, "kind", r->kind);
	jw_kstr(w, "what", r->what);
	jw_kint(w, "uses", r->uses);
	int_or_null(w, "uses_max", r->uses_max);
	int_or_null(w, "expires_boot_ms", r->expires_boot_ms);
	jw_kstr(w, "made_by", r->made_by);
	jw_kint(w, "made_wall_ms", r->made_wall_ms);
	jw_kstr(w, "words", r->words);
	jw_key(w, "last_uses");
	jw_begin(w, '[');
	for (i = 0; i < r->last_count; i++) {
		jw_begin(w, '{');
		jw_kint(w, "action", r->last[i].action);
		jw_kint(w, "wall_ms", r->last[i].wall_ms);
		jw_end(w, '}');
	}
	jw_end(w, ']');
	jw_end(w, '}');
}

void view_rules(const struct gate *g, struct jsonw *w)
{
	const struct rule *n;

	jw_begin(w, '[');
	for (n = g->alikes->list; n; n = n->next)
		view_rule(n->alike, w);
	jw_end(w, ']');
}
