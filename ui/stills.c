/* stills: the pictures that are kept with the selected action, in place of its screen as it is now: what was decided on, before it was sent, after. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/dash.h"

static const char *sha_of(const struct model_action *a, enum dash_still still)
{
	switch (still) {
	case STILL_DECIDED: return a->screen_decided;
	case STILL_BEFORE: return a->screen_before;
	case STILL_AFTER: return a->screen_after;
	default: return "";
	}
}

/* What was decided on is shown once, where it is what was there before too. */
static bool is_kept(const struct model_action *a, enum dash_still still)
{
	return sha_of(a, still)[0] && !(still == STILL_BEFORE && strcmp(a->screen_before, a->screen_decided) == 0);
}

/* Of the session whose screen is shown; who drives it sees it as it is. */
static const struct model_action *about(const struct dashboard *d)
{
	const struct model_action *a = dash_selected(d);

	return a && d->view != VIEW_HAND && strcmp(a->session, d->session) == 0 ? a : NULL;
}

/* The screen behind an action that has just ended is shown by itself; whatever is decided is decided on the screen as it is. */
void stills_refresh(struct dashboard *d)
{
	const struct model_action *a = about(d);

	if (!d->screen.rgb)
		d->still.shown = STILL_NONE;
	if (!a || a->id != d->still.id || a->version != d->still.version || model_is_held(a) != d->still.held) {
		d->still.held = a && model_is_held(a);
		d->still.id = a ? a->id : 0;
		d->still.version = a ? a->version : 0;
		d->still.wanted = STILL_NONE;
		d->still.chosen = false;
	}
	if (a && !d->still.chosen)
		d->still.wanted = !model_is_held(a) && is_kept(a, STILL_AFTER) ? STILL_AFTER : STILL_NONE;
	if (a && d->still.wanted != STILL_NONE && !is_kept(a, d->still.wanted))
		d->still.wanted = STILL_NONE;
}

void stills_next(struct dashboard *d, int64_t now)
{
	const struct model_action *a = about(d);
	enum dash_still next = d->still.wanted;
	int i;

	for (i = 0; a && i < STILLS; i++) {
		next = next + 1 < STILLS ? (enum dash_still)(next + 1) : STILL_NONE;
		if (next == STILL_NONE || is_kept(a, next))
			break;
	}
	if (!a || (next == STILL_NONE && d->still.wanted == STILL_NONE)) {
		dash_say(d, now, "no picture of before or after is kept with it");
		return;
	}
	d->still.wanted = next;
	d->still.chosen = true;
}

bool stills_path(const struct dashboard *d, char *out, size_t size)
{
	static const char *const names[STILLS] = { "", "decided", "before", "after" };

	if (d->still.wanted == STILL_NONE)
		return false;
	snprintf(out, size, "/v1/actions/%lld/screen/%s", (long long)d->still.id, names[d->still.wanted]);
	return true;
}

bool stills_any(const struct dashboard *d)
{
	return d->still.wanted != STILL_NONE || d->still.shown != STILL_NONE;
}

const char *stills_words(enum dash_still still)
{
	static const char *const words[STILLS] = { "", "as it was decided on", "just before it was sent", "after it" };

	return words[still];
}
