/* command_parts: where parts begin and end, and their words. What the words mean: command_effects.c. See command_parts.h. */
#include "config.h"

#include "core/command_parts.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "core/command_effects.h"

enum { DEPTH_MAX = 2 };

void command_parts_release(struct command_parts *p)
{
	size_t i, k;

	for (i = 0; i < p->count; i++) {
		for (k = 0; k < p->parts[i].count; k++) {
			free(p->parts[i].effects[k].object);
			free(p->parts[i].effects[k].path);
			free(p->parts[i].effects[k].host);
		}
		free(p->parts[i].effects);
		free(p->parts[i].text);
	}
	free(p->parts);
	*p = (struct command_parts){ 0 };
}

void command_unclear(struct command_parts *p, const char *fmt, ...)
{
	va_list ap;

	if (p->unclear[0])
		return;	/* the first one is enough to look at all of it */
	va_start(ap, fmt);
	vsnprintf(p->unclear, sizeof(p->unclear), fmt, ap);
	va_end(ap);
}

/* Bytes of the joiner at p; 0 when there is none. */
static size_t joiner_at(const char *p)
{
	if (strncmp(p, "&&", 2) == 0 || strncmp(p, "||", 2) == 0 || strncmp(p, "|&", 2) == 0)
		return 2;
	return *p && strchr("|;&\n", *p) ? 1 : 0;
}

/* Behind what is quoted, escaped or substituted at p; p + 1 for a plain character. */
static const char *skip(struct command_parts *out, const char *p)
{
	const char *end;
	int depth = 0;

	if (*p == '\\')
		return p[1] ? p + 2 : p + 1;
	if (*p == '\'') {
		end = strchr(p + 1, '\'');
		if (!end)
			command_unclear(out, "a quote has no end");
		return end ? end + 1 : p + strlen(p);
	}
	if (*p == '"') {
		for (end = p + 1; *end && *end != '"'; end++)
			if (*end == '\\' && end[1])
				end++;
		if (!*end)
			command_unclear(out, "a quote has no end");
		return *end ? end + 1 : end;
	}
	if (*p == '`') {
		command_unclear(out, "a part of it (`) is made by another command when it runs");
		end = strchr(p + 1, '`');
		return end ? end + 1 : p + strlen(p);
	}
	if (p[0] == '$' && p[1] == '(') {
		command_unclear(out, "a part of it ($(...)) is made by another command when it runs");
		for (end = p + 1; *end; end++) {
			depth += *end == '(';
			depth -= *end == ')';
			if (depth == 0)
				return end + 1;
		}
		return end;
	}
	return p + 1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int add_part(struct command_parts *out, const char *text, size_t len, const char *joiner, size_t joiner_len)
{
	struct command_part *more, *p;

	while (len > 0 && is_blank(*text))
		text++, len--;
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	if (len == 0)
		return 0;
	if (out->count == COMMAND_PARTS_MAX) {
		command_unclear(out, "it has more than %d parts", COMMAND_PARTS_MAX);
		return 0;
	}
	more = realloc(out->parts, (out->count + 1) * sizeof(*more));
	if (!more)
		return ERR_NOMEM;
	out->parts = more;
	p = &more[out->count];
	*p = (struct command_part){ .text = strndup(text, len) };
	if (!p->text)
		return ERR_NOMEM;
	if (out->count++ > 0)
		snprintf(p->joiner, sizeof(p->joiner), "%.*s", (int)joiner_len, *joiner == '\n' ? ";" : joiner);
	return 0;
}

static int split(struct command_parts *out, const char *command)
{
	const char *begin = command, *p = command, *joiner = "";
	size_t joiner_len = 0, n;
	int r = 0;

	while (r == 0 && *p) {
		/* In 2>&1 and &>file the & joins nothing. */
		n = p > command && *p == '&' && p[-1] == '>' ? 0 : *p == '&' && p[1] == '>' ? 0 : joiner_at(p);
		if (*p == '#' && (p == command || strchr(" \t\n;", p[-1]))) {
			p += strcspn(p, "\n");
			command_unclear(out, "what stands behind a # is not run");
			continue;
		}
		if (n == 0) {
			if (strchr("(){}", *p))
				command_unclear(out, "it groups commands with %c", *p);
			p = skip(out, p);
			continue;
		}
		r = add_part(out, begin, (size_t)(p - begin), joiner, joiner_len);
		joiner = p;
		joiner_len = n;
		p += n;
		begin = p;
	}
	if (r == 0)
		r = add_part(out, begin, (size_t)(p - begin), joiner, joiner_len);
	return r;
}

/* ---- words ---- */

struct taker {
	struct command_parts *out;
	struct command_words *words;
	struct buf word;
	bool any, pattern, made;	/* made: by a variable or another command, so its text is not what it will be */
};

static int end_word(struct taker *t)
{
	struct command_word *more;

	if (!t->any)
		return 0;
	more = realloc(t->words->items, (t->words->count + 1) * sizeof(*more));
	if (!more)
		return ERR_NOMEM;
	t->words->items = more;
	more[t->words->count] = (struct command_word){ .text = strdup(buf_cstr(&t->word)), .pattern = t->pattern, .made = t->made };
	if (buf_failed(&t->word) || !more[t->words->count].text)
		return ERR_NOMEM;
	t->words->count++;
	buf_clear(&t->word);
	t->any = t->pattern = t->made = false;
	return 0;
}

/* > >> < 2> &> and their like are words of their own. Bytes, 0 when p is none. */
static size_t redirection_at(const char *p, bool begins)
{
	size_t digits = begins ? strspn(p, "0123456789&") : 0, n;

	n = strspn(p + digits, "<>");
	if (n == 0)
		return 0;
	if (p[digits + n] == '&')
		n++;
	else if (p[digits + n] == '|')
		n++;
	return digits + n;
}

static void take_double(struct taker *t, const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end && strchr("$`\"\\", p[1]))
			p++;
		else if (*p == '$' || *p == '`')
			t->made = true;
		buf_putc(&t->word, *p);
	}
}

