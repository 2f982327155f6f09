/*
 * operators: who may decide. Once a person has an identity here, everything that widens what agents may do needs the signature of one who is enrolled.
 *
 * A signature counts once: until its time is over it is remembered here, those of changes stand in the record for ever, and one that is older than this
 * gate is refused, so that what an earlier gate refused to carry out cannot come back.
 */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/signed.h"
#include "gate/operator.h"
#include "io/identity.h"
#include "io/log.h"

struct enrolled {
	struct enrolled *next;
	char *name, *public_key;
};

struct used {
	struct used *next;
	int64_t time_ms;
	unsigned char value[SIGNATURE_BYTES];
};

struct operators {
	struct enrolled *list;
	struct used *used;
	int64_t began_boot_ms;
	/* The call that is being handled: who signed it ("" for nobody), or what is wrong with its signature. */
	char name[65], why[512];
	char who[80], value[SIGNATURE_TEXT + 1];
	struct buf text;
	struct store_signature signature;
};

/* ---- who is enrolled ---- */

static void append(struct operators *o, const char *name, const char *public_key)
{
	struct enrolled *n = calloc(1, sizeof(*n)), **end = &o->list;

	if (!n)
		abort();
	n->name = gate_strdup(name);
	n->public_key = gate_strdup(public_key);
	while (*end)
		end = &(*end)->next;
	*end = n;
}

static void on_stored(const struct store_operator *s, void *arg)
{
	append(arg, s->name, s->public_key);
}

int operators_load(struct gate *g, struct err *e)
{
	g->operators = calloc(1, sizeof(*g->operators));
	if (!g->operators)
		abort();
	g->operators->began_boot_ms = clock_boot_ms();
	buf_init(&g->operators->text, 65536);
	return store_operators(g->store, on_stored, g->operators, e);
}

static void enrolled_free(struct enrolled *n)
{
	free(n->name);
	free(n->public_key);
	free(n);
}

void operators_release(struct gate *g)
{
	struct operators *o = g->operators;
	struct enrolled *n, *next;
	struct used *u, *after;

	if (!o)
		return;
	for (n = o->list; n; n = next) {
		next = n->next;
		enrolled_free(n);
	}
	for (u = o->used; u; u = after) {
		after = u->next;
		free(u);
	}
	buf_release(&o->text);
	free(o);
	g->operators = NULL;
}

int operators_count(const struct gate *g)
{
	const struct enrolled *n;
	int count = 0;

	for (n = g->operators->list; n; n = n->next)
		count++;
	return count;
}

static struct enrolled *find(const struct operators *o, const char *name)
{
	struct enrolled *n;

	for (n = o->list; n && strcmp(n->name, name) != 0; n = n->next)
		;
	return n;
}

