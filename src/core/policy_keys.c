/* policy: what the keys of a rule mean: one table, and a function for each. See policy.h and policy_read.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy_read.h"

enum { SCREEN_BOX_LEAST = 8, SCREEN_BOX_MOST = 2000, SCREEN_WAIT_MOST_MS = 10000 };
enum { NAMES_MAX = 512, BOX_MAX = 100000, TIMEOUT_MAX = 1000000, PARTS_OF_BOX = 4 };

#define ANY_RULE (ON(POLICY_ALLOW) | ON(POLICY_HOLD) | ON(POLICY_DENY))
#define UNKNOWN "unknown"	/* the kind that no row of the table of classes has */

/* Digits only; -1 otherwise. */
static int read_number(const char *text, int64_t least, int64_t most, int64_t *ret)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 10 || text[n])
		return -1;
	*ret = strtoll(text, NULL, 10);
	return *ret < least || *ret > most ? -1 : 0;
}

static int add_name(struct parser *p, struct policy_names *names, const struct value *v, size_t at)
{
	char **more;
	size_t i;

	for (i = 0; i < names->count; i++)
		if (strcmp(names->items[i], v->text) == 0)
			return policy_wrong(p, at, "\"%.64s\" stands here twice", v->text);
	if (names->count == NAMES_MAX)
		return policy_wrong(p, at, "more than %d names in one list", NAMES_MAX);
	more = realloc(names->items, (names->count + 1) * sizeof(*more));
	if (!more)
		return policy_no_memory(p);
	names->items = more;
	more[names->count] = strdup(v->text);
	return more[names->count] ? (names->count++, 0) : policy_no_memory(p);
}

/* Every kind of the table of classes once, and "unknown", which no row has. */
static size_t known_kinds(const char *names[NAMES_MAX])
{
	size_t rows, i, k, n = 0;
	const struct classify_row *row = classify_rows(&rows);

	names[n++] = UNKNOWN;
	for (i = 0; i < rows && n < NAMES_MAX; i++) {
		for (k = 0; k < n && strcmp(names[k], row[i].kind) != 0; k++)
			;
		if (k == n)
			names[n++] = row[i].kind;
	}
	return n;
}

static bool is_kind(const char *name)
{
	size_t rows, i;
	const struct classify_row *row = classify_rows(&rows);

	for (i = 0; i < rows; i++)
		if (strcmp(row[i].kind, name) == 0)
			return true;
	return strcmp(name, UNKNOWN) == 0;
}

static int set_kind(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	const char *known[NAMES_MAX];

	return is_kind(v->text) ? add_name(p, &r->kinds, v, at) : policy_unknown(p, at, "kind", v->text, known, known_kinds(known));
}

static int add_bit(struct parser *p, unsigned int *bits, unsigned int bit, const struct value *v, size_t at)
{
	if (*bits & bit)
		return policy_wrong(p, at, "\"%s\" stands here twice", v->text);
	*bits |= bit;
	return 0;
}

static int set_class(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	const char *known[CLASS_COUNT];
	int i;

	for (i = 0; i < CLASS_COUNT; i++) {
		known[i] = action_class_name((enum action_class)i);
		if (strcmp(known[i], v->text) == 0)
			return add_bit(p, &r->classes, ON(i), v, at);
	}
	return policy_unknown(p, at, "class", v->text, known, CLASS_COUNT);
}

static int set_method(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	const char *known[HTTP_METHODS];
	int i;

	for (i = 0; i < HTTP_METHODS; i++) {
		known[i] = http_method_name((enum http_method)i);
		if (strcmp(known[i], v->text) == 0)
			return add_bit(p, &r->methods, ON(i), v, at);
	}
	return policy_unknown(p, at, "method", v->text, known, HTTP_METHODS);
}

static int set_agent(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	return add_name(p, &r->agents, v, at);
}

static int set_session(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	return add_name(p, &r->sessions, v, at);
}

/* Braces only as whole segments: {} one, a last {*} one or more. */
static bool is_template(const char *path)
{
	const char *s = path;

	while (*s) {
		size_t n = strcspn(++s, "/");
		bool one = n == 2 && memcmp(s, "{}", 2) == 0, rest = n == 3 && memcmp(s, "{*}", 3) == 0;

		if (n == 0 || (!one && !rest && (memchr(s, '{', n) || memchr(s, '}', n))) || (rest && s[n]))
			return false;
		s += n;
	}
	return true;
}

