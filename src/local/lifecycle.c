/* lifecycle: what a sandbox is called and labelled, and how long it runs: it is stopped at its time limit and when nothing was done in it for long. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "local/api.h"
#include "local/repeats.h"
#include "local/snapshots.h"

enum { TICK_MS = 1000, SWEEP_TICKS = 3600, LABELS_MAX = 64 * 1024, TIMEOUT_MAX_SEC = 30 * 86400, IDLE_SEC = 300 };

/* Its files stay, all else ends; MIOSA calls that paused too. */
static void stop(struct machine *m)
{
	machine_stop(m, "paused");
	machine_tenant_event(m, "sandbox.paused");
}

static void tell_idle(struct machine *m, int64_t idle_ms)
{
	struct buf b;

	m->said_idle = true;
	buf_init(&b, 256);
	buf_printf(&b, "{\"sandbox_id\":\"%s\",\"idle_ms\":%lld}", m->id, (long long)idle_ms);
	machine_event(m, "sandbox.idle", &b);
}

static void on_tick(uv_timer_t *t)
{
	struct local *l = t->data;
	static unsigned int ticks;
	int64_t now = clock_boot_ms(), idle;
	struct machine *m;

	if (ticks++ % SWEEP_TICKS == 0)
		repeats_sweep(l);
	for (m = l->machines; m; m = m->next) {
		snapshots_expire(m);
		if (m->kind != SESSION_SANDBOX || strcmp(m->state, "running") != 0)
			continue;
		idle = m->busy > 0 ? 0 : now - m->last_used_ms;
		if (!m->said_idle && idle >= (m->idle_timeout_sec > 0 ? m->idle_timeout_sec : IDLE_SEC) * 1000)
			tell_idle(m, idle);
		if ((m->deadline_ms > 0 && now >= m->deadline_ms) || (m->idle_timeout_sec > 0 && m->said_idle))
			stop(m);
	}
}

void lifecycle_begin(struct local *l)
{
	uv_timer_init(l->loop, &l->tick);
	l->tick.data = l;
	uv_timer_start(&l->tick, on_tick, TICK_MS, TICK_MS);
}

void lifecycle_end(struct local *l)
{
	if (l->tick.data)
		uv_close((uv_handle_t *)&l->tick, NULL);
}

void lifecycle_used(struct machine *m, int more)
{
	m->busy += more;
	m->last_used_ms = clock_boot_ms();
	m->said_idle = false;
}

static int64_t left_ms(const struct machine *m)
{
	int64_t left = m->deadline_ms - clock_boot_ms();

	return left > 0 ? left : 0;
}

static void put_times(const struct machine *m, struct jsonw *w)
{
	jw_kint(w, "timeout_sec", m->timeout_sec);
	jw_key(w, "timeout_remaining_ms");
	if (m->deadline_ms > 0)
		jw_int(w, left_ms(m));
	else
		jw_null(w);
}

void lifecycle_json(const struct machine *m, struct jsonw *w)
{
	put_times(m, w);
	jw_kint(w, "idle_timeout_sec", m->idle_timeout_sec);
	jw_key(w, "tags");
	jw_raw(w, m->tags ? m->tags : "[]", m->tags ? strlen(m->tags) : 2);
	jw_key(w, "metadata");
	jw_raw(w, m->metadata ? m->metadata : "{}", m->metadata ? strlen(m->metadata) : 2);
}

/* own: JSON; NULL with true: not in the body. */
static bool read_label(struct api_call *c, const char *key, enum json_type type, char **ret)
{
	int v = json_get(&c->body, c->root, key), item;
	bool good = v == JSON_NONE || json_type(&c->body, v) == JSON_NULL || json_type(&c->body, v) == type;
	const char *raw;
	size_t len;

	*ret = NULL;
	for (item = good && type == JSON_ARRAY ? json_first(&c->body, v) : JSON_NONE; item != JSON_NONE; item = json_next(&c->body, item))
		good = good && json_type(&c->body, item) == JSON_STRING;
	raw = json_raw(&c->body, v, &len);
	if (!good || len > LABELS_MAX) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be %s of at most %d bytes", key, type == JSON_ARRAY ? "a list of strings" : "an object", LABELS_MAX);
		return false;
	}
	if (json_type(&c->body, v) == type)
		*ret = strndup(raw, len);
	return true;
}

