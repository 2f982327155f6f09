/* act: see act.h. */
#include "config.h"

#include "local/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "local/api.h"

struct act {
	struct machine *machine;
	char op[32];
	char *body;
	size_t len;
	void (*done)(int status, bool png, const char *data, size_t len, void *arg);
	void *arg;
};

/* What only looks is not told; a picture is, as "screenshot". */
static bool looks(const char *op)
{
	static const char *const reads[] = { "cursor", "screen-size", "windows", "wait", "window/size", "window/position", "environment", "clipboard/get" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(reads); i++)
		if (strcmp(op, reads[i]) == 0)
			return true;
	return false;
}

static void put_kind(const struct act *a, struct jsonw *w)
{
	char kind[40], *p;

	snprintf(kind, sizeof(kind), "%s", strcmp(a->op, "clipboard") == 0 ? "set_clipboard" : a->op);
	for (p = kind; *p; p++)
		if (*p == '-' || *p == '/')
			*p = '_';
	jw_kstr(w, "kind", kind);
}

/* desktop_action: the kind, and the fields of the request; of what goes into the clipboard only that something does. */
static void tell_action(const struct act *a)
{
	struct json_doc d;
	struct buf b;
	struct jsonw w;
	int k;

	if (json_parse(a->body, a->len, &d, NULL) < 0)
		return;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	put_kind(a, &w);
	for (k = json_first(&d, json_root(&d)); k != JSON_NONE && strcmp(a->op, "clipboard") != 0; k = json_next(&d, k)) {
		char *key = json_strdup(&d, k);
		size_t len;
		const char *raw = json_raw(&d, json_value(&d, k), &len);

		if (key && strcmp(key, "kind") != 0 && strcmp(key, "timestamp") != 0) {
			jw_key(&w, key);
			jw_raw(&w, raw, len);
		}
		free(key);
	}
	jw_kint(&w, "timestamp", clock_wall_ms());
	jw_end(&w, '}');
	json_release(&d);
	machine_event(a->machine, "desktop_action", &b);
}

/* The size stands in a PNG's first chunk. */
static void tell_picture(const struct act *a, const char *png, size_t len)
{
	const unsigned char *p = (const unsigned char *)png;
	struct buf b;

	if (len < 24)
		return;
	buf_init(&b, 512);
	buf_printf(&b, "{\"width\":%d,\"height\":%d,\"size\":%zu,\"timestamp\":%lld}", p[18] << 8 | p[19], p[22] << 8 | p[23], len, (long long)clock_wall_ms());
	machine_event(a->machine, "screenshot", &b);
}

static void on_done(int status, bool png, const char *data, size_t len, void *arg)
{
	static const char gone[] = "the display is not there";
	struct act *a = arg;

	if (status == 200 && !a->machine->closing && png)
		tell_picture(a, data, len);
	else if (status == 200 && !a->machine->closing && !looks(a->op))
		tell_action(a);
	if (status == 200 || status == 422)
		a->done(status, png, data, len, a->arg);
	else
		a->done(502, false, len > 0 ? data : gone, len > 0 ? len : sizeof(gone) - 1, a->arg);
	free(a->body);
	free(a);
}

void act_desktop(struct machine *m, const char *op, const char *body, size_t len,
		 void (*done)(int status, bool png, const char *data, size_t len, void *arg), void *arg)
{
	static const char late[] = "the display is being reached; try again";
	struct act *a;

	if (!m->driver) {
		done(502, false, late, sizeof(late) - 1, arg);
		return;
	}
	a = calloc(1, sizeof(*a));
	if (!a || !(a->body = malloc(len + 1)))
		abort();
	memcpy(a->body, body, len);
	a->body[len] = '\0';
	a->len = len;
	a->machine = m;
	a->done = done;
	a->arg = arg;
	snprintf(a->op, sizeof(a->op), "%s", op);
	driver_call(m->driver, a->op, a->body, len, on_done, a);
}
