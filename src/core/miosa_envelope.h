/*
 * miosa_envelope: what is round the answers of the MIOSA API, in all spellings that its servers are known for: the object or the list inside,
 * pages, errors. Pure. What it reads is foreign: anything may have any type, and what is not as it should be is not there.
 */
#ifndef ASSENT_MIOSA_ENVELOPE_H
#define ASSENT_MIOSA_ENVELOPE_H

#include "base/json.h"

/* The object that the answer is about: what stands under "data", when that is an object, else the root. */
int miosa_object(const struct json_doc *d);
/* The list that it is about: the root, or what stands under "data", the plural (may be NULL), "items"; the last two below "data" too. JSON_NONE when no
 * list is there, which json_first() takes for an empty one. */
int miosa_list(const struct json_doc *d, const char *plural);
/* Is there a page behind this one? got: elements of this one; read: of all so far, this one included; asked: how many a page should have. Pages are
 * counted from 1; a server that does not tell the total ends with a page that is shorter, or longer: that one knows no pages. */
bool miosa_page_follows(const struct json_doc *d, int64_t got, int64_t read, int64_t asked);

/* The first string among these members of v; NULL for none. Own. names: NULL-terminated, the best first. */
char *miosa_string(const struct json_doc *d, int v, const char *const *names);
/* "2026-11-25T20:31:58Z", with a fraction and an offset or without, or a number of seconds (or of ms, when it is too large for that) since 1970, in
 * wall ms; -1 for anything else. */
int64_t miosa_time(const struct json_doc *d, int v);

#define MIOSA_RETRY_AFTER_MAX_MS (24 * 60 * 60 * 1000LL)

struct miosa_error {
	char code[64];		/* as it stands there; "" for none */
	char message[400];	/* one line; never "" */
	char request_id[128];	/* "" for none */
	int64_t retry_after_ms;	/* -1: it does not say, else up to MIOSA_RETRY_AFTER_MAX_MS */
};

/* An answer that is no success. request_id: the header X-Request-ID, NULL for none; after_ms: what Retry-After says (core/reconnect.h), -1 for nothing. */
void miosa_error(const char *body, size_t len, int status, const char *request_id, int64_t after_ms, struct miosa_error *ret);

#endif