static bool read_seconds(struct api_call *c, const char *key, int64_t *ret, bool *ret_there)
{
	bool bad;

	*ret_there = api_optional_int(c, key, ret, &bad);
	if (bad || !*ret_there || (*ret >= 0 && *ret <= TIMEOUT_MAX_SEC))
		return !bad;
	api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be 0 (none) to %d", key, TIMEOUT_MAX_SEC);
	return false;
}

void labels_release(struct labels *l)
{
	free(l->name);
	free(l->tags);
	free(l->metadata);
	free(l->env);
	*l = (struct labels){ 0 };
}

bool labels_read(struct api_call *c, struct labels *ret)
{
	*ret = (struct labels){ 0 };
	if (api_optional_string(c, "name", &ret->name) && read_label(c, "tags", JSON_ARRAY, &ret->tags) && read_label(c, "metadata", JSON_OBJECT, &ret->metadata) && env_read(c, &ret->env) &&
	    read_seconds(c, "timeout_sec", &ret->timeout_sec, &ret->timed) && read_seconds(c, "idle_timeout_sec", &ret->idle_timeout_sec, &ret->idles))
		return true;
	labels_release(ret);
	return false;
}

static void replace(char **to, char **from)
{
	if (!*from)
		return;
	free(*to);
	*to = *from;
	*from = NULL;
}

int labels_put_on(struct machine *m, struct labels *l, struct err *e)
{
	if (l->name && l->name[0])
		snprintf(m->name, sizeof(m->name), "%s", l->name);
	replace(&m->tags, &l->tags);
	replace(&m->metadata, &l->metadata);
	replace(&m->env, &l->env);
	if (l->timed) {
		m->timeout_sec = l->timeout_sec;
		m->deadline_ms = l->timeout_sec > 0 && m->sandbox ? clock_boot_ms() + l->timeout_sec * 1000 : 0;
	}
	if (l->idles)
		m->idle_timeout_sec = l->idle_timeout_sec;
	labels_release(l);
	return machine_save(m, e);
}

void lifecycle_patch(struct api_call *c)
{
	struct labels l;
	struct err e;

	if (!labels_read(c, &l))
		return;
	if (labels_put_on(c->machine, &l, &e) < 0)
		api_error(c->req, 500, "INTERNAL_ERROR", "it cannot be kept: %s", e.msg);
	else
		routes_show(c, c->machine, 200);
}

void lifecycle_stop(struct api_call *c)
{
	struct machine *m = c->machine;

	if (m->job || strcmp(m->state, "provisioning") == 0) {
		api_error(c->req, 409, "SANDBOX_BUSY", "%s is %s: try again when that is done", m->name, m->state);
		return;
	}
	if (m->sandbox)
		stop(m);
	routes_show(c, m, 200);
}

/* So many seconds from now; without a number as many as it had. */
void lifecycle_extend(struct api_call *c)
{
	struct machine *m = c->machine;
	int64_t sec = m->timeout_sec;
	bool there;
	struct err e;

	if (!read_seconds(c, "timeout_sec", &sec, &there))
		return;
	m->timeout_sec = sec;
	m->deadline_ms = sec > 0 && m->sandbox ? clock_boot_ms() + sec * 1000 : 0;
	if (machine_save(m, &e) < 0)
		api_error(c->req, 500, "INTERNAL_ERROR", "it cannot be kept: %s", e.msg);
	else
		routes_show(c, m, 200);
}

void lifecycle_usage(struct api_call *c)
{
	const struct machine *m = c->machine;
	struct buf b;
	struct jsonw w;

	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "sandbox_id", m->id);
	jw_kstr(&w, "state", m->state);
	jw_kint(&w, "runtime_sec", m->sandbox ? (clock_boot_ms() - m->started_ms) / 1000 : 0);
	jw_kint(&w, "estimated_cost_cents", 0);
	put_times(m, &w);
	jw_end(&w, '}');
	api_json(c->req, 200, &b);
}
