/*
 * policy: reads the lines of a policy. See policy.h, and docs/POLICY.md for the grammar.
 *
 * An error names the place and what was meant. A file whose last line has no end may have been cut, and is refused.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "core/policy_read.h"
#include "core/safetext.h"

enum { WORDS_MAX = 1000, NAME_SIZE = 64, KEYS_MAX = 32 /* bits of parser.seen */ };

int policy_wrong(struct parser *p, size_t at, const char *fmt, ...)
{
	size_t i, column = 1;
	char what[400];
	va_list ap;

	for (i = 0; i < at && i < p->len; i++)
		column += ((unsigned char)p->line[i] & 0xc0) != 0x80;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(p->e, ERR_INVALID, "%s:%d:%zu: %s", p->path, p->number, column, what);
}

int policy_no_memory(struct parser *p)
{
	return err_set(p->e, ERR_NOMEM, "out of memory");
}

int policy_unknown(struct parser *p, size_t at, const char *what, const char *word, const char *const *known, size_t count)
{
	const char *hint = nearest(word, known, count);

	return policy_wrong(p, at, "unknown %s \"%.64s\"%s%s%s", what, word, hint ? " (did you mean \"" : "", hint ? hint : "", hint ? "\"?)" : "");
}

/* ---- words of a line ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char here(const struct parser *p)
{
	return p->pos < p->len ? p->line[p->pos] : '\0';
}

static void skip_blanks(struct parser *p)
{
	while (p->pos < p->len && is_blank(p->line[p->pos]))
		p->pos++;
}

static bool at_end(const struct parser *p)
{
	return p->pos == p->len || p->line[p->pos] == '#';
}

static int take_quoted(struct parser *p, struct value *ret)
{
	size_t begin = p->pos;

	ret->len = 0;
	for (p->pos++; here(p) != '"'; p->pos++) {
		if (p->pos == p->len)
			return policy_wrong(p, begin, "a quote without its end");
		if (here(p) == '\\') {
			p->pos++;
			if (here(p) != '"' && here(p) != '\\')
				return policy_wrong(p, p->pos - 1, "behind \\ in quotes stands \" or \\, nothing else");
		}
		ret->text[ret->len++] = p->line[p->pos];
	}
	p->pos++;
	ret->text[ret->len] = '\0';
	return 0;
}

/* Up to a blank, or (in a list) a comma. */
static int take_bare(struct parser *p, bool list, struct value *ret)
{
	ret->len = 0;
	for (; p->pos < p->len && !is_blank(here(p)) && !(list && here(p) == ','); p->pos++) {
		if (strchr("\"'#\\", here(p)))
			return policy_wrong(p, p->pos, "%c inside a value: put the whole value in double quotes", here(p));
		ret->text[ret->len++] = here(p);
	}
	ret->text[ret->len] = '\0';
	return 0;
}

/* A value, which may be quoted; behind it stands a blank, the end, or (in a list) a comma. */
static int take_value(struct parser *p, bool list, struct value *ret)
{
	size_t begin = p->pos;
	int r = here(p) == '"' ? take_quoted(p, ret) : take_bare(p, list, ret);

	if (r < 0)
		return r;
	if (ret->len == 0)
		return policy_wrong(p, begin, "a value is missing");
	if (p->pos < p->len && !is_blank(here(p)) && !(list && here(p) == ','))
		return policy_wrong(p, p->pos, "behind a quoted value stands a blank");
	return 0;
}

/* ---- lines ---- */

/* Takes the name in front of an =, and the =. */
static void take_key(struct parser *p, char name[NAME_SIZE])
{
	size_t n = 0;

	while (p->pos + n < p->len && p->line[p->pos + n] != '=')
		n++;
	snprintf(name, NAME_SIZE, "%.*s", n < NAME_SIZE ? (int)n : NAME_SIZE - 1, p->line + p->pos);
	p->pos += n + 1;
}

/* Is there an = before the next blank or quote? */
static bool is_pair(const struct parser *p)
{
	size_t i;

	for (i = p->pos; i < p->len && !is_blank(p->line[i]) && p->line[i] != '"'; i++)
		if (p->line[i] == '=')
			return true;
	return false;
}

static int take_values(struct parser *p, struct policy_rule *r, const struct policy_key *k)
{
	struct value v;
	size_t at;
	int n;

	for (;;) {
		at = p->pos;
		n = take_value(p, k->list, &v);
		if (n == 0)
			n = k->set(p, r, &v, at);
		if (n < 0 || here(p) != ',')
			return n;
		p->pos++;
	}
}

static int mark_seen(struct parser *p, size_t at, unsigned int bit, const char *name)
{
	if (p->seen & bit)
		return policy_wrong(p, at, "\"%s\" stands on this line twice", name);
	p->seen |= bit;
	return 0;
}