static int set_path(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	const char *question = strchr(v->text, '?');

	if (v->text[0] != '/' || strncmp(v->text, "/api/v1/", 8) == 0)
		return policy_wrong(p, at, "a path begins with / and stands below /api/v1, as in path=/sandboxes/{}/exec");
	r->path = strndup(v->text, question ? (size_t)(question - v->text) : v->len);
	r->query = question ? strdup(question + 1) : NULL;
	if (!r->path || (question && !r->query))
		return policy_no_memory(p);
	if (!is_template(r->path))
		return policy_wrong(p, at, "a path has segments between single slashes; {} is one of any name, {*} at the end one or more");
	return question && !r->query[0] ? policy_wrong(p, at, "nothing behind the ? of the path") : 0;
}

static int set_command(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	struct err e;
	int n = words_split(v->text, v->len, &r->command, &e);

	return n == ERR_NOMEM ? policy_no_memory(p) : n < 0 ? policy_wrong(p, at, "the command does not split into words: %s; no line can name it", e.msg) : 0;
}

static int set_timeout(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	int64_t n;

	if (read_number(v->text, 1, TIMEOUT_MAX, &n) < 0)
		return policy_wrong(p, at, "\"timeout\" is the most that the body's timeout may be, a whole number");
	r->timeout = (int)n;
	return 0;
}

static int set_cwd(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	if (v->text[0] != '/')
		return policy_wrong(p, at, "a folder begins with /");
	return (r->cwd = strdup(v->text)) ? 0 : policy_no_memory(p);
}

static int set_text(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	(void)at;
	return (r->typed = strdup(v->text)) ? 0 : policy_no_memory(p);
}

static int set_key(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	struct keychord chord, *more;
	struct err e;

	if (keyname_parse(v->text, &chord, &e) < 0)
		return policy_wrong(p, at, "%s", e.msg);
	more = realloc(r->keys, (r->key_count + 1) * sizeof(*more));
	if (!more)
		return policy_no_memory(p);
	r->keys = more;
	r->keys[r->key_count++] = chord;
	return 0;
}

static int set_box(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	int64_t *const into[] = { &r->x, &r->y, &r->width, &r->height };
	char text[POLICY_LINE_MAX + 1], *next = text, *part;
	size_t n = 0;
	bool ok = true;

	memcpy(text, v->text, v->len + 1);
	while (ok && (part = strsep(&next, ",")) != NULL) {
		ok = n < PARTS_OF_BOX && read_number(part, n < 2 ? 0 : 1, BOX_MAX, into[n]) == 0;
		n++;
	}
	if (!ok || n != PARTS_OF_BOX)
		return policy_wrong(p, at, "\"box\" is x,y,width,height in pixels, as in box=0,0,640,480");
	r->has_box = true;
	return 0;
}

/* HH:MM; 24:00 only as an end. */
static int read_clock(const char *text, int most, int *ret)
{
	int64_t hour, minute;
	char part[3] = { text[0], text[1], '\0' };

	if (strlen(text) != 5 || text[2] != ':' || read_number(part, 0, 24, &hour) < 0 || read_number(text + 3, 0, 59, &minute) < 0)
		return -1;
	*ret = (int)(hour * 60 + minute);
	return *ret > most ? -1 : 0;
}

static int set_time(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	char from[6];

	snprintf(from, sizeof(from), "%.5s", v->text);
	if (v->len != 11 || v->text[5] != '-' || read_clock(from, 1439, &r->from) < 0 || read_clock(v->text + 6, 1440, &r->to) < 0)
		return policy_wrong(p, at, "\"time\" is two times of the day, as in time=09:00-17:30 or time=22:00-06:00");
	if (r->from == r->to)
		return policy_wrong(p, at, "\"time\" is empty: it ends when it begins");
	r->has_time = true;
	return 0;
}

static int set_until(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t year = 0, month = 0, day = 0;
	char text[11];
	bool ok, leap;

	snprintf(text, sizeof(text), "%.10s", v->text);
	ok = v->len == 10 && text[4] == '-' && text[7] == '-';
	text[4] = text[7] = '\0';
	ok = ok && read_number(text, 2000, 9999, &year) == 0 && read_number(text + 5, 1, 12, &month) == 0;
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	ok = ok && read_number(text + 8, 1, days[month - 1] + (month == 2 && leap), &day) == 0;
	if (!ok)
		return policy_wrong(p, at, "\"until\" is a day that there is, as in until=2026-12-31");
	r->until = (int)(year * 10000 + month * 100 + day);
	return 0;
}

