/* routes_control: sessions on a computer, under both names that the API has for them. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "local/api.h"
#include "local/control.h"
#include "local/history.h"

enum { TURNS_MAX = 1000 };

static void failed(struct api_call *c, int r, const struct err *e)
{
	if (r == ERR_STATE)
		api_error(c->req, 409, "SESSION_ENDED", "%s", e->msg);
	else if (r == ERR_TOOBIG)
		api_error(c->req, 409, "TOO_MANY_SESSIONS", "%s", e->msg);
	else
		api_failed(c->req, r, e);
}

static void reply(struct api_call *c, int status, const struct control *s)
{
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	control_json(s, &w);
	api_send_data(c, status, &b, &w);
}

static void list(struct api_call *c)
{
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	control_list(c->machine, &w);
	api_send_data(c, 200, &b, &w);
}

static void create(struct api_call *c)
{
	static const char *const fields[] = { "goal", "max_turns", "model_id", NULL };
	int model = json_get(&c->body, c->root, "model_id");
	int64_t turns = CONTROL_TURNS;
	struct control *s;
	struct err e;
	char *goal;
	bool bad;
	int r;

	if (!api_only(c, fields))
		return;
	if (model != JSON_NONE && json_type(&c->body, model) != JSON_NULL) {
		api_error(c->req, 422, "VALIDATION_ERROR", "there are no models here: leave out \"model_id\", and give steps as the goal");
		return;
	}
	api_optional_int(c, "max_turns", &turns, &bad);
	if (bad || !api_string(c, "goal", &goal))
		return;
	r = turns < 1 || turns > TURNS_MAX ? err_set(&e, ERR_INVALID, "\"max_turns\" must be 1 to %d", TURNS_MAX) :
		control_new(c->machine, goal, (int)turns, &s, &e);
	free(goal);
	if (r < 0)
		failed(c, r, &e);
	else
		reply(c, 201, s);
}

/* NULL: answered with 404. */
static struct control *find(struct api_call *c)
{
	struct control *s = control_find(c->local, c->machine, c->ids[c->machine ? 1 : 0]);

	if (!s)
		api_error(c->req, 404, "NOT_FOUND", "there is no such session");
	return s;
}

static void show(struct api_call *c)
{
	const struct control *s = find(c);

	if (s)
		reply(c, 200, s);
}

static void set_paused(struct api_call *c, bool pause)
{
	static const char *const none[] = { NULL };
	struct control *s = api_only(c, none) ? find(c) : NULL;
	struct err e;
	int r;

	if (!s)
		return;
	r = control_pause(s, pause, &e);
	if (r < 0)
		failed(c, r, &e);
	else
		reply(c, 200, s);
}

static void pause_session(struct api_call *c) { set_paused(c, true); }
static void resume_session(struct api_call *c) { set_paused(c, false); }

static void redirect(struct api_call *c)
{
	static const char *const fields[] = { "instruction", NULL };
	struct control *s = api_only(c, fields) ? find(c) : NULL;
	struct err e;
	char *text;
	int r;

	if (!s || !api_string(c, "instruction", &text))
		return;
	r = control_redirect(s, text, &e);
	free(text);
	if (r < 0)
		failed(c, r, &e);
	else
		reply(c, 200, s);
}

static void cancel(struct api_call *c)
{
	struct control *s = find(c);

	if (!s)
		return;
	control_cancel(s);
	reply(c, 200, s);
}

static void events(struct api_call *c)
{
	const struct control *s = find(c);

	if (s)
		history_reply(c, control_events(s));
}

static void agent_events(struct api_call *c)
{
	struct events *ev = control_agent_events(c->machine);

	if (ev)
		events_subscribe(ev, c->req);
	else
		api_error(c->req, 500, "INTERNAL_ERROR", "out of memory");
}

#define SESSIONS(name) \
	{ HTTP_GET, "/computers/{}/" name "/sessions", false, false, list }, \
	{ HTTP_POST, "/computers/{}/" name "/sessions", true, true, create }, \
	{ HTTP_GET, "/computers/{}/" name "/sessions/{}", false, false, show }, \
	{ HTTP_DELETE, "/computers/{}/" name "/sessions/{}", false, false, cancel }, \
	{ HTTP_POST, "/computers/{}/" name "/sessions/{}/pause", true, false, pause_session }, \
	{ HTTP_POST, "/computers/{}/" name "/sessions/{}/resume", true, false, resume_session }, \
	{ HTTP_POST, "/computers/{}/" name "/sessions/{}/task", true, false, redirect }, \
	{ HTTP_GET, "/computers/{}/" name "/sessions/{}/events", false, false, events }

const struct api_route routes_control[] = {
	SESSIONS("cua"), SESSIONS("control"),
	{ HTTP_GET, "/cua/sessions/{}/events", false, false, events },
	{ HTTP_GET, "/computers/{}/agent/events", false, false, agent_events },
};
const size_t routes_control_count = ARRAY_LEN(routes_control);
