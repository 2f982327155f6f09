/* client: what the dashboard asks the gate to do. See client.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/client_own.h"

enum { SILENT_MS = 900 };	/* asked with one tick of the dashboard's clock, missed at the next */

/* A call on its way; more than one may be. */
struct post {
	struct post *next, **prev;	/* of the client's */
	struct client *client;
	struct buf body, answer;
	void (*answered)(struct client *c, int status, const struct json_doc *answer, const char *message);
	client_answered *asked;		/* or who asked, with arg */
	void *arg;
	int timeout_ms;
	bool unhurried;
};

static void on_post_data(struct wire_call *call, const char *data, size_t len, void *arg)
{
	struct post *p = arg;

	(void)call;
	buf_append(&p->answer, data, len);
}

static void post_free(struct post *p)
{
	*p->prev = p->next;
	if (p->next)
		p->next->prev = p->prev;
	buf_release(&p->body);
	buf_release(&p->answer);
	free(p);
}

/* Nobody hears what became of them: the dashboard ends. */
void client_posts_release(struct client *c)
{
	while (c->posts)
		post_free(c->posts);
}

static void tell_answer(const struct post *p, int status, const struct json_doc *answer, const char *message)
{
	if (p->asked)
		p->asked(status, answer, message, p->arg);
	else
		p->answered(p->client, status, answer, message);
}

static void on_posted(struct wire_call *call, const struct wire_result *r, void *arg)
{
	struct post *p = arg;
	struct json_doc d;
	char *message = NULL;
	bool parsed;

	if (call == p->client->presence)
		p->client->presence = NULL;
	if (!r->answered) {
		tell_answer(p, 0, NULL, r->error);
	} else {
		parsed = json_parse(buf_cstr(&p->answer), p->answer.len, &d, NULL) == 0;
		if (parsed && r->status >= 300)
			message = json_strdup(&d, json_get(&d, json_get(&d, json_root(&d), "error"), "message"));
		tell_answer(p, r->status, parsed ? &d : NULL, message ? message : "");
		if (parsed)
			json_release(&d);
	}
	free(message);
	post_free(p);
}

static void tell(struct client *c, int status, const struct json_doc *answer, const char *message)
{
	(void)answer;
	c->spec.on_answer(status, message, c->spec.arg);
}

static struct post *new_post(struct client *c)
{
	struct post *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->client = c;
	p->next = c->posts;
	p->prev = &c->posts;
	if (p->next)
		p->next->prev = &p->next;
	c->posts = p;
	p->answered = tell;
	p->timeout_ms = CALL_TIMEOUT_MS;
	buf_init(&p->body, 4 * EDITOR_BYTES_MAX);
	buf_init(&p->answer, SIZE_MAX - 1);
	return p;
}

static void send_post(struct post *p, const char *method, const char *path)
{
	const struct wire_spec spec = { .method = method, .path = path, .body = buf_cstr(&p->body), .body_len = p->body.len, .timeout_ms = p->timeout_ms,
					.unhurried = p->unhurried, .answer_max = WIRE_ANSWER_MAX, .on_data = on_post_data, .on_done = on_posted, .arg = p };
	struct wire_call *call = buf_failed(&p->body) ? NULL : wire_start(p->client->wire, &spec);

	if (p->unhurried)
		p->client->presence = call;
	if (call)
		return;
	tell_answer(p, 0, NULL, "out of memory");
	post_free(p);
}

/* Decisions and calls are signed where the person's key is unlocked, whether the gate asks for it or not. */
static void sign_and_send(struct post *p, const char *method, const char *path)
{
	struct buf is_signed;

	buf_init(&is_signed, p->body.max);
	if (!buf_failed(&p->body) && p->client->spec.sign(method, path, buf_cstr(&p->body), &is_signed, p->client->spec.arg)) {
		buf_release(&p->body);
		p->body = is_signed;
	} else {
		buf_release(&is_signed);
	}
	send_post(p, method, path);
}

static void put_screen(struct jsonw *w, const char *sha256, int64_t taken_at, const struct rect *box)
{
	jw_key(w, "screen");
	jw_begin(w, '{');
	jw_kstr(w, "sha256", sha256);
	jw_kint(w, "taken_at", taken_at);
	jw_key(w, "box");
	jw_begin(w, '[');
	jw_int(w, box->x);
	jw_int(w, box->y);
	jw_int(w, box->width);
	jw_int(w, box->height);
	jw_end(w, ']');
	jw_end(w, '}');
}

