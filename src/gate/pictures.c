/* pictures: see pictures.h. */
#include "config.h"

#include "gate/pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/operator.h"
#include "io/failpoint.h"
#include "io/log.h"
#include "io/picstore.h"
#include "io/png.h"

enum { AT_ONCE = 64 };

/* Digests, sorted once all are there. */
struct digests {
	char (*items)[DIGEST_HEX + 1];	/* own */
	size_t count, cap;
};

static void add(const char *sha256, void *arg)
{
	struct digests *d = arg;

	if (d->count == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 256;
		d->items = realloc(d->items, d->cap * sizeof(*d->items));
		if (!d->items)
			abort();
	}
	memcpy(d->items[d->count++], sha256, DIGEST_HEX + 1);
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool is_wanted(const char *sha256, void *arg)
{
	const struct digests *d = arg;

	return d->count > 0 && bsearch(sha256, d->items, d->count, sizeof(*d->items), compare);
}

int pictures_start(struct gate *g, struct err *e)
{
	struct digests named = { 0 };
	char dir[4096];
	int n, r;

	snprintf(dir, sizeof(dir), "%s/pictures", g->config.state_dir);
	r = picstore_open(dir, &g->pictures, e);
	if (r == 0)
		r = store_pictures(g->store, add, &named, e);
	if (r == 0) {
		if (named.count > 0)
			qsort(named.items, named.count, sizeof(*named.items), compare);
		n = picstore_sweep(g->pictures, is_wanted, &named);
		if (n > 0)
			log_line("removed %d pictures that no action names", n);
	}
	free(named.items);
	return r;
}

void pictures_make_room(struct store *s, struct picstore *p, uint64_t most)
{
	struct digests gone = { 0 };
	struct err e;
	size_t i;

	while (picstore_bytes(p) > most) {
		gone.count = 0;
		if (store_let_pictures_go(s, AT_ONCE, add, &gone, &e) < 0) {
			log_line("no picture can be let go: %s", e.msg);
			break;
		}
		for (i = 0; i < gone.count; i++)
			picstore_remove(p, gone.items[i]);
		if (gone.count == 0)
			break;
		log_line("let %zu pictures go, to make room", gone.count);
	}
	free(gone.items);
}

/* The key has no place in a picture; a substrate that writes it into one gets nothing kept of it. */
static bool has_key(const struct gate *g, const void *png, size_t len)
{
	return g->config.key[0] && memmem(png, len, g->config.key, strlen(g->config.key));
}

int picture_write(struct gate *g, const struct action *a, const void *png, size_t len, char sha256[DIGEST_HEX + 1], struct err *e)
{
	struct err local;
	int r;

	if (has_key(g, png, len))
		return err_set(e, ERR_INVALID, "the picture has the gate's key in it");
	digest_hex(png, len, sha256);
	r = picstore_put(g->pictures, sha256, png, len, &local);
	if (r == 0)
		return 0;
	log_line("action %lld: %s", (long long)a->id, local.msg);
	return err_set(e, r, "%s", local.msg);
}

int picture_keep(struct gate *g, struct action *a, enum action_screen what, const void *png, size_t len, const struct screen_changes *changed,
		 const char *detail, struct err *e)
{
	static const struct screen_changes none;
	char sha256[DIGEST_HEX + 1];
	struct err local;
	int r = picture_write(g, a, png, len, sha256, e);

	if (r < 0)
		return r;
	r = store_screen(g->store, a, what, sha256, changed, detail, &local);
	gate_set_record_error(g, r < 0 ? local.msg : NULL);
	if (r < 0)
		return err_set(e, r, "%s", local.msg);
	failpoint(FAILPOINT_PICTURE_ROW);
	action_set_screen(a, what, sha256, changed ? changed : &none);
	pictures_make_room(g->store, g->pictures, PICTURES_BYTES_MAX);
	return 0;
}

int picture_get(const struct gate *g, const struct action *a, enum action_screen what, struct buf *out, struct err *e)
{
	if (!a->screens[what][0])
		return err_set(e, ERR_NOTFOUND, "no such picture is kept with action %lld", (long long)a->id);
	return picstore_get(g->pictures, a->screens[what], out, e);
}

void view_screens(const struct action *a, struct jsonw *w)
{
	int i;

	jw_key(w, "screens");
	jw_begin(w, '{');
	for (i = 0; i < ACTION_SCREENS; i++)
		jw_kstr(w, action_screen_name((enum action_screen)i), a->screens[i][0] ? a->screens[i] : NULL);
	jw_key(w, "changed");
	jw_begin(w, '[');
	for (i = 0; i < a->changed.count; i++) {
		jw_begin(w, '[');
		jw_int(w, a->changed.rects[i].x);
		jw_int(w, a->changed.rects[i].y);
		jw_int(w, a->changed.rects[i].width);
		jw_int(w, a->changed.rects[i].height);
		jw_end(w, ']');
	}
	jw_end(w, ']');
	jw_end(w, '}');
}

void operator_get_screen(struct gate *g, struct server_req *r, const char *id)
{
	static const char *const headers[] = { "Content-Type: image/png", NULL };
	const struct action *a = queue_find(&g->queue, operator_read_id(id));
	enum action_screen what = action_screen_of(strrchr(server_head(r)->path, '/') + 1);
	struct buf png;
	struct err e;
	int result;

	if (!a || a->stripped) {
		server_error(r, 404, NULL, "action_not_found", "there is no such action, or it ended long ago", NULL);
		return;
	}
	buf_init(&png, PNG_BYTES_MAX);
	result = picture_get(g, a, what, &png, &e);
	if (result == 0)
		server_reply(r, 200, headers, buf_cstr(&png), png.len);
	else if (result == ERR_INVALID)
		server_error(r, 409, NULL, "picture_changed", e.msg, NULL);
	else
		server_error(r, 404, NULL, "picture_not_kept", e.msg, NULL);
	buf_release(&png);
}
