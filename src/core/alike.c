/* alike: making a rule, and matching an action with it. See alike.h. */
#include "config.h"

#include "core/alike.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "core/describe.h"
#include "core/risks.h"
#include "core/words.h"

enum { MEMBERS_MAX = 64, MINUTE_MS = 60 * 1000 };

const char *alike_verdict_name(enum alike_verdict v)
{
	return v == ALIKE_ALLOW ? "allow" : "refuse";
}

void alike_free(struct alike *r)
{
	if (!r)
		return;
	free(r->agent);
	free(r->session);
	free(r->kind);
	free(r->risks);
	free(r->what);
	free(r->words);
	free(r->made_by);
	free(r);
}

/* ---- what is not left open ---- */

static void add(struct digest_ctx *d, const char *text, size_t len)
{
	char number[32];

	snprintf(number, sizeof(number), "%zu:", len);
	digest_update(d, number, strlen(number));
	digest_update(d, text, len);
}

static void add_text(struct digest_ctx *d, const char *text)
{
	add(d, text ? text : "", text ? strlen(text) : 0);
	digest_update(d, text ? "+" : "-", 1);
}

/* Behind the session's id: /api/v1/computers/ID/desktop/click. */
static const char *behind_session(const char *path)
{
	int slashes;

	for (slashes = 0; slashes < 4 && path; slashes++)
		path = strchr(path + 1, '/');
	return path ? path : "";
}

/* What can be typed without anything happening but letters. */
static bool is_plain(const struct json_doc *d, int v)
{
	struct buf text;
	bool plain;
	size_t i;

	buf_init(&text, ALIKE_TEXT_MAX);
	plain = json_str(d, v, &text) == 0 && !buf_failed(&text);
	for (i = 0; plain && i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i], next = (unsigned char)text.data[i + 1];

		plain = c >= 0x20 && c != 0x7f && !(c == 0xc2 && next < 0xa0) &&					/* C0, DEL, C1 */
			!(c == 0xe2 && next == 0x80 && ((unsigned char)text.data[i + 2] & 0xfe) == 0xa8);	/* U+2028, U+2029 */
	}
	buf_release(&text);
	return plain;
}

/* Is a coordinate's value one of those that were found, and so shown and compared? */
static bool is_found(const struct action *a, const struct json_doc *d, int v)
{
	double n;

	if (json_double(d, v, &n) < 0 || n < -1e6 || n > 1e6)
		return false;
	return (a->has_point && ((int)n == a->x || (int)n == a->y)) || (a->has_second && ((int)n == a->x2 || (int)n == a->y2));
}

static bool is_open(const struct alike_scope *s, const struct action *a, const struct json_doc *d, int key)
{
	char *name = json_strdup(d, key);
	int v = json_value(d, key);
	bool open;

	open = name && ((s->point != ALIKE_POINT_SAME && describe_is_coordinate(name) && is_found(a, d, v)) || (s->any_text && strcmp(name, "text") == 0));
	free(name);
	return open;
}

static const char *add_words(struct digest_ctx *d, const struct json_doc *doc, int v)
{
	char *text = json_strdup(doc, v);
	struct words w;
	size_t i;

	if (!text || words_split(text, strlen(text), &w, NULL) < 0) {
		free(text);
		return "its command does not split into words";
	}
	for (i = 0; i < w.count; i++)
		add_text(d, w.items[i]);
	words_release(&w);
	free(text);
	return NULL;
}

struct member {
	const char *key;
	size_t key_len;
	int token;
};

static int by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int n = memcmp(x->key, y->key, x->key_len < y->key_len ? x->key_len : y->key_len);

	return n ? n : x->key_len < y->key_len ? -1 : x->key_len > y->key_len;
}

