/* classify: the search in the table of methods and path templates. See classify.h. */
#include "config.h"

#include "core/classify.h"

#include <string.h>

#include "base/err.h"

const char *action_class_name(enum action_class c)
{
	static const char *const names[CLASS_COUNT] = {
		[CLASS_UNKNOWN] = "unknown", [CLASS_READ] = "read", [CLASS_HARMLESS] = "harmless", [CLASS_SENSITIVE] = "sensitive",
		[CLASS_ACTS] = "acts", [CLASS_LIFECYCLE] = "lifecycle", [CLASS_MONEY] = "money",
	};

	return c >= 0 && c < CLASS_COUNT ? names[c] : "unknown";
}

/* A path cut at its slashes; no copy. */
enum { SEGMENTS_MAX = 16 };

struct segment {
	const char *text;	/* as it stands in the path */
	size_t len;
	bool encoded;		/* it has a '%' */
};

struct segments {
	struct segment items[SEGMENTS_MAX];
	int count;		/* one too many when there are more than fit */
};

static void cut(const char *path, struct segments *ret)
{
	ret->count = 0;
	while (*path == '/' && ret->count <= SEGMENTS_MAX) {
		size_t len = strcspn(path + 1, "/");

		if (ret->count < SEGMENTS_MAX)
			ret->items[ret->count] = (struct segment){ path + 1, len, memchr(path + 1, '%', len) != NULL };
		ret->count++;
		path += 1 + len;
	}
}

/* By decoded bytes: another spelling of a word is that word. */
static bool says(const struct segment *s, const char *word, size_t len)
{
	const char *p = s->text - 1;	/* the slash before it */
	struct buf decoded;
	bool same;

	if (!s->encoded)
		return s->len == len && memcmp(s->text, word, len) == 0;
	buf_init(&decoded, 512);
	same = http_path_segment(&p, &decoded) && !buf_failed(&decoded) && decoded.len == len && memcmp(decoded.data, word, len) == 0;
	buf_release(&decoded);
	return same;
}

/* The row with more literal segments is the better one, so that /files/tree is not taken for a file named "tree". */
static bool fits(const char *template, const struct segments *path, int *ret_literal)
{
	int i;

	*ret_literal = 0;
	for (i = 0; *template; i++) {
		size_t len = strcspn(++template, "/");	/* behind the slash */

		if (i >= path->count || i >= SEGMENTS_MAX)
			return false;
		if (len == 3 && memcmp(template, "{*}", 3) == 0)
			return path->items[i].len > 0;	/* and the rest, however long */
		if (len == 2 && memcmp(template, "{}", 2) == 0) {
			if (path->items[i].len == 0)
				return false;
		} else if (says(&path->items[i], template, len)) {
			(*ret_literal)++;
		} else {
			return false;
		}
		template += len;
	}
	return i == path->count;
}

bool classify_fits(const char *template, const char *path, int *ret_literal)
{
	struct segments segments;

	cut(path, &segments);
	return fits(template, &segments, ret_literal);
}

/* false when it does not fit, or has a NUL. */
static bool put_decoded(const struct segment *s, char *out, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < s->len && n < size - 1; i++) {
		bool encoded = s->text[i] == '%';

		out[n] = encoded ? (char)(http_hex(s->text[i + 1]) << 4 | http_hex(s->text[i + 2])) : s->text[i];
		i += encoded ? 2 : 0;
		if (out[n++] == '\0')
			return false;
	}
	out[n] = '\0';
	return i == s->len;
}

static void fill_session(const struct segments *path, struct classified *ret)
{
	enum session_kind kind = SESSION_NONE;

	if (path->count < 2)
		return;
	if (says(&path->items[0], "sandboxes", 9))
		kind = SESSION_SANDBOX;
	else if (says(&path->items[0], "computers", 9))
		kind = SESSION_COMPUTER;
	if (kind == SESSION_NONE || !put_decoded(&path->items[1], ret->session, sizeof(ret->session)) || !ret->session[0])
		ret->session[0] = '\0';
	else
		ret->session_kind = kind;
}

/* Each row begins with a word: a path that begins with another letter is not looked at any further. */
static bool may_fit(const char *template, const char *path)
{
	return template[1] == path[1] || path[1] == '%';
}

void classify(enum http_method method, const char *path, struct classified *ret)
{
	static const char prefix[] = "/api/v1";
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
	const struct classify_row *rows;
	struct segments segments;
	int best = -1, literal;
	size_t i, count;

	*ret = (struct classified){ .class = CLASS_UNKNOWN, .kind = "unknown" };
	if (strncmp(path, prefix, sizeof(prefix) - 1) != 0 || path[sizeof(prefix) - 1] != '/')
		return;
	path += sizeof(prefix) - 1;
	cut(path, &segments);
	fill_session(&segments, ret);
	rows = classify_rows(&count);
	for (i = 0; i < count; i++) {
		if (rows[i].method != wanted || !may_fit(rows[i].template, path) || !fits(rows[i].template, &segments, &literal) || literal <= best)
			continue;
		best = literal;
		ret->row = &rows[i];
	}
	if (ret->row) {
		ret->class = ret->row->class;
		ret->kind = ret->row->kind;
		ret->stream = ret->row->answer == ANSWER_STREAM || ret->row->answer == ANSWER_EVENTS;
		ret->content = ret->row->answer == ANSWER_STREAM || ret->row->answer == ANSWER_CONTENT;
	}
}

bool classify_gives_authority(enum http_method method, const char *path)
{
	static const char *const harmless[] = { "authorize", "deny", "revoke grant" };
	struct segments segments;
	struct classified c;
	size_t i;

	classify(method, path, &c);
	if (c.class == CLASS_READ || strncmp(path, "/api/v1/", 8) != 0)
		return false;
	cut(path + 7, &segments);
	if (!says(&segments.items[0], "actions", 7))
		return false;
	for (i = 0; i < ARRAY_LEN(harmless); i++)
		if (strcmp(c.kind, harmless[i]) == 0)
			return false;
	return true;
}
