/*
 * json: reading behind our own strict validator, and writing.
 *
 * Reading: the validator first (RFC 8259 to the letter, UTF-8, depth at most 64, no duplicate keys
 * in one object compared by their unescaped bytes, linear time), then jsmn with parent links as the
 * tokenizer. A document borrows the text: it must outlive the document.
 *
 * A value is an int, its token's number; JSON_NONE means "not there". All readers take JSON_NONE and
 * answer "no", so look-ups can be chained.
 */
#ifndef ASSENT_JSON_H
#define ASSENT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define JSON_NONE (-1)
#define JSON_DEPTH_MAX 64

enum json_type { JSON_NOTHING, JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };

struct json_doc {
	const char *text;	/* borrowed */
	size_t len;
	void *tokens;		/* own */
	int count;
};

/* Only the validator: 0, or ERR_INVALID with "byte N: what". */
int json_validate(const char *text, size_t len, struct err *e);
/* 0, ERR_INVALID, ERR_NOMEM. On failure *ret_doc is all zero; json_release() is fine then too. */
int json_parse(const char *text, size_t len, struct json_doc *ret_doc, struct err *e);
void json_release(struct json_doc *d);	/* the text stays the caller's */

/* The value that the text is. */
static inline int json_root(const struct json_doc *d) { return d->count > 0 ? 0 : JSON_NONE; }
enum json_type json_type(const struct json_doc *d, int v);	/* JSON_NOTHING for JSON_NONE */
int json_get(const struct json_doc *d, int object, const char *key);	/* the value of a key */
int json_size(const struct json_doc *d, int v);		/* members or elements; 0 for others */
/* Iteration. Object: yields key tokens; json_value() of a key. Array: yields elements. */
int json_first(const struct json_doc *d, int container);
int json_next(const struct json_doc *d, int v);		/* the sibling after v, or JSON_NONE */
int json_value(const struct json_doc *d, int key);

/* The unescaped string appended to out; ERR_INVALID when v is no string. U+0000 is kept. */
int json_str(const struct json_doc *d, int v, struct buf *out);
/* A copy as a C string: own, to be freed; NULL when v is no string, has U+0000, or no memory. */
char *json_strdup(const struct json_doc *d, int v);
bool json_str_is(const struct json_doc *d, int v, const char *s);	/* a string, and unescaped this one */
/* Integers only (no fraction, no exponent), in range; ERR_INVALID otherwise, *ret untouched. */
int json_int(const struct json_doc *d, int v, int64_t *ret);
/* Any number that is finite as a double; ERR_INVALID otherwise, *ret untouched. */
int json_double(const struct json_doc *d, int v, double *ret);
bool json_bool(const struct json_doc *d, int v, bool otherwise);	/* otherwise: for what is neither true nor false */
/* The raw bytes of a value, quotes included for strings; borrowed from the text. */
const char *json_raw(const struct json_doc *d, int v, size_t *ret_len);

/* Writing. Commas are the writer's business. Failure shows in the buffer (buf_failed()). */
struct jsonw {
	struct buf *out;	/* borrowed */
	bool comma;
};

void jw_init(struct jsonw *w, struct buf *out);	/* appends to what is in out */
void jw_begin(struct jsonw *w, char bracket);	/* '{' or '[' */
void jw_end(struct jsonw *w, char bracket);	/* '}' or ']' */
void jw_key(struct jsonw *w, const char *key);
void jw_str(struct jsonw *w, const char *s);	/* NULL writes null; invalid bytes become U+FFFD */
void jw_strn(struct jsonw *w, const char *s, size_t len);
void jw_int(struct jsonw *w, int64_t n);
void jw_bool(struct jsonw *w, bool b);
void jw_null(struct jsonw *w);
void jw_raw(struct jsonw *w, const char *json, size_t len);	/* a value that is JSON already */
/* key and value in one */
void jw_kstr(struct jsonw *w, const char *key, const char *s);
void jw_kint(struct jsonw *w, const char *key, int64_t n);
void jw_kbool(struct jsonw *w, const char *key, bool b);

#endif