static int set_expires(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	char text[POLICY_LINE_MAX + 1], unit = v->text[v->len - 1];
	int64_t ms = unit == 's' ? 1000 : unit == 'm' ? 60000 : unit == 'h' ? 3600000 : 0, n;

	memcpy(text, v->text, v->len + 1);
	text[v->len - 1] = '\0';
	if (ms == 0 || read_number(text, 1, POLICY_EXPIRES_MAX_MS / ms, &n) < 0)
		return policy_wrong(p, at, "\"expires\" is a time of at most a day, as in expires=30s, expires=5m or expires=2h");
	r->expires_ms = n * ms;
	return 0;
}

static int set_require(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	int64_t n;

	if (read_number(v->text, 1, POLICY_REQUIRE_MAX, &n) < 0)
		return policy_wrong(p, at, "\"require\" is a number of persons, 1 to %d", POLICY_REQUIRE_MAX);
	r->require = (int)n;
	return 0;
}

static int set_snapshot(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	static const char every[] = "every ", turns[] = " turns";
	size_t len = strlen(v->text), ends = strlen(every) + strlen(turns);
	char number[8] = "";
	int64_t n = 1;

	if (len > ends && strncmp(v->text, every, strlen(every)) == 0 && strcmp(v->text + len - strlen(turns), turns) == 0)
		snprintf(number, sizeof(number), "%.*s", (int)(len - ends), v->text + strlen(every));
	if (strcmp(v->text, "before") != 0 && read_number(number, 2, POLICY_SNAPSHOT_MAX, &n) < 0)
		return policy_wrong(p, at, "it is snapshot=before, or snapshot=\"every 10 turns\": 2 to %d", POLICY_SNAPSHOT_MAX);
	r->snapshot = (int)n;
	return 0;
}

static int set_unattended(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	r->deny_unattended = strcmp(v->text, "deny") == 0;
	return r->deny_unattended || strcmp(v->text, "wait") == 0 ? 0 : policy_wrong(p, at, "it is unattended=wait or unattended=deny");
}

static int set_reveal(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	r->reveal = true;
	return strcmp(v->text, "yes") == 0 ? 0 : policy_wrong(p, at, "it is reveal=yes");
}

/* off, or what is compared: the first value takes the place of what is usual. */
static int set_screen(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	static const struct { const char *name; unsigned int bit; } table[] = {
		{ "box", SCREEN_WHAT_BOX }, { "focus", SCREEN_WHAT_FOCUS }, { "cursor", SCREEN_WHAT_CURSOR }, { "off", 0 },
	};
	bool first = !r->screen_named;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table) && strcmp(table[i].name, v->text) != 0; i++)
		;
	if (i == ARRAY_LEN(table))
		return policy_wrong(p, at, "\"screen\" is off, or some of box, focus and cursor, as in screen=box,focus");
	if (!first && (table[i].bit == 0 || r->screen.what == 0))
		return policy_wrong(p, at, "\"off\" stands alone");
	r->screen_named = true;
	if (first)
		r->screen.what = 0;
	return table[i].bit == 0 ? 0 : add_bit(p, &r->screen.what, table[i].bit, v, at);
}

static int set_screen_box(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	int64_t n;

	if (read_number(v->text, SCREEN_BOX_LEAST, SCREEN_BOX_MOST, &n) < 0)
		return policy_wrong(p, at, "\"screen-box\" is so many pixels to each side of the target, %d to %d", SCREEN_BOX_LEAST, SCREEN_BOX_MOST);
	r->screen.box = (int)n;
	return 0;
}

