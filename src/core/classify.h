/*
 * classify: what a request is, by method and path template; one table, rows as data (docs/CLASSES.md). Pure.
 *
 * Not listed: CLASS_UNKNOWN, which is held whatever the method.
 */
#ifndef ASSENT_CLASSIFY_H
#define ASSENT_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/httpmsg.h"

enum action_class {
	CLASS_UNKNOWN, CLASS_READ, CLASS_HARMLESS, CLASS_SENSITIVE, CLASS_ACTS, CLASS_LIFECYCLE, CLASS_MONEY, CLASS_COUNT
};
enum session_kind { SESSION_NONE, SESSION_SANDBOX, SESSION_COMPUTER };

/* What an answer is, when it is one of the substrate's own. */
enum classify_answer {
	ANSWER_PLAIN,		/* about things of the tenant: what would lead past the gate is masked in it (core/mask.h) */
	ANSWER_CONTENT,		/* what is inside a session: files, output, pictures; passed on as it is */
	ANSWER_EVENTS,		/* an event stream about things: masked event by event (core/mask_stream.h) */
	ANSWER_STREAM,		/* an event stream of what is inside a session, or an answer that comes as one; passed on as it is */
};

struct classify_row {
	enum http_method method;
	const char *template;	/* below /api/v1; "{}" is one segment, a last "{*}" one or more */
	enum action_class class;
	const char *kind;	/* "click", "exec", "write", "read" ...; what policy and screens name it */
	enum classify_answer answer;
};

struct classified {
	const struct classify_row *row;	/* NULL when not listed */
	enum action_class class;
	const char *kind;	/* "unknown" when not listed */
	enum session_kind session_kind;
	char session[128];	/* the id in the path, decoded; "" for none */
	bool stream;		/* its answer comes as a stream */
	bool content;		/* its answer is what is inside a session, and passed on as it is; false for what is not listed */
};

/* path: as in http_head.path, with /api/v1 in front. Always fills *ret. */
void classify(enum http_method method, const char *path, struct classified *ret);
/* Does it give what MIOSA's action authority asks a person for: an approval, a grant, or whatever else may be changed there and is not known to take only
 * away? No rule passes that. */
bool classify_gives_authority(enum http_method method, const char *path);
/* Does a path below /api/v1 match a template, by decoded segments? *ret_literal: how many of its segments are no {} or {*}. */
bool classify_fits(const char *template, const char *path, int *ret_literal);
/* The table (classify_table.c), for tests and docs too. */
const struct classify_row *classify_rows(size_t *ret_count);
const char *action_class_name(enum action_class c);	/* "read", "harmless", "sensitive", "acts", "lifecycle", "money", "unknown" */

#endif
