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
	const char *where;	/* "command", "pipe", "kind", "class", "key", "label", or "path", "place", "body": found as match says */
	const char *match;	/* a word of a command, a program that a pipe ends in, a kind, a class, a key, a word of a control's label */
};
/* The whole table, for what lists it. */
const struct risk_rule *risk_rules(size_t *ret_count);

/*
 * Fills a->risks. doc is of the body, root JSON_NONE when it could not be read; hidden: there is something in it that cannot be shown rightly; odd: a
 * coordinate is no place on any screen, or between two. 0 or ERR_NOMEM.
 */
int risks_find(struct action *a, const struct json_doc *doc, int root, bool hidden, bool odd);

/*
 * What is found only now, when a person reads, and no rule knows of: the word in the label of a control that makes it one to look at twice; NULL for none.
 * And the words of a text that will be run as a command: ret is filled, NULL behind the last. 0 or ERR_NOMEM. All literals.
 */
const char *risks_in_label(const char *label);
int risks_of_command(const char *text, const char *ret[ACTION_RISKS]);

#endif
