/* card_lacks: what is not known yet of what a person should know before a yes. See card.h. */
#include "config.h"

#include <stdio.h>

#include "ui/card_page.h"

static void say_why(const char *what, const char *why, char *out, size_t size)
{
	snprintf(out, size, why[0] ? "%s could not be looked up: %.90s" : "%s is still being looked up", what, why);
}

bool card_lacks(const struct card *k, const struct model_action *a, char *why, size_t size)
{
	bool mine = card_is_of(k, a), target = card_has_target(a);

	why[0] = '\0';
	if (!target && !card_has_parts(a) && !card_is_write(a))
		return false;	/* nothing of it has to be looked up */
	if (!mine || !k->has_facts)
		say_why(target ? "what it hits" : "what it touches", mine ? k->why : "", why, size);
	else if (k->facts.missing[0])
		say_why("what it hits", k->facts.missing, why, size);
	return why[0] != '\0';
}

bool card_asks_name(const struct card *k, const struct model_action *a)
{
	char why[160];

	return model_is_risky(a) || (card_has_target(a) && card_lacks(k, a, why, sizeof(why)));
}