/* Of the members of the body: all names, and the values of those that are not left open. NULL, or what is in the way. */
static const char *add_members(struct digest_ctx *d, const struct alike_scope *s, const struct action *a, const struct json_doc *doc)
{
	struct member members[MEMBERS_MAX];
	int root = json_root(doc), k, n = 0, i;
	const char *why = NULL, *raw;
	size_t len;

	if (json_type(doc, root) != JSON_OBJECT || json_size(doc, root) > MEMBERS_MAX)
		return "its body is no object, or has more than 64 members";
	if (s->any_text && !is_plain(doc, json_get(doc, root, "text")))
		return "its text is longer than 500 bytes, or has a Return or another control character in it";
	if (s->words && json_get(doc, root, "command") == JSON_NONE)
		return "it has no command";
	for (k = json_first(doc, root); k != JSON_NONE; k = json_next(doc, k)) {
		members[n] = (struct member){ .token = k };
		members[n].key = json_raw(doc, k, &members[n].key_len);
		n++;
	}
	qsort(members, (size_t)n, sizeof(members[0]), by_key);
	for (i = 0; i < n && !why; i++) {
		add(d, members[i].key, members[i].key_len);
		if (is_open(s, a, doc, members[i].token))
			continue;
		if (s->words && json_str_is(doc, members[i].token, "command")) {
			why = add_words(d, doc, json_value(doc, members[i].token));
			continue;
		}
		raw = json_raw(doc, json_value(doc, members[i].token), &len);
		add(d, raw, len);
	}
	return why;
}

static const char *add_body(struct digest_ctx *d, const struct alike_scope *s, const struct action *a)
{
	const char *type = a->headers[HEADER_CONTENT_TYPE], *why;
	struct json_doc doc;

	if (s->point == ALIKE_POINT_SAME && !s->any_text && !s->words) {
		if (action_is_opaque(a))
			add_text(d, a->digest);	/* of the whole request: such a body is not in memory */
		else
			add(d, a->body, a->body_len);
		return NULL;
	}
	if ((type && strncasecmp(type, "application/json", 16) != 0) || action_is_opaque(a) || json_parse(a->body, a->body_len, &doc, NULL) < 0)
		return "its body cannot be read as JSON";
	why = add_members(d, s, a, &doc);
	json_release(&doc);
	return why;
}

/* The digest of all that the scope does not leave open. NULL, or what is in the way. */
static const char *find_same(const struct alike_scope *s, const struct action *a, char hex[DIGEST_HEX + 1])
{
	struct digest_ctx *d = digest_new();
	const char *why;
	int i;

	if (!d)
		return "out of memory";
	add_text(d, "assent-alike/1");
	add_text(d, http_method_name(a->method));
	add_text(d, a->upstream);
	add_text(d, s->any_session ? behind_session(a->path) : a->path);
	add_text(d, a->query);
	for (i = 0; i < ACTION_HEADERS; i++)
		add_text(d, a->headers[i]);
	why = add_body(d, s, a);
	digest_final_hex(d, hex);
	return why;
}

/* ---- matching ---- */

static bool is_inside(const struct alike_scope *s, int x, int y)
{
	return x >= s->x && x < s->x + s->width && y >= s->y && y < s->y + s->height;
}

static bool has_risk(const struct action *a, const char *word)
{
	size_t i;

	for (i = 0; i < ACTION_RISKS && a->risks[i]; i++)
		if (strcmp(a->risks[i], word) == 0)
			return true;
	return false;
}

static bool is_riskier(const struct alike *r, const struct action *a)
{
	char line[128];
	size_t i;

	for (i = 0; i < ACTION_RISKS && a->risks[i]; i++) {
		const char *at = r->risks;
		size_t n = (size_t)snprintf(line, sizeof(line), "%s\n", a->risks[i]);

		while (at && strncmp(at, line, n) != 0)
			at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
		if (!at)
			return true;
	}
	return false;
}