int command_words_take(struct command_parts *out, const char *text, struct command_words *ret)
{
	struct taker t = { .out = out, .words = ret };
	const char *p = text, *end;
	size_t n;
	int r = 0;

	*ret = (struct command_words){ 0 };
	buf_init(&t.word, SIZE_MAX - 1);
	while (r == 0 && *p) {
		n = redirection_at(p, !t.any);
		if (is_blank(*p)) {
			r = end_word(&t);
			p++;
		} else if (n > 0) {
			r = end_word(&t);
			buf_append(&t.word, p, n);
			t.any = true;
			if (r == 0)
				r = end_word(&t);
			if (r == 0)
				ret->items[ret->count - 1].redirection = true;
			p += n;
		} else {
			end = skip(out, p);
			t.any = true;
			if (*p == '\'')
				buf_append(&t.word, p + 1, (size_t)(end - p) - 1 - (end > p + 1 && end[-1] == '\''));
			else if (*p == '"')
				take_double(&t, p + 1, end > p + 1 && end[-1] == '"' ? end - 1 : end);
			else
				buf_append(&t.word, *p == '\\' && end > p + 1 ? p + 1 : p, (size_t)(end - p) - (*p == '\\' && end > p + 1));
			t.made |= *p == '$' || *p == '`' || (*p == '~' && t.word.len == 1 && p[1] && p[1] != '/');
			t.pattern |= *p == '*' || *p == '?' || *p == '[' || *p == '{';
			p = end;
		}
	}
	if (r == 0)
		r = end_word(&t);
	buf_release(&t.word);
	if (r < 0)
		command_words_release(ret);
	return r;
}

void command_words_release(struct command_words *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->items[i].text);
	free(w->items);
	*w = (struct command_words){ 0 };
}

int command_parts_inner(const char *command, const char *cwd, int depth, struct command_parts *ret)
{
	struct command_place place = { 0 };
	size_t i;
	int r;

	*ret = (struct command_parts){ 0 };
	snprintf(place.dir, sizeof(place.dir), "%s", cwd);
	r = split(ret, command);
	for (i = 0; r == 0 && i < ret->count; i++)
		r = command_effects_find(ret, i, &place, depth);
	if (r < 0)
		command_parts_release(ret);
	return r;
}

int command_parts(const char *command, const char *cwd, struct command_parts *ret, struct err *e)
{
	return command_parts_inner(command, cwd, DEPTH_MAX, ret) < 0 ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}