void view_operators(const struct gate *g, struct jsonw *w)
{
	const struct enrolled *n;

	jw_begin(w, '[');
	for (n = g->operators->list; n; n = n->next) {
		jw_begin(w, '{');
		jw_kstr(w, "name", n->name);
		jw_kstr(w, "public_key", n->public_key);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

/* ---- the signature of a call ---- */

/* Was it used before? If not, it is now. */
static bool use(struct operators *o, const struct signature *s, int64_t now_wall)
{
	struct used **p = &o->used, *u;

	while (*p) {
		u = *p;
		if (memcmp(u->value, s->value, SIGNATURE_BYTES) == 0)
			return false;
		if (u->time_ms < now_wall - SIGNED_WINDOW_MS) {
			*p = u->next;
			free(u);
		} else {
			p = &u->next;
		}
	}
	u = calloc(1, sizeof(*u));
	if (!u)
		return false;
	u->time_ms = s->time_ms;
	memcpy(u->value, s->value, SIGNATURE_BYTES);
	u->next = o->used;
	o->used = u;
	return true;
}

static void encode_value(struct operators *o, const struct signature *s)
{
	struct buf b;

	buf_init(&b, SIGNATURE_TEXT + 1);
	base64_encode(&b, s->value, SIGNATURE_BYTES);
	snprintf(o->value, sizeof(o->value), "%s", buf_cstr(&b));
	buf_release(&b);
}

/* 0: it is good, and used now. */
static int check(struct gate *g, const struct server_req *r, const struct json_doc *d, struct signature *s, struct err *e)
{
	const struct http_head *h = server_head(r);
	struct operators *o = g->operators;
	int64_t now = clock_wall_ms(), age;
	const struct enrolled *n;
	int result = signed_read(d, s, e);

	if (result < 0)
		return result;
	n = find(o, s->name);
	if (!n)
		return err_set(e, ERR_DENIED, "no operator \"%.64s\" is enrolled here", s->name);
	if (signed_text(&o->text, http_method_name(h->method), h->target, s->time_ms, d, e) < 0)
		return ERR_INVALID;
	if (!identity_verify(n->public_key, buf_cstr(&o->text), o->text.len, s->value))
		return err_set(e, ERR_DENIED, "the signature is not %s's of this call", n->name);
	age = now - s->time_ms;
	if (s->time_ms < 0 || age > SIGNED_WINDOW_MS || age < -SIGNED_WINDOW_MS)
		return err_set(e, ERR_DENIED, "the signature's time is more than %d s from the gate's clock; sign again", SIGNED_WINDOW_MS / 1000);
	/* How old it is tells more than its time: the wall clock may have been set since. */
	if (age > clock_boot_ms() - o->began_boot_ms)
		return err_set(e, ERR_DENIED, "it was signed before this gate began; sign again");
	encode_value(o, s);
	result = store_is_signed(g->store, o->value, e);
	if (result < 0)
		return result;
	return result == 0 && use(o, s, now) ? 0 : err_set(e, ERR_DENIED, "this signature was used before; sign again");
}

void operators_begin(struct gate *g, const struct server_req *r)
{
	struct operators *o = g->operators;
	struct signature s;
	struct json_doc d;
	const char *body;
	struct err e;
	size_t len;
	int result;

	o->name[0] = o->why[0] = '\0';
	buf_clear(&o->text);
	body = server_body(r, &len);
	if (!memmem(body, len, "\"signature\"", 11) || json_parse(body, len, &d, NULL) < 0)
		return;
	result = check(g, r, &d, &s, &e);
	json_release(&d);
	if (result == ERR_NOTFOUND)
		return;
	if (result < 0) {
		snprintf(o->why, sizeof(o->why), "%s", e.msg);
		return;
	}
	snprintf(o->name, sizeof(o->name), "%s", s.name);
	snprintf(o->who, sizeof(o->who), "person:%s", s.name);
	o->signature = (struct store_signature){ .who = o->who, .value = o->value, .text = buf_cstr(&o->text) };
	store_sign_next(g->store, &o->signature);
}

void operators_end(struct gate *g)
{
	store_sign_next(g->store, NULL);
	g->operators->name[0] = g->operators->why[0] = '\0';
}

const char *operator_signer(const struct gate *g)
{
	return g->operators->name[0] ? g->operators->name : NULL;
}

bool operator_allows(struct gate *g, struct server_req *r, const char *what)
{
	const struct operators *o = g->operators;
	char message[640];

	if (!o->list || o->name[0])
		return true;
	if (o->why[0])
		snprintf(message, sizeof(message), "%s: %s", what, o->why);
	else
		snprintf(message, sizeof(message), "%s needs the signature of an enrolled operator; see assent operator --help", what);
	log_line("refused: %s", message);
	server_error(r, 403, NULL, o->why[0] ? "signature_invalid" : "signature_required", message, NULL);
	return false;
}

char *operator_person(const struct gate *g, const struct server_req *r, const struct json_doc *d)
{
	const char *signer = operator_signer(g);
	bool enrolled = g->operators->list != NULL;
	char *by = !signer && !enrolled ? json_strdup(d, json_get(d, json_root(d), "by")) : NULL, name[128];
	struct passwd *pw;
	pid_t pid;
	uid_t uid = 0;
	gid_t gid;

	if (signer)
		return gate_strdup(signer);
	if (by && by[0] && strlen(by) <= 64)
		return by;
	free(by);
	server_peer(r, &pid, &uid, &gid);
	pw = getpwuid(uid);
	if (pw)
		snprintf(name, sizeof(name), "%.40s", pw->pw_name);
	else
		snprintf(name, sizeof(name), "uid %u", (unsigned int)uid);
	/* Where names mean something, one that nobody signed for is none of them. */
	if (enrolled)
		snprintf(name + strlen(name), 16, " (unsigned)");
	return gate_strdup(name);
}

void operator_who(const struct gate *g, const struct server_req *r, const struct json_doc *d, char who[80])
{
	char *person = operator_person(g, r, d);

	snprintf(who, 80, "person:%.64s", person);
	free(person);
}

/* ---- the calls ---- */

static void tell(struct gate *g)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	view_operators(g, &w);
	events_publish(g->events, "operators", b.data, b.len);
	buf_release(&b);
	events_gate(g);
}

static void reply_list(struct gate *g, struct server_req *r)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "operators");
	view_operators(g, &w);
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