/* What is never allowed alike, whatever a person says. NULL: it may be. */
static const char *never_allowed(const struct action *a)
{
	if (a->class != CLASS_READ && a->class != CLASS_HARMLESS && a->class != CLASS_ACTS)
		return "what costs money, ends a session, tells a secret or is not known is never allowed alike";
	if (action_is_opaque(a) || has_risk(a, RISK_HIDDEN))
		return "what cannot be looked into is never allowed alike";
	if (a->require > 1)
		return "what takes more than one person is never allowed alike";
	return NULL;
}

static const char *differs(const struct alike *r, const struct action *a)
{
	const struct alike_scope *s = &r->scope;
	char same[DIGEST_HEX + 1];
	const char *why;

	if (action_is_operators(a) || strcmp(r->agent, a->agent) != 0)
		return "another agent";
	if (strcmp(r->kind, a->kind) != 0)
		return "another kind";
	if (r->session_kind != a->session_kind || (!s->any_session && strcmp(r->session, a->session) != 0))
		return "another session";
	if (r->verdict == ALIKE_ALLOW && (why = never_allowed(a)) != NULL)
		return why;
	if (r->verdict == ALIKE_ALLOW && is_riskier(r, a))
		return "it is riskier";
	if (s->point != ALIKE_POINT_SAME && !a->has_point)
		return "it has no coordinates";
	if (s->point == ALIKE_POINT_BOX && (!is_inside(s, a->x, a->y) || (a->has_second && !is_inside(s, a->x2, a->y2))))
		return "outside the box";
	why = find_same(s, a, same);
	return why ? why : strcmp(same, r->same) != 0 ? "another request" : NULL;
}

bool alike_matches(const struct alike *r, const struct action *a, const char **ret_why)
{
	const char *why = differs(r, a);

	if (ret_why)
		*ret_why = why;
	return !why;
}

const char *alike_ended(const struct alike *r, int64_t now_boot_ms, const char *boot_id)
{
	if (!boot_id[0] || strcmp(r->boot_id, boot_id) != 0)
		return "the machine was started again";
	if (r->uses_max > 0 && r->uses >= r->uses_max)
		return "used up";
	return r->expires_boot_ms > 0 && now_boot_ms >= r->expires_boot_ms ? "its time is over" : NULL;
}

void alike_used(struct alike *r, int64_t action, int64_t wall_ms)
{
	r->uses++;
	alike_remember(r, action, wall_ms);
}

void alike_remember(struct alike *r, int64_t action, int64_t wall_ms)
{
	memmove(r->last + 1, r->last, sizeof(r->last) - sizeof(r->last[0]));
	r->last[0].action = action;
	r->last[0].wall_ms = wall_ms;
	if (r->last_count < ALIKE_LAST)
		r->last_count++;
}

/* ---- making ---- */

static int check(const struct action *a, const struct alike_wish *w, struct err *e)
{
	const struct alike_scope *s = &w->scope;
	const char *why = w->verdict == ALIKE_ALLOW ? never_allowed(a) : NULL;

	if (action_is_operators(a))
		return err_set(e, ERR_INVALID, "action %lld is no agent's", (long long)a->id);
	if (why)
		return err_set(e, ERR_INVALID, "%s", why);
	if (w->uses < 0 || w->uses > ALIKE_USES_MOST || w->minutes < 0 || w->minutes > ALIKE_MINUTES_MOST)
		return err_set(e, ERR_INVALID, "\"uses\" is at most %d, \"minutes\" at most %d", ALIKE_USES_MOST, ALIKE_MINUTES_MOST);
	if (w->verdict == ALIKE_ALLOW && w->uses == 0 && w->minutes == 0)
		return err_set(e, ERR_INVALID, "what is allowed alike ends by \"uses\" or by \"minutes\": name one of them");
	if (s->any_session && a->session_kind == SESSION_NONE)
		return err_set(e, ERR_INVALID, "action %lld is on no session", (long long)a->id);
	if (s->any_text && strcmp(a->kind, "type") != 0)
		return err_set(e, ERR_INVALID, "\"text\" is for typed text, and this is: %s", a->kind);
	if (s->point == ALIKE_POINT_BOX && (s->width < 1 || s->height < 1 || s->width > 100000 || s->height > 100000 || s->x < -100000 || s->x > 100000 ||
					    s->y < -100000 || s->y > 100000))
		return err_set(e, ERR_INVALID, "\"box\" is [x, y, width, height] of a part of the screen");
	if (w->words && strlen(w->words) > ALIKE_WORDS_MAX)
		return err_set(e, ERR_INVALID, "\"words\" are at most %d bytes", ALIKE_WORDS_MAX);
	return 0;
}