static int take_pair(struct parser *p, struct policy_rule *r)
{
	size_t count, at = p->pos, i;
	const struct policy_key *keys = policy_keys(&count);
	const char *names[KEYS_MAX];
	char name[NAME_SIZE];

	take_key(p, name);
	for (i = 0; i < count && strcmp(keys[i].name, name) != 0; i++)
		names[i] = keys[i].name;
	if (i == count)
		return policy_unknown(p, at, "key", name, names, count);
	if (!(keys[i].verdicts & ON(r->verdict)))
		return policy_wrong(p, at, "\"%s\" means nothing on a line that begins with %s", name, policy_verdict_name(r->verdict));
	if (mark_seen(p, at, ON(i), name) < 0)
		return ERR_INVALID;
	return take_values(p, r, &keys[i]);
}

static int take_because(struct parser *p, struct policy_rule *r)
{
	struct value v;
	size_t at;

	if (r->because)
		return policy_wrong(p, p->pos, "\"because\" stands on this line twice");
	p->pos += strlen("because");
	skip_blanks(p);
	at = p->pos;
	if (here(p) != '"')
		return policy_wrong(p, at, "behind because stand words in quotes, as in because \"Ask a person.\"");
	if (take_value(p, false, &v) < 0)
		return ERR_INVALID;
	if (v.len > WORDS_MAX)
		return policy_wrong(p, at, "more than %d bytes of words", WORDS_MAX);
	return (r->because = strdup(v.text)) ? 0 : policy_no_memory(p);
}

static bool word_is(const struct parser *p, const char *word)
{
	size_t n = strlen(word);

	return p->len - p->pos >= n && memcmp(p->line + p->pos, word, n) == 0 && (p->pos + n == p->len || is_blank(p->line[p->pos + n]));
}

static int parse_rule(struct parser *p, struct policy_rule *r)
{
	size_t count;
	const struct policy_key *kind = policy_keys(&count);
	bool first = true;

	for (skip_blanks(p); !at_end(p); skip_blanks(p), first = false) {
		int n;

		if (word_is(p, "because"))
			n = take_because(p, r);
		else if (is_pair(p))
			n = take_pair(p, r);
		else if (first)
			n = mark_seen(p, p->pos, ON(0), "kind") < 0 ? ERR_INVALID : take_values(p, r, kind);
		else
			n = policy_wrong(p, p->pos, "here stands key=value or because \"words\"; a kind stands right behind %s", policy_verdict_name(r->verdict));
		if (n < 0)
			return n;
		if (p->pos < p->len && !is_blank(here(p)))
			return policy_wrong(p, p->pos, "here stands a blank");
	}
	return policy_check_rule(p, r);
}

static int take_limit(struct parser *p, struct policy_budget *b)
{
	const char *names[BUDGET_CAPS];
	size_t at = p->pos, value_at;
	struct value v;
	char name[NAME_SIZE];
	int i, found = -1;

	if (!is_pair(p))
		return policy_wrong(p, at, "here stands a limit, as in actions=200");
	take_key(p, name);
	for (i = 0; i < BUDGET_CAPS; i++) {
		names[i] = budget_cap_name((enum budget_cap)i);
		if (strcmp(names[i], name) == 0)
			found = i;
	}
	if (found < 0)
		return policy_unknown(p, at, "limit", name, names, BUDGET_CAPS);
	if (mark_seen(p, at, ON(found), name) < 0)
		return ERR_INVALID;
	value_at = p->pos;
	if (take_value(p, false, &v) < 0)
		return ERR_INVALID;
	if (budget_read((enum budget_cap)found, v.text, &b->limits.most[found]) < 0)
		return policy_wrong(p, value_at, "\"%s\" is a number%s", name, found == BUDGET_COST ? ", with at most two digits behind the point" : " without a sign or a point");
	return 0;
}

static int take_budget_of(struct parser *p, struct policy_budget *b)
{
	size_t at = p->pos;
	struct value v;

	if (at_end(p))
		return policy_wrong(p, at, "whose budget? As in budget shopper actions=200; * for all agents");
	if (is_pair(p)) {
		if (p->len - p->pos < 8 || memcmp(p->line + p->pos, "session=", 8) != 0)
			return policy_wrong(p, at, "a budget is of an agent, of session=ID, or of * for all agents");
		p->pos += 8;
		b->of = BUDGET_OF_SESSION;
	}
	if (take_value(p, false, &v) < 0)
		return ERR_INVALID;
	if (b->of != BUDGET_OF_SESSION)
		b->of = strcmp(v.text, "*") == 0 ? BUDGET_OF_ALL : BUDGET_OF_AGENT;
	b->name = b->of == BUDGET_OF_ALL ? strdup("") : strdup(v.text);
	return b->name ? 0 : policy_no_memory(p);
}

static int parse_budget(struct parser *p, struct policy_budget *b)
{
	const struct policy *all = p->policy;
	size_t i;
	int n;

	skip_blanks(p);
	n = take_budget_of(p, b);
	if (n < 0)
		return n;
	for (i = 0; i + 1 < all->budget_count; i++)
		if (all->budgets[i].of == b->of && strcmp(all->budgets[i].name, b->name) == 0)
			return policy_wrong(p, 0, "line %d has this budget already", all->budgets[i].line);
	for (skip_blanks(p); n == 0 && !at_end(p); skip_blanks(p))
		n = take_limit(p, b);
	return n == 0 && p->seen == 0 ? policy_wrong(p, p->pos, "a budget without a limit, as in actions=200") : n;
}