static int set_screen_wait(struct parser *p, struct policy_rule *r, const struct value *v, size_t at)
{
	size_t unit = strspn(v->text, "0123456789");
	char digits[POLICY_LINE_MAX + 1];
	int64_t n = -1, ms = strcmp(v->text + unit, "ms") == 0 ? 1 : strcmp(v->text + unit, "s") == 0 ? 1000 : 0;

	snprintf(digits, sizeof(digits), "%.*s", (int)unit, v->text);
	if (ms == 0 || read_number(digits, 0, SCREEN_WAIT_MOST_MS / ms, &n) < 0)
		return policy_wrong(p, at, "\"screen-wait\" is a time of at most %d s, as in screen-wait=1300ms, screen-wait=2s or screen-wait=0s", SCREEN_WAIT_MOST_MS / 1000);
	r->screen.wait_ms = (int)(n * ms);
	return 0;
}

static const struct policy_key keys[] = {
	{ "kind", true, true, ANY_RULE, set_kind },
	{ "class", true, true, ANY_RULE, set_class },
	{ "method", true, true, ANY_RULE, set_method },
	{ "agent", true, true, ANY_RULE, set_agent },
	{ "session", true, true, ANY_RULE, set_session },
	{ "path", false, true, ANY_RULE, set_path },
	{ "command", false, true, ANY_RULE, set_command },
	{ "timeout", false, true, ANY_RULE, set_timeout },
	{ "cwd", false, true, ANY_RULE, set_cwd },
	{ "text", false, true, ANY_RULE, set_text },
	{ "key", true, true, ANY_RULE, set_key },
	{ "box", false, true, ANY_RULE, set_box },
	{ "time", false, false, ANY_RULE, set_time },
	{ "until", false, false, ANY_RULE, set_until },
	{ "expires", false, false, ON(POLICY_HOLD), set_expires },
	{ "require", false, false, ON(POLICY_HOLD), set_require },
	{ "unattended", false, false, ON(POLICY_HOLD), set_unattended },
	{ "snapshot", false, false, ON(POLICY_ALLOW) | ON(POLICY_HOLD), set_snapshot },
	{ "screen", true, false, ON(POLICY_HOLD), set_screen },
	{ "screen-box", false, false, ON(POLICY_HOLD), set_screen_box },
	{ "screen-wait", false, false, ON(POLICY_HOLD), set_screen_wait },
	{ "reveal", false, false, ON(POLICY_ALLOW) | ON(POLICY_HOLD), set_reveal },
};

/* Is there something besides reads that has this kind? */
static bool is_judged(const char *kind)
{
	size_t rows, i;
	const struct classify_row *row = classify_rows(&rows);

	for (i = 0; i < rows; i++)
		if (row[i].class != CLASS_READ && strcmp(row[i].kind, kind) == 0)
			return true;
	return strcmp(kind, UNKNOWN) == 0;
}

static bool only_reads(const struct policy_rule *r)
{
	size_t i;

	for (i = 0; i < r->kinds.count; i++)
		if (is_judged(r->kinds.items[i]))
			return false;
	return r->kinds.count > 0 || r->classes == ON(CLASS_READ);
}

static bool names_unknown(const struct policy_rule *r)
{
	size_t i;

	for (i = 0; i < r->kinds.count; i++)
		if (strcmp(r->kinds.items[i], UNKNOWN) == 0)
			return true;
	return r->classes & ON(CLASS_UNKNOWN);
}

static bool saw_screen_size(const struct parser *p)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++)
		if ((p->seen & ON(i)) && (keys[i].set == set_screen_box || keys[i].set == set_screen_wait))
			return true;
	return false;
}

int policy_check_rule(struct parser *p, const struct policy_rule *r)
{
	bool names_something = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++)
		names_something |= keys[i].matches && (p->seen & ON(i));
	if (r->verdict == POLICY_ALLOW && !names_something)
		return policy_wrong(p, 0, "this line would allow everything: say what, as in allow class=harmless");
	if (r->verdict == POLICY_ALLOW && names_unknown(r))
		return policy_wrong(p, 0, "what assent does not know is always held: no line can allow it");
	if (only_reads(r) && !r->reveal)
		return policy_wrong(p, 0, "reads are not judged, they pass: without reveal=yes this line does nothing");
	if (!(r->screen.what & SCREEN_WHAT_BOX) && saw_screen_size(p))
		return policy_wrong(p, 0, "\"screen-box\" and \"screen-wait\" mean nothing where \"screen\" does not name the box");
	if (r->timeout >= 0 && r->command.count == 0)
		return policy_wrong(p, 0, "\"timeout\" goes with \"command\"");
	return 0;
}

const struct policy_key *policy_keys(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(keys);
	return keys;
}
