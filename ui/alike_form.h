/* alike_form: what a rule made from a decision holds for: the keys that change it, the JSON that makes it. Pure. */
#ifndef ASSENT_UI_ALIKE_FORM_H
#define ASSENT_UI_ALIKE_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/model.h"

#define ALIKE_USES_MAX 1000
#define ALIKE_MINUTES_MAX (24 * 60)
#define ALIKE_FORM_WORDS_MAX 400

struct alike_form {
	int64_t id, version;		/* the action that it is made from */
	bool allow;
	bool may_allow;			/* what costs money or ends a session is never allowed alike */
	bool has_point, has_text;	/* what the action has, so what can be named */
	int64_t x, y;
	int uses, minutes;		/* 0: no end by that */
	bool session, text;
	int box;			/* half a side in pixels; 0: anywhere */
	char preview[400];		/* what it would have matched, as the gate said; "" while it was not asked */
	char words[ALIKE_FORM_WORDS_MAX];	/* what a refusal tells the agent; "": what a no without words does */
	bool asked;			/* the preview is of the form as it is now */
	bool looked_at;			/* the action itself had been shown for long enough before the form took its place */
};

enum alike_form_result { ALIKE_FORM_GOES_ON, ALIKE_FORM_DONE, ALIKE_FORM_LEFT, ALIKE_FORM_WORDS };
/* ALIKE_FORM_WORDS: they are to be typed, for a refusal. */
/* As narrow as it gets: refusing is chosen by R. */
void alike_form_open(struct alike_form *f, const struct model_action *a);
enum alike_form_result alike_form_key(struct alike_form *f, uint32_t key);
/* {"verdict", "uses", "minutes", "scope"}: the "alike" of a decision (docs/OPERATOR.md); own. */
char *alike_form_json(const struct alike_form *f);

#endif