void client_decide(struct client *c, const struct dash_request *q, const char *screen_sha256, int64_t taken_at, const struct rect *box)
{
	static const char *const words[] = { [DECIDE_APPROVE] = "approve", [DECIDE_DENY] = "deny", [DECIDE_EDIT] = "edit" };
	struct post *p = new_post(c);
	struct jsonw w;
	char path[80];

	jw_init(&w, &p->body);
	jw_begin(&w, '{');
	jw_kint(&w, "version", q->version);
	jw_kstr(&w, "digest", q->digest);
	jw_kstr(&w, "decision", words[q->decision]);
	if (q->decision == DECIDE_EDIT)
		jw_kstr(&w, "body", q->body ? q->body : "");
	if (q->note[0])
		jw_kstr(&w, "note", q->note);
	if (q->ahead)
		jw_kbool(&w, "ahead", true);
	if (q->alike) {
		jw_key(&w, "alike");
		jw_raw(&w, q->alike, strlen(q->alike));
	}
	if (q->with_screen && screen_sha256[0])
		put_screen(&w, screen_sha256, taken_at, box);
	jw_end(&w, '}');
	snprintf(path, sizeof(path), "/v1/actions/%lld/decision", (long long)q->id);
	sign_and_send(p, "POST", path);
}

void client_call(struct client *c, const char *method, const char *path, const char *body)
{
	struct post *p = new_post(c);

	buf_puts(&p->body, body);
	sign_and_send(p, method, path);
}

void client_ask(struct client *c, const char *method, const char *path, const char *body, bool with_signature, client_answered *answered, void *arg)
{
	struct post *p = new_post(c);

	buf_puts(&p->body, body);
	p->asked = answered;
	p->arg = arg;
	p->timeout_ms = HAND_TIMEOUT_MS;
	if (with_signature)
		sign_and_send(p, method, path);
	else
		send_post(p, method, path);
}

static void on_preview(struct client *c, int status, const struct json_doc *answer, const char *message)
{
	int64_t count = 0;
	char text[400];
	char *what;

	if (status == 200 && answer) {
		json_int(answer, json_get(answer, json_root(answer), "count"), &count);
		what = json_strdup(answer, json_get(answer, json_root(answer), "what"));
		snprintf(text, sizeof(text), "it would have matched %lld. %s", (long long)count, what ? what : "");
		free(what);
		c->spec.on_preview(text, c->spec.arg);
	} else {
		c->spec.on_preview(message, c->spec.arg);
	}
}

void client_preview(struct client *c, int64_t action, const char *alike)
{
	struct post *p = new_post(c);
	size_t len = strlen(alike);

	/* The rule, with the action that it is made from. */
	buf_printf(&p->body, "{\"action\":%lld,%.*s", (long long)action, (int)(len - 1), alike + 1);
	p->answered = on_preview;
	send_post(p, "POST", "/v1/alikes/preview");
}

static void on_presence(struct client *c, int status, const struct json_doc *answer, const char *message)
{
	(void)answer;
	(void)message;
	if (status != 0)
		c->heard_ms = clock_boot_ms();
}

int64_t client_silent_since(struct client *c, int64_t now_boot_ms)
{
	if (c->presence)
		wire_look(c->presence);
	return c->asked_ms > c->heard_ms && now_boot_ms - c->asked_ms >= SILENT_MS ? c->asked_ms : 0;
}

void client_presence(struct client *c, const char *name, int64_t reads, int64_t key_ago_ms)
{
	struct post *p = new_post(c);
	struct jsonw w;

	jw_init(&w, &p->body);
	jw_begin(&w, '{');
	if (name[0])
		jw_kstr(&w, "name", name);
	jw_key(&w, "reads");
	if (reads)
		jw_int(&w, reads);
	else
		jw_null(&w);
	jw_kint(&w, "key_ago_ms", key_ago_ms);
	jw_end(&w, '}');
	p->answered = on_presence;
	p->unhurried = !c->presence;	/* one is enough to look for; that one has come late */
	if (c->asked_ms <= c->heard_ms)
		c->asked_ms = clock_boot_ms();
	send_post(p, "POST", "/v1/presence");
}