static char *risks_of(const struct action *a)
{
	struct buf b;
	size_t i;

	buf_init(&b, 4096);
	for (i = 0; i < ACTION_RISKS && a->risks[i]; i++)
		buf_printf(&b, "%s\n", a->risks[i]);
	return buf_take(&b);
}

/* "Requests of clerk on cmp_1: click inside 40x40 at 792,427; all else as in action 41." */
static char *what_of(const struct action *a, const struct alike_scope *s)
{
	const char *kind = a->session_kind == SESSION_COMPUTER ? "computer" : "sandbox";
	bool open = s->point != ALIKE_POINT_SAME || s->any_text || s->words;
	struct buf b;

	buf_init(&b, 65536);
	buf_printf(&b, "Requests of %s", a->agent);
	if (a->session_kind != SESSION_NONE && s->any_session)
		buf_printf(&b, " on any %s", kind);
	else if (a->session_kind != SESSION_NONE)
		buf_printf(&b, " on %s", a->session);
	buf_printf(&b, ": %s", open && !s->words ? a->kind : a->summary);
	if (s->point == ALIKE_POINT_BOX)
		buf_printf(&b, " inside %lldx%lld at %lld,%lld", (long long)s->width, (long long)s->height, (long long)s->x, (long long)s->y);
	else if (s->point == ALIKE_POINT_ANY)
		buf_puts(&b, " anywhere on the screen");
	if (s->any_text)
		buf_printf(&b, " any text without Return, of at most %d bytes", ALIKE_TEXT_MAX);
	if (s->words)
		buf_puts(&b, ", the same words of the command");
	buf_printf(&b, open ? "; all else as in action %lld." : ", exactly as action %lld.", (long long)a->id);
	return buf_take(&b);
}

int alike_make(const struct action *a, const struct alike_wish *w, int64_t now_boot_ms, const char *boot_id, struct alike **ret, struct err *e)
{
	struct alike *r;
	const char *why;
	int result;

	*ret = NULL;
	result = check(a, w, e);
	if (result < 0)
		return result;
	r = calloc(1, sizeof(*r));
	if (!r)
		return err_set(e, ERR_NOMEM, "out of memory");
	r->verdict = w->verdict;
	r->scope = w->scope;
	r->session_kind = a->session_kind;
	r->uses_max = w->uses;
	r->expires_boot_ms = w->minutes > 0 ? now_boot_ms + w->minutes * MINUTE_MS : 0;
	snprintf(r->boot_id, sizeof(r->boot_id), "%s", boot_id);
	r->risks = risks_of(a);
	r->what = what_of(a, &w->scope);
	if (action_set(&r->agent, a->agent) < 0 || action_set(&r->session, a->session) < 0 || action_set(&r->kind, a->kind) < 0 ||
	    action_set(&r->words, w->words ? w->words : "") < 0 || !r->risks || !r->what) {
		alike_free(r);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	why = find_same(&r->scope, a, r->same);
	if (!why)
		alike_matches(r, a, &why);
	if (why) {
		alike_free(r);
		return err_set(e, ERR_INVALID, "action %lld cannot be the measure of it: %s", (long long)a->id, why);
	}
	*ret = r;
	return 0;
}
