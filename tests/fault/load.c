/* load: robots that ask and a robot that decides. See storm.h. */
#include "config.h"

#include "tests/fault/storm.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/json.h"
#include "core/sse.h"

enum { TRIES = 40, LARGE_BYTES = 300 * 1024, OPAQUE_BYTES = 1200 * 1024 };	/* opaque: kept in a file of its own */

uint32_t rng_below(struct rng *r, uint32_t n)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (uint32_t)((r->state >> 16) % n);
}

static struct rng rng_of(uint64_t seed, uint64_t stream)
{
	struct rng r = { seed * 0x9e3779b97f4a7c15U + stream * 0xbf58476d1ce4e5b9U + 1 };
	int i;

	for (i = 0; i < 8; i++)
		rng_below(&r, 2);
	return r;
}

static void pause_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static void violation(struct load *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void violation(struct load *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pthread_mutex_lock(&l->lock);
	if (!l->violation[0])
		vsnprintf(l->violation, sizeof(l->violation), fmt, ap);
	pthread_mutex_unlock(&l->lock);
	va_end(ap);
}

static void *grow(void *list, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return list;
	*cap = *cap ? *cap * 2 : 256;
	list = realloc(list, *cap * size);
	if (!list)
		abort();
	return list;
}

/* ---- agents ---- */

struct robot {
	struct load *load;
	int number;
};

struct item {
	struct buf request;
	char fault[32], sha[DIGEST_HEX + 1];
	bool keyed, streamed;
};

/* What the upstream does to it. */
static const char *pick_fault(struct rng *r)
{
	static const char *const faults[] = { "echo", "echo", "echo", "echo", "echo", "echo", "echo", "echo", "leak", "delay 3", "drip 0", "answer 404 {}",
					      "answer 500 {}", "busy 503 1", "busy 429 1", "busy 408 1", "drop", "reset", "half", "long", "hang",
					      "redirect http://127.0.0.1:9/" };

	return faults[rng_below(r, ARRAY_LEN(faults))];
}

/* The same bytes each time that it is sent. */
static void make_item(struct robot *b, struct rng *r, int n, struct item *it)
{
	static const char *const streams[] = { "ticks 20 1", "flood 1", "echo", "half" };	/* not all that is asked for as a stream is one */
	struct load *l = b->load;
	struct buf body;
	uint32_t size;

	buf_init(&body, SIZE_MAX - 1);
	buf_init(&it->request, SIZE_MAX - 1);
	it->streamed = rng_below(r, 6) == 0;
	snprintf(it->fault, sizeof(it->fault), "%s", it->streamed ? streams[rng_below(r, ARRAY_LEN(streams))] : pick_fault(r));
	it->keyed = rng_below(r, 3) == 0;
	buf_printf(&body, "{\"command\":\"%d of %d\",\"fault\":\"%s\"", n, b->number, it->fault);
	size = rng_below(r, 60);
	if (size < 5)
		buf_printf(&body, ",\"large\":\"%0*d\"", size < 2 ? OPAQUE_BYTES : LARGE_BYTES, 0);
	buf_puts(&body, "}");
	digest_hex(body.data, body.len, it->sha);
	buf_printf(&it->request, "POST /api/v1/sandboxes/b%ds%u/exec%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
				 "Content-Type: application/json\r\nContent-Length: %zu\r\n",
		   l->batch, rng_below(r, STORM_SESSIONS), it->streamed ? "/stream" : "", l->port, l->tokens[b->number], body.len);
	if (it->keyed)
		buf_printf(&it->request, "Idempotency-Key: key-%d-%d-%d\r\n", l->batch, b->number, n);
	buf_puts(&it->request, "\r\n");
	buf_append(&it->request, body.data, body.len);
	buf_release(&body);
}

static void note_told(struct load *l, int64_t action, const char *code)
{
	struct told *t;

	pthread_mutex_lock(&l->lock);
	l->told = grow(l->told, l->told_count, &l->told_cap, sizeof(*l->told));
	t = &l->told[l->told_count++];
	t->action = action;
	snprintf(t->code, sizeof(t->code), "%s", code);
	pthread_mutex_unlock(&l->lock);
}

/* true: the answer is the last one; false: ask again. */
static bool take_answer(struct robot *b, const struct item *it, const struct answer *a)
{
	static const char *const not_mine[] = { "action_pending", "budget_exhausted", "record_failed", "idempotency_mismatch", "outcome_not_kept" };
	struct load *l = b->load;
	struct json_doc d;
	char *code = NULL;
	int64_t id = a->action;
	bool last = true;
	size_t i;

	if (memmem(buf_cstr(&a->body), a->body.len, STORM_KEY, strlen(STORM_KEY)))
		violation(l, "an agent was given the upstream's key (action %lld)", (long long)id);
	if (a->status >= 500 || a->status == 429)
		violation(l, "an agent was answered %d, which makes SDKs send again (action %lld)", a->status, (long long)id);
	if (json_parse(buf_cstr(&a->body), a->body.len, &d, NULL) == 0)
		code = json_strdup(&d, json_get(&d, json_get(&d, json_root(&d), "error"), "code"));
	if (!code && a->status != 0 && id > 0) {
		note_told(l, id, "done");
		if (a->status == 200 && strcmp(it->fault, "echo") == 0 && !memmem(buf_cstr(&a->body), a->body.len, it->sha, DIGEST_HEX))
			violation(l, "action %lld: an agent was given the answer to something else", (long long)id);
	} else if (code && strcmp(code, "action_pending") == 0) {
		pthread_mutex_lock(&l->lock);
		l->pending++;
		pthread_mutex_unlock(&l->lock);
		last = false;
	} else if (code) {
		for (i = 0; i < ARRAY_LEN(not_mine) && strcmp(not_mine[i], code) != 0; i++)
			;
		if (i == ARRAY_LEN(not_mine) && id > 0)
			note_told(l, id, code);
		else if (i == ARRAY_LEN(not_mine))
			violation(l, "an agent was answered %d %s", a->status, code);
	} else {
		violation(l, "an agent was answered %d without a code or an action", a->status);
	}
	free(code);
	json_release(&d);
	return last;
}

/* A twin: the same request on a second connection, which joins. It is not waited for. */
static int send_twin(struct robot *b, const struct item *it)
{
	int fd = wire_tcp(b->load->port);

	if (fd >= 0)
		wire_send(fd, it->request.data, it->request.len);
	return fd;
}

/* One request until it has its answer, as a stubborn client would: it comes again whenever the connection ends. */
static void ask(struct robot *b, struct rng *r, struct item *it)
{
	bool impatient = rng_below(r, 5) == 0, has_twin = rng_below(r, 6) == 0, done = false;
	int tries = 0, twin = -1;
	struct answer a;

	while (!done && !b->load->stop && tries < TRIES) {
		int fd = wire_tcp(b->load->port);

		if (fd < 0) {
			pause_us(1000);
			continue;
		}
		tries++;
		if (has_twin && twin < 0)
			twin = send_twin(b, it);
		if (wire_send(fd, it->request.data, it->request.len)) {
			wire_read(fd, &a, impatient ? 1 + (int)rng_below(r, 20) : 0);
			if (a.whole)
				done = take_answer(b, it, &a);
			else if (impatient)
				done = rng_below(r, 2) == 0;	/* it goes away, for good or to come again */
			buf_release(&a.body);
		}
		close(fd);
	}
	if (twin >= 0)
		close(twin);
	pthread_mutex_lock(&b->load->lock);
	b->load->asked++;
	b->load->repeated += tries > 1 ? tries - 1 : 0;
	pthread_mutex_unlock(&b->load->lock);
}

static void *run_agent(void *arg)
{
	struct robot *b = arg;
	struct rng r = rng_of(b->load->seed, (uint64_t)(b->load->batch * 100 + b->number));
	struct item it;
	int n;

	for (n = 0; !b->load->stop; n++) {
		make_item(b, &r, n, &it);
		ask(b, &r, &it);
		buf_release(&it.request);
		pause_us(rng_below(&r, 2000));
	}
	free(b);
	return NULL;
}

/* ---- the operator ---- */

static void decide(struct load *l, struct rng *r, const struct json_doc *d, int action)
{
	int64_t id = 0, version = 0;
	char *digest = json_strdup(d, json_get(d, action, "digest")), path[64], body[512];
	uint32_t dice = rng_below(r, 100);
	bool approve = dice < 75, again = rng_below(r, 8) == 0;
	struct answer a;

	json_int(d, json_get(d, action, "id"), &id);
	json_int(d, json_get(d, action, "version"), &version);
	if (dice >= 90 || !digest)	/* ignored, until it is seen again */
		goto out;
	snprintf(path, sizeof(path), "/v1/actions/%lld/decision", (long long)id);
	snprintf(body, sizeof(body), "{\"version\":%lld,\"digest\":\"%s\",\"decision\":\"%s\",\"ahead\":%s}", (long long)version, digest,
		 approve ? "approve" : "deny", rng_below(r, 2) ? "true" : "false");
	wire_operator(l->socket, "POST", path, body, &a);
	pthread_mutex_lock(&l->lock);
	if (a.whole && a.status == 200) {
		l->acked = grow(l->acked, l->acked_count, &l->acked_cap, sizeof(*l->acked));
		l->acked[l->acked_count] = (struct acked){ .action = id, .version = (int)version, .approve = approve };
		snprintf(l->acked[l->acked_count++].digest, DIGEST_HEX + 1, "%s", digest);
	} else {
		l->refused_decisions += a.whole;
		again = false;
	}
	pthread_mutex_unlock(&l->lock);
	buf_release(&a.body);
	if (again) {
		wire_operator(l->socket, "POST", path, body, &a);
		if (a.whole && a.status == 200)
			violation(l, "action %lld was decided twice at version %lld", (long long)id, (long long)version);
		buf_release(&a.body);
	}
out:
	free(digest);
}

struct eyes {
	struct load *load;
	struct rng rng;
};

static void look_at(struct eyes *eyes, const struct json_doc *d, int action)
{
	bool seen = json_type(d, json_get(d, action, "seen_by")) != JSON_NULL;
	struct load *l = eyes->load;
	char path[64];
	struct answer a;
	int64_t id = 0;

	if (json_str_is(d, json_get(d, action, "state"), "held")) {
		decide(l, &eyes->rng, d, action);
	} else if (json_bool(d, json_get(d, action, "needs_person"), false) && !seen && rng_below(&eyes->rng, 3) == 0) {
		json_int(d, json_get(d, action, "id"), &id);
		snprintf(path, sizeof(path), "/v1/actions/%lld/seen", (long long)id);
		wire_operator(l->socket, "POST", path, "{}", &a);
		buf_release(&a.body);
	}
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct eyes *eyes = arg;
	struct json_doc d;

	if (eyes->load->stop || strcmp(ev->type, "action") != 0 || json_parse(ev->data, ev->data_len, &d, NULL) < 0)
		return;
	look_at(eyes, &d, json_root(&d));
	json_release(&d);
}

/* Chunks as they come: a size in hex, that many bytes, a line end. */
static void feed_chunks(struct sse *sse, struct buf *in)
{
	char *end;
	size_t n;

	while (in->len > 0 && (end = memmem(in->data, in->len, "\r\n", 2)) != NULL) {
		n = strtoul(in->data, NULL, 16);
		if (in->len < (size_t)(end - in->data) + 2 + n + 2)
			return;
		sse_feed(sse, end + 2, n);
		buf_consume(in, (size_t)(end - in->data) + 2 + n + 2);
	}
}

static void follow_events(struct eyes *eyes, int64_t after)
{
	char line[128], more[65536], *end;
	int fd = wire_unix(eyes->load->socket);
	bool head = true;
	struct buf in;
	struct sse sse;
	ssize_t n = 1;

	if (fd < 0)
		return;
	buf_init(&in, SIZE_MAX - 1);
	sse_init(&sse, 16 * 1024 * 1024, on_event, eyes);
	snprintf(line, sizeof(line), "GET /v1/events?after=%lld HTTP/1.1\r\nHost: gate\r\n\r\n", (long long)after);
	if (wire_send(fd, line, strlen(line))) {
		while (!eyes->load->stop && (n = recv(fd, more, sizeof(more), 0)) > 0) {
			buf_append(&in, more, (size_t)n);
			if (head && (end = strstr(in.data, "\r\n\r\n")) != NULL) {
				buf_consume(&in, (size_t)(end - in.data) + 4);
				head = false;
			}
			if (!head)
				feed_chunks(&sse, &in);
		}
	}
	sse_release(&sse);
	buf_release(&in);
	close(fd);
}

/* Each time that there is a gate: what is there, and then what happens. */
static void *run_operator(void *arg)
{
	struct load *l = arg;
	struct eyes eyes = { .load = l, .rng = rng_of(l->seed, (uint64_t)(l->batch * 100 + 99)) };

	while (!l->stop) {
		struct json_doc d;
		struct answer a;
		int64_t seq = 0;
		int list, v;

		wire_operator(l->socket, "GET", "/v1/state", NULL, &a);
		if (!a.whole || a.status != 200 || json_parse(buf_cstr(&a.body), a.body.len, &d, NULL) < 0) {
			buf_release(&a.body);
			pause_us(500);
			continue;
		}
		if (memmem(buf_cstr(&a.body), a.body.len, STORM_KEY, strlen(STORM_KEY)))
			violation(l, "the operator was given the upstream's key");
		json_int(&d, json_get(&d, json_root(&d), "seq"), &seq);
		list = json_get(&d, json_root(&d), "actions");
		for (v = json_first(&d, list); v != JSON_NONE && !l->stop; v = json_next(&d, v))
			look_at(&eyes, &d, v);
		json_release(&d);
		buf_release(&a.body);
		follow_events(&eyes, seq);
	}
	return NULL;
}

/* ---- all ---- */

static bool add_agent(struct load *l, int number)
{
	/* Some have time, some have to come again soon. */
	static const char *const within[] = { "null", "null", "30", "null", "8", "null" };
	char body[128];
	struct json_doc d;
	struct answer a;
	char *token = NULL;

	snprintf(body, sizeof(body), "{\"name\":\"agent%d\",\"answer_within_ms\":%s}", number, within[(size_t)number % ARRAY_LEN(within)]);
	wire_operator(l->socket, "POST", "/v1/agents", body, &a);
	if (a.whole && a.status == 200 && json_parse(buf_cstr(&a.body), a.body.len, &d, NULL) == 0) {
		token = json_strdup(&d, json_get(&d, json_root(&d), "token"));
		json_release(&d);
	}
	snprintf(l->tokens[number], sizeof(l->tokens[number]), "%s", token ? token : "");
	buf_release(&a.body);
	/* The storm is about kills, not about budgets. */
	snprintf(body, sizeof(body), "{\"kind\":\"agent\",\"name\":\"agent%d\",\"actions\":1000000,\"per_minute\":1000000}", number);
	wire_operator(l->socket, "POST", "/v1/budgets", body, &a);
	buf_release(&a.body);
	free(token);
	return l->tokens[number][0] != '\0';
}

bool load_start(struct load *l, int port, const char *socket, uint64_t seed, int batch)
{
	int i;

	memset(l, 0, sizeof(*l));
	pthread_mutex_init(&l->lock, NULL);
	l->port = port;
	l->socket = socket;
	l->seed = seed;
	l->batch = batch;
	for (i = 0; i < STORM_AGENTS; i++)
		if (!add_agent(l, i))
			return false;
	for (i = 0; i < STORM_AGENTS; i++) {
		struct robot *b = malloc(sizeof(*b));

		if (!b)
			abort();
		*b = (struct robot){ l, i };
		if (pthread_create(&l->agents[i], NULL, run_agent, b) != 0)
			abort();
	}
	if (pthread_create(&l->operator, NULL, run_operator, l) != 0)
		abort();
	return true;
}

void load_stop(struct load *l)
{
	int i;

	l->stop = true;
	for (i = 0; i < STORM_AGENTS; i++)
		pthread_join(l->agents[i], NULL);
	pthread_join(l->operator, NULL);
}

void load_release(struct load *l)
{
	free(l->told);
	free(l->acked);
	pthread_mutex_destroy(&l->lock);
	memset(l, 0, sizeof(*l));
}