void operators_get(struct gate *g, struct server_req *r, const char *rest)
{
	(void)rest;
	reply_list(g, r);
}

static void refuse(struct server_req *r, int result, const char *message)
{
	static const struct { int result, status; const char *code; } table[] = {
		{ ERR_CONFLICT, 409, "operator_exists" }, { ERR_NOTFOUND, 404, "operator_not_found" }, { ERR_INVALID, 422, "invalid_operator" },
		{ ERR_STATE, 409, "last_operator" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table) && table[i].result != result; i++)
		;
	server_error(r, i < ARRAY_LEN(table) ? table[i].status : 503, NULL, i < ARRAY_LEN(table) ? table[i].code : "record_failed", message, NULL);
}

static int enrol(struct gate *g, const char *name, const char *public_key, const char *who, struct err *e)
{
	struct store_operator s = { .name = name, .public_key = public_key };
	bool first = !g->operators->list;
	int r;

	if (!identity_name_ok(name))
		return err_set(e, ERR_INVALID, "an operator's name has 1 to 40 letters, digits, '.', '_' or '-'");
	if (!identity_public_ok(public_key))
		return err_set(e, ERR_INVALID, "\"public_key\" is not 32 bytes in base64, or a key that anybody could sign for");
	r = store_enrol(g->store, &s, who, e);
	if (r < 0)
		return r;
	append(g->operators, name, public_key);
	log_line("operator %s was enrolled by %s, public key %s%s", name, who, public_key,
		 first ? ": the first one, unsigned. From now on everything that widens what agents may do must be signed" : "");
	tell(g);
	return 0;
}

void operators_post(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "name", "public_key", NULL };
	char *name, *public_key, who[80];
	struct json_doc d;
	struct err e;
	int result;

	(void)rest;
	if (!operator_allows(g, r, "enrolling an operator") || !operator_read_body(r, &d, known))
		return;
	name = json_strdup(&d, json_get(&d, json_root(&d), "name"));
	public_key = json_strdup(&d, json_get(&d, json_root(&d), "public_key"));
	operator_who(g, r, &d, who);
	json_release(&d);
	result = enrol(g, name ? name : "", public_key ? public_key : "", who, &e);
	if (result < 0)
		refuse(r, result, e.msg);
	else
		reply_list(g, r);
	free(name);
	free(public_key);
}

/* Whoever found the key may have said it: a yes of several of one who is revoked does not count, and the others are asked anew. */
static void forget_yes(struct gate *g, const char *name)
{
	struct action *a;
	size_t i;
	int k;

	for (i = 0; i < g->queue.count; i++) {
		a = g->queue.items[i];
		for (k = 0; a->state == ACTION_HELD && k < a->approval_count; k++) {
			if (strcmp(a->approvals[k].by, name) == 0) {
				gate_hold_again(g, a, "an operator who approved it was revoked");
				break;
			}
		}
	}
}

static int end_enrolment(struct gate *g, const char *name, const char *who, struct err *e)
{
	struct enrolled **p = &g->operators->list, *n = find(g->operators, name);
	int r;

	/* Without one, whoever comes first would be the next. */
	if (n && !g->operators->list->next)
		return err_set(e, ERR_STATE, "%s is the only operator and cannot be revoked; enrol another first", name);
	r = store_revoke_operator(g->store, name, who, e);
	if (r < 0)
		return r;
	while (*p != n)
		p = &(*p)->next;
	*p = n->next;
	enrolled_free(n);
	log_line("operator %s was revoked by %s", name, who);
	forget_yes(g, name);
	tell(g);
	return 0;
}

void operators_delete(struct gate *g, struct server_req *r, const char *name)
{
	static const struct json_doc none;
	char who[80];
	struct err e;
	int result;

	if (!operator_allows(g, r, "revoking an operator"))
		return;
	operator_who(g, r, &none, who);
	result = end_enrolment(g, name, who, &e);
	if (result < 0)
		refuse(r, result, e.msg);
	else
		reply_list(g, r);
}
