/* dash_keys: the dashboard over the snapshot of state.h, with keys that are pressed and events that come. For the one file of a test. */
#ifndef ASSENT_TESTS_DASH_KEYS_H
#define ASSENT_TESTS_DASH_KEYS_H

#include "tests/unit/state.h"
#include "tests/unit/dash_rig.h"

static inline int dash_start(void **state)
{
	(void)state;
	dash_begin(state_json, 120, 35);
	dash_update(&d, now);
	return 0;
}

static inline struct dash_request press(uint32_t key)
{
	struct input_event ev = { .type = INPUT_KEY, .code = key };
	struct dash_request q;

	dash_key(&d, &ev, now, &q);
	return q;
}

static inline void type(const char *text)
{
	struct dash_request q;

	for (; *text; text++) {
		q = press((uint32_t)*text);
		dash_request_release(&q);
	}
}

/* Up and down, until it is selected. */
static inline void selecting_of(int64_t id)
{
	int i;

	for (i = 0; i < 200 && d.selected != id; i++)
		press(i < 100 ? 'k' : 'j');
	assert_int_equal(d.selected, id);
}

/* The gate has looked, and found nothing risky about the selected action. */
static inline void look_up(void)
{
	struct model_action *a = dash_selected(&d);
	char facts[80];
	int n = snprintf(facts, sizeof(facts), "{\"action\":%lld,\"version\":%lld}", (long long)a->id, (long long)a->version);

	assert_int_equal(card_ask(&d.card, a, now), a->id);
	card_answer(&d.card, &model, a, 200, facts, (size_t)n, now);
}

/* 41 is a click: it has a picture to be seen on, and what it hits is known. */
static inline void show_screen(void)
{
	look_up();
	d.screen = (struct image){ .rgb = calloc(12, 1), .width = 2, .height = 2 };
	snprintf(d.screen_sha256, sizeof(d.screen_sha256), "abc");
}

/* What a key asks of the gate: "METHOD path body", or "" for nothing; of an open request its memory goes. */
static inline const char *asked(struct dash_request q)
{
	static char text[600];

	text[0] = '\0';
	if (q.type == REQUEST_CALL)
		snprintf(text, sizeof(text), "%s %s %s", q.method, q.path, q.body);
	else if (q.type != REQUEST_NONE)
		snprintf(text, sizeof(text), "other %d", (int)q.type);
	dash_request_release(&q);
	return text;
}

static inline void event(const char *type_of_it, const char *json)
{
	assert_int_equal(model_event(&model, type_of_it, json, strlen(json), 0, NULL), 0);
	dash_update(&d, now);
}

/* So many commands of an agent that are alike, from this id on. */
static inline void many_held(int from, int count, const char *agent)
{
	char json[2000];
	int i;

	model_find_session(&model, "sbx_1")->live = true;
	for (i = from; i < from + count; i++) {
		snprintf(json, sizeof(json), ACTION(%d, "held", "%s", "sbx_1", "sandbox", "build-1", "exec", "Runs one shell command in sandbox build-1 (sbx_1).", "exec echo",
						    "POST", "/api/v1/sandboxes/sbx_1/exec", "{\\\"command\\\":\\\"echo\\\"}", ",\"needs_person\":true"),
			 i, agent);
		event("action", json);
	}
}

/* Of a line of the screen: its text, from the left edge of the list on. */
static inline const char *line_at(int y)
{
	static char text[2000];
	size_t n = 0;
	int x;

	for (x = 0; x < cells.width; x++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", cells_at(&cells, x, y)->text);
	return text;
}

static inline int line_of(const char *text)
{
	int y;

	for (y = 0; y < cells.height; y++)
		if (strstr(line_at(y), text))
			return y;
	return -1;
}

static inline bool on_screen(const char *text)
{
	char row[2000];
	int x, y;

	for (y = 0; y < cells.height; y++) {
		row[0] = '\0';
		for (x = 0; x < cells.width; x++)
			strncat(row, cells.grid[y * cells.width + x].text, sizeof(row) - strlen(row) - 1);
		if (strstr(row, text))
			return true;
	}
	return false;
}

#endif