/* The line without its comment and the blanks around it. */
static char *text_of(const struct parser *p)
{
	size_t end = p->pos, begin = 0;

	while (end > 0 && is_blank(p->line[end - 1]))
		end--;
	while (begin < end && is_blank(p->line[begin]))
		begin++;
	return strndup(p->line + begin, end - begin);
}

static int add_rule(struct parser *p, enum policy_verdict verdict)
{
	struct policy *all = p->policy;
	struct policy_rule *more = realloc(all->rules, (all->rule_count + 1) * sizeof(*more)), *r;
	int n;

	if (!more)
		return policy_no_memory(p);
	all->rules = more;
	r = &all->rules[all->rule_count++];
	*r = (struct policy_rule){ .verdict = verdict, .line = p->number, .require = 1, .timeout = -1, .screen = SCREEN_RULE_DEFAULT };
	n = parse_rule(p, r);
	if (n < 0)
		return n;
	if (r->require > all->require_most) {
		all->require_most = r->require;
		all->require_line = r->line;
	}
	return (r->text = text_of(p)) ? 0 : policy_no_memory(p);
}

static int add_budget(struct parser *p)
{
	struct policy *all = p->policy;
	struct policy_budget *more = realloc(all->budgets, (all->budget_count + 1) * sizeof(*more)), *b;

	if (!more)
		return policy_no_memory(p);
	all->budgets = more;
	b = &all->budgets[all->budget_count++];
	*b = (struct policy_budget){ .line = p->number, .limits = budget_unset() };
	return parse_budget(p, b);
}

/* Nothing that a reader of the file does not see. */
static int check_characters(struct parser *p)
{
	struct safetext_glyph g;
	size_t i = 0;

	if (p->len > POLICY_LINE_MAX)
		return policy_wrong(p, POLICY_LINE_MAX, "a line of more than %d bytes", POLICY_LINE_MAX);
	while (i < p->len) {
		size_t at = i;

		if (is_blank(p->line[i]))
			i++;
		else if (safetext_next(p->line, p->len, &i, SAFETEXT_PROSE, &g) && g.marked)
			return policy_wrong(p, at, "%s cannot stand in a policy: it acts, it hides, or it is no UTF-8", g.text);
	}
	return 0;
}

static int parse_line(struct parser *p)
{
	static const char *const verdicts[] = { "allow", "hold", "deny", "budget" };
	char word[NAME_SIZE];
	size_t at, n = 0, i;

	if (check_characters(p) < 0)
		return ERR_INVALID;
	skip_blanks(p);
	if (at_end(p))
		return 0;
	at = p->pos;
	while (p->pos + n < p->len && !is_blank(p->line[p->pos + n]))
		n++;
	snprintf(word, sizeof(word), "%.*s", n < NAME_SIZE ? (int)n : NAME_SIZE - 1, p->line + p->pos);
	for (i = 0; i < ARRAY_LEN(verdicts) && strcmp(verdicts[i], word) != 0; i++)
		;
	if (i == ARRAY_LEN(verdicts))
		return policy_unknown(p, at, "word", word, verdicts, ARRAY_LEN(verdicts));
	if (p->policy->rule_count + p->policy->budget_count == POLICY_LINES_MAX)
		return policy_wrong(p, at, "more than %d lines of rules", POLICY_LINES_MAX);
	p->pos += n;
	return i == 3 ? add_budget(p) : add_rule(p, (enum policy_verdict)i);
}

static int parse_all(struct parser *p, const char *text, size_t len)
{
	int r = 0;

	if (len > POLICY_FILE_MAX)
		return err_set(p->e, ERR_TOOBIG, "%s: more than %d bytes", p->path, POLICY_FILE_MAX);
	for (p->number = 1; r == 0 && len > 0; p->number++) {
		const char *end = memchr(text, '\n', len);

		p->line = text;
		p->len = end ? (size_t)(end - text) : len;
		p->pos = 0;
		p->seen = 0;
		if (!end)
			return policy_wrong(p, p->len, "the last line has no end: the file may have been cut");
		len -= p->len + 1;
		text += p->len + 1;
		if (p->len > 0 && p->line[p->len - 1] == '\r')
			p->len--;
		r = parse_line(p);
	}
	return r;
}

int policy_parse(const char *path, const char *text, size_t len, struct policy **ret, struct err *e)
{
	struct policy *all = calloc(1, sizeof(*all));
	struct parser p = { .path = path, .policy = all, .e = e };
	const char *slash = strrchr(path, '/');
	int r;

	*ret = NULL;
	if (!all || !(all->name = strdup(slash ? slash + 1 : path))) {
		policy_free(all);
		return policy_no_memory(&p);
	}
	all->require_most = 1;
	r = parse_all(&p, text, len);
	if (r < 0)
		policy_free(all);
	else
		*ret = all;
	return r;
}
