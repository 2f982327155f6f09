/* client: the dashboard's connection to its gate: state, events, logs, screens, decisions. It knows the socket and nothing else. */
#ifndef ASSENT_CMD_CLIENT_H
#define ASSENT_CMD_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/buf.h"
#include "base/json.h"
#include "core/model.h"
#include "ui/dashboard.h"

struct client;

/* What is read as it is wanted, each at its own pace: parts of logs, an agent's turns, an action's facts, a computer's windows and clipboard. */
enum client_reading { CLIENT_READ_LINES, CLIENT_READ_SEARCH, CLIENT_READ_FILE, CLIENT_READ_TURNS, CLIENT_READ_FACTS, CLIENT_READ_WINDOWS, CLIENT_READ_CLIPBOARD, CLIENT_READS };

struct client_spec {
	uv_loop_t *loop;
	const char *socket;		/* borrowed */
	struct model *model;		/* borrowed; kept up to date */
	void (*on_change)(void *arg);	/* the model changed */
	void (*on_up)(bool up, const char *why, void *arg);	/* the gate answers, or not any more */
	void (*on_log)(const char *session, struct log_line *lines, size_t count, int64_t total, void *arg);	/* lines: own */
	/* An answer to client_read(); status 0: none came, and the body says why. Borrowed. */
	void (*on_read)(enum client_reading what, int status, const char *body, size_t len, void *arg);
	/* png NULL: error tells why. Both borrowed. */
	void (*on_screen)(const char *session, const char *png, size_t len, const char *error, void *arg);
	void (*on_running)(struct dash_running *list, size_t count, void *arg);	/* own */
	void (*on_changed)(char **lines, size_t count, void *arg);		/* own */
	void (*on_preview)(const char *text, void *arg);
	/* The body with this person's signature into out; false: it goes without one. */
	bool (*sign)(const char *method, const char *path, const char *body, struct buf *out, void *arg);
	void (*on_answer)(int status, const char *message, void *arg);	/* to a decision or a call; 0: no answer */
	void *arg;
};

struct client *client_new(const struct client_spec *s);
void client_free(struct client *c);
/* At most one of each is under way; false when one is. */
bool client_get_log(struct client *c, const char *session);
bool client_read(struct client *c, enum client_reading what, const char *path);
void client_read_stop(struct client *c, enum client_reading what);	/* without an answer */
bool client_get_screen(struct client *c, const char *session);
/* A picture that is kept with an action; on_screen gets its path, which begins with a slash, for the session. false: one is under way. */
bool client_get_still(struct client *c, const char *path);
/* screen_sha256 "" for none; taken_at in wall ms; box in pixels of the screen. */
void client_decide(struct client *c, const struct dash_request *q, const char *screen_sha256, int64_t taken_at, const struct rect *box);
/* A call of the operator API; body is JSON. */
void client_call(struct client *c, const char *method, const char *path, const char *body);
/* A call whose answer is for the caller: answer NULL where there is none that is JSON, status 0: none came, and the message says why. Borrowed. */
typedef void client_answered(int status, const struct json_doc *answer, const char *message, void *arg);
void client_ask(struct client *c, const char *method, const char *path, const char *body, bool with_signature, client_answered *answered, void *arg);
/*
 * The stream on which control of a computer hangs, one at a time. ended: it is over; why: the gate's word for it, "" where the connection only ended.
 * false: out of memory.
 */
bool client_attach(struct client *c, const char *session, const char *lease, void (*ended)(const char *why, void *arg), void *arg);
void client_detach(struct client *c);	/* hangs up; nothing more is told */
/* What a rule (alike_form_json) made from this action would have matched: on_preview. */
void client_preview(struct client *c, int64_t action, const char *alike);
/* That a person is at this dashboard; reads: the action whose card is open, 0 for none. */
void client_presence(struct client *c, const char *name, int64_t reads, int64_t key_ago_ms);
/* Since when, in boot ms, the gate has left that unanswered without another word, where that is too long; 0: it answers. Its answer wakes nobody: it is looked for here. */
int64_t client_silent_since(struct client *c, int64_t now_boot_ms);
/* What still runs, and what changed since it was frozen: on_running, on_changed. */
void client_look(struct client *c);

#endif
