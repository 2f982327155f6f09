/* policy_read: what the two halves of the policy's parser share: lines (policy_parse.c) and what their keys mean (policy_keys.c). */
#ifndef ASSENT_POLICY_READ_H
#define ASSENT_POLICY_READ_H

#include "core/policy.h"

#define ON(bit) (1U << (bit))

struct parser {
	const char *path;
	struct policy *policy;
	const char *line;	/* of len bytes, not NUL-terminated */
	size_t len, pos;
	int number;
	unsigned int seen;	/* bits: keys that this line has */
	struct err *e;
};

/* One value, or one of a list. */
struct value {
	char text[POLICY_LINE_MAX + 1];
	size_t len;
};

/* An error at byte `at` of the line. Both return the code. */
int policy_wrong(struct parser *p, size_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int policy_no_memory(struct parser *p);
/* 'unknown kind "clik" (did you mean "click"?)' */
int policy_unknown(struct parser *p, size_t at, const char *what, const char *word, const char *const *known, size_t count);

struct policy_key {
	const char *name;
	bool list;		/* values with commas between them */
	bool matches;		/* it says what is asked for; the others when, or what becomes of it */
	unsigned int verdicts;	/* bits: on which lines it may stand */
	/* Called for each value; at is where it stands in the line. */
	int (*set)(struct parser *p, struct policy_rule *r, const struct value *v, size_t at);
};
/* The first is "kind", which may stand without its name. */
const struct policy_key *policy_keys(size_t *ret_count);
/* What no single key shows: 0, or why the whole line is refused. */
int policy_check_rule(struct parser *p, const struct policy_rule *r);

#endif
