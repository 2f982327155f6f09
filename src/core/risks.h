/*
 * risks: words that make a person look twice, found in a request by the fixed rules of one table. Pure.
 *
 * A hint, never a permission: a command can be written so that no rule sees it, and nothing is let through because no word is there.
 */
#ifndef ASSENT_RISKS_H
#define ASSENT_RISKS_H

#include "base/json.h"
#include "core/action.h"

#define RISK_HIDDEN "cannot be inspected"	/* the body, or something in it */

struct risk_rule {
	const char *word;	/* "deletes" */
	const char *where;	/* "command", "pipe", "kind", "class", "key", or "path", "body": found as match says */
	const char *match;	/* a word of a command, a program that a pipe ends in, a kind, a class, a key */
};
const struct risk_rule *risk_rules(size_t *ret_count);

/*
 * Fills a->risks. doc is of the body, root JSON_NONE when it could not be read; hidden: there is something in it that cannot be shown rightly.
 * 0 or ERR_NOMEM.
 */
int risks_find(struct action *a, const struct json_doc *doc, int root, bool hidden);

#endif
