/*
 * screen_check: what a person approved by a picture is sent only while the screen round its target still is what that picture shows. Else it is held again,
 * as a new version, and the person looks once more. What a rule let through was never looked at by anybody, and is not compared.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/operator.h"
#include "gate/pictures.h"
#include "gate/place.h"
#include "gate/screens.h"
#include "io/log.h"

enum { NEAR = 64 };	/* pixels of the screen to each side of the target */

/* What is under way: by id and version, since the action may change meanwhile. */
struct screen_check {
	struct screen_check *next, **prev;
	struct gate *gate;
	int64_t action;
	int version;
};

static void check_free(struct screen_check *k)
{
	*k->prev = k->next;
	if (k->next)
		k->next->prev = k->prev;
	free(k);
}

void screen_checks_release(struct gate *g)
{
	while (g->screen_checks)
		check_free(g->screen_checks);
}

static void on_looked(enum screen_verdict v, const char *why, const char *sha256_now, void *arg)
{
	struct screen_check *k = arg;
	struct gate *g = k->gate;
	struct action *a = queue_find(&g->queue, k->action);
	char text[320];

	/* Frozen or changed meanwhile: what is approved next time is looked at anew. */
	if (a && (a->state != ACTION_APPROVED || a->version != k->version)) {
		a->screen_check = SCREEN_CHECK_NONE;
	} else if (a && v == SCREEN_SAME) {
		a->screen_check = SCREEN_CHECK_SAME;
	} else if (a) {
		snprintf(text, sizeof(text), v == SCREEN_CHANGED ? "not sent: %.250s" : "not sent: its screen could not be looked at: %.250s", why);
		a->screen_check = SCREEN_CHECK_NONE;
		if (action_set(&a->error, text) < 0)
			abort();
		log_line("action %lld: %s; it was decided on %.12s, now it is %.12s", (long long)a->id, text, a->screen_sha256, sha256_now);
		gate_hold_again(g, a, text);
	}
	check_free(k);
	gate_pump(g);
}

void screen_read_box(const struct json_doc *d, int box[4])
{
	int v = json_first(d, json_get(d, json_get(d, json_root(d), "screen"), "box")), i;
	int64_t n;

	for (i = 0; i < 4; i++, v = json_next(d, v))
		box[i] = v != JSON_NONE && json_int(d, v, &n) == 0 ? (int)n : 0;
}

bool screen_is_named(struct gate *g, struct server_req *r, const struct action *a, const struct json_doc *d)
{
	int screen = json_get(d, json_root(d), "screen"), box[4];
	const struct place at = gate_place(g, a);
	char *sha = json_strdup(d, json_get(d, screen, "sha256"));
	const char *why = NULL;

	screen_read_box(d, box);
	if (!a->has_point)
		why = NULL;	/* a picture that nobody asked for is in the record, and no more */
	else if (at.x < box[0] || at.y < box[1] || at.x - box[0] >= box[2] || at.y - box[1] >= box[3])
		why = "\"box\" of the screen is not round the target";
	else if (!sha || !screens_has(g, a->session, sha))
		why = "that picture was not taken through this gate, or too long ago: look again";
	free(sha);
	if (why)
		server_error(r, 422, NULL, "screen_missing", why, NULL);
	return !why;
}

void screen_keep_seen(struct gate *g, struct action *a)
{
	char sha256[DIGEST_HEX + 1];
	const void *png;
	int64_t at;
	size_t len;

	if (a->session_kind != SESSION_COMPUTER || !strstr(a->path, "/desktop/") || !screens_seen_by(g, a->session, a->agent, sha256, &at))
		return;
	png = screens_png(g, a->session, sha256, &len);
	picture_keep(g, a, SCREEN_AGENT, png, len, NULL, "", NULL);	/* where that fails it is held without: nobody decides on it */
}

int screen_write_decided(struct gate *g, const struct action *a, char ret[DIGEST_HEX + 1], struct err *e)
{
	size_t len;
	const void *png = a->screen_sha256[0] ? screens_png(g, a->session, a->screen_sha256, &len) : NULL;

	ret[0] = '\0';
	return png ? picture_write(g, a, png, len, ret, e) : 0;
}

/* What was seen may be the whole screen, with a clock in a corner: only what is near the target counts. */
static struct screen_box box_round(int x, int y, const int seen[4])
{
	int left = x - NEAR > seen[0] ? x - NEAR : seen[0], top = y - NEAR > seen[1] ? y - NEAR : seen[1];
	int right = x + NEAR < seen[0] + seen[2] ? x + NEAR : seen[0] + seen[2], bottom = y + NEAR < seen[1] + seen[3] ? y + NEAR : seen[1] + seen[3];

	return (struct screen_box){ left, top, right - left, bottom - top };
}

bool screen_first(struct gate *g, struct action *a)
{
	const struct place at = gate_place(g, a);
	struct screen_box boxes[2];
	struct screen_check *k;

	if (!a->has_point || a->session_kind != SESSION_COMPUTER || !a->screen_sha256[0] || strcmp(a->decided_kind, "person") != 0 ||
	    a->screen_check == SCREEN_CHECK_SAME)
		return false;
	if (!screens_has(g, a->session, a->screen_sha256)) {
		if (action_set(&a->error, "not sent: the picture that it was decided on is not here any more") < 0)
			abort();
		gate_hold_again(g, a, a->error);
		return true;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		abort();
	*k = (struct screen_check){ .next = g->screen_checks, .prev = &g->screen_checks, .gate = g, .action = a->id, .version = a->version };
	if (k->next)
		k->next->prev = &k->next;
	g->screen_checks = k;
	a->screen_check = SCREEN_CHECK_UNDER_WAY;
	boxes[0] = box_round(at.x, at.y, a->screen_box);
	/* Where a drag ends the person looked too. */
	boxes[1] = (struct screen_box){ boxes[0].x + at.x2 - at.x, boxes[0].y + at.y2 - at.y, boxes[0].width, boxes[0].height };
	screens_look(g, a->session, a->screen_sha256, boxes, a->has_second ? 2 : 1, on_looked, k);
	return true;
}
