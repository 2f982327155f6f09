/* miosa_error: an answer that is no success, in each of the shapes that the API and what stands before it are known for. See miosa_envelope.h. */
#include "config.h"

#include "core/miosa_envelope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* Cut between characters; what would break the line is a blank. */
static void put(char *out, size_t size, const char *text, size_t len)
{
	size_t i, n = len < size - 1 ? len : size - 1;

	while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	memcpy(out, text, n);
	out[n] = '\0';
	for (i = 0; i < n; i++)
		if ((unsigned char)out[i] < 0x20)
			out[i] = ' ';
}

static bool put_string(const struct json_doc *d, int v, char *out, size_t size)
{
	char *s = json_strdup(d, v);
	bool ok = s && s[0];

	if (ok)
		put(out, size, s, strlen(s));
	free(s);
	return ok;
}

/* SOME_CODE and nothing else: a code, not words for a person. */
static bool is_code(const struct json_doc *d, int v)
{
	char *s = json_strdup(d, v);
	bool yes = s && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(s) && strchr(s, '_') && s[0] >= 'A' && s[0] <= 'Z';

	free(s);
	return yes;
}

/* What is wrong with which field: {"slug": ["..."]}, [{"field", "message"}] or ["..."]; the first. */
static bool put_first(const struct json_doc *d, int errors, char *out, size_t size)
{
	int first = json_first(d, errors), words = first;
	char field[64] = "", text[300];

	if (json_type(d, errors) == JSON_OBJECT) {
		put_string(d, first, field, sizeof(field));
		words = json_value(d, first);
		if (json_type(d, words) == JSON_ARRAY)
			words = json_first(d, words);
	} else if (json_type(d, first) == JSON_OBJECT) {
		put_string(d, json_get(d, first, "field"), field, sizeof(field));
		words = json_get(d, first, "message");
	}
	if (!put_string(d, words, text, sizeof(text)))
		return false;
	snprintf(out, size, "%s%s%s", field, field[0] ? ": " : "", text);
	return true;
}

static void read_message(const struct json_doc *d, struct miosa_error *ret)
{
	int root = json_root(d), error = json_get(d, root, "error"), errors = json_get(d, root, "errors");
	const int words[] = { json_get(d, error, "message"), json_get(d, root, "message"), json_get(d, root, "detail"), json_get(d, root, "reason"), error };
	char first[sizeof(ret->message)] = "";
	bool has_first = put_first(d, errors, first, sizeof(first)) || put_first(d, json_get(d, error, "details"), first, sizeof(first));
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(words) && !put_string(d, words[i], ret->message, sizeof(ret->message)); i++)
		;
	n = strlen(ret->message);
	/* "Validation failed" alone says nothing. */
	if (has_first && n > 0)
		snprintf(ret->message + n, sizeof(ret->message) - n, " (%s)", first);
	else if (has_first)
		snprintf(ret->message, sizeof(ret->message), "%s", first);
	n = strlen(ret->message);
	while (n > 0 && !utf8_valid(ret->message, n))	/* snprintf() may have cut a character */
		ret->message[--n] = '\0';
}

static int64_t body_ms(const struct json_doc *d)
{
	int root = json_root(d), in_error = json_get(d, json_get(d, root, "error"), "retry_after");
	double seconds;

	if ((json_double(d, in_error, &seconds) < 0 && json_double(d, json_get(d, root, "retry_after"), &seconds) < 0) || seconds < 0)
		return -1;
	return seconds > (double)MIOSA_RETRY_AFTER_MAX_MS / 1000 ? MIOSA_RETRY_AFTER_MAX_MS : (int64_t)(seconds * 1000);
}

/* Not JSON: the first line, unless it is a page for a browser. */
static void read_raw(const char *body, size_t len, struct miosa_error *ret)
{
	size_t n = 0;

	while (n < len && body[n] != '\n' && body[n] != '\0')
		n++;
	if (n > 0 && body[0] != '<' && utf8_valid(body, n))
		put(ret->message, sizeof(ret->message), body, n);
}

void miosa_error(const char *body, size_t len, int status, const char *request_id, int64_t after_ms, struct miosa_error *ret)
{
	struct json_doc d;
	int root, error;

	*ret = (struct miosa_error){ .retry_after_ms = after_ms };
	if (request_id)
		put(ret->request_id, sizeof(ret->request_id), request_id, strlen(request_id));
	if (json_parse(body, len, &d, NULL) < 0) {
		read_raw(body, len, ret);
	} else {
		root = json_root(&d);
		error = json_get(&d, root, "error");
		if (!put_string(&d, json_get(&d, error, "code"), ret->code, sizeof(ret->code)) &&
		    !put_string(&d, json_get(&d, root, "code"), ret->code, sizeof(ret->code)) && is_code(&d, error))
			put_string(&d, error, ret->code, sizeof(ret->code));
		read_message(&d, ret);
		if (!ret->request_id[0] && !put_string(&d, json_get(&d, error, "request_id"), ret->request_id, sizeof(ret->request_id)))
			put_string(&d, json_get(&d, root, "request_id"), ret->request_id, sizeof(ret->request_id));
		if (ret->retry_after_ms < 0)
			ret->retry_after_ms = body_ms(&d);
		json_release(&d);
	}
	if (!ret->message[0])
		snprintf(ret->message, sizeof(ret->message), "HTTP %d", status);
	if (ret->retry_after_ms > MIOSA_RETRY_AFTER_MAX_MS)
		ret->retry_after_ms = MIOSA_RETRY_AFTER_MAX_MS;
}
