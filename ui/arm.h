/*
 * arm: when the deciding key works (typing ahead decides nothing). Pure: times in ms are arguments.
 *
 * Dead until the card has been on screen for 500 ms since the terminal answered a query which was written after the card, and the
 * keyboard has been quiet for 400 ms. Without an answer: 1.5 s, but not where the terminal has answered before: it is late then, and so may be what is
 * to be seen. Only another id or version starts it anew: a flood cannot starve it.
 *
 * A program that was kept waiting by the machine reads a key later than it was pressed. So a key counts as pressed when nothing was waiting to be read last.
 */
#ifndef ASSENT_UI_ARM_H
#define ASSENT_UI_ARM_H

#include <stdbool.h>
#include <stdint.h>

#define ARM_SHOWN_MS 500
#define ARM_QUIET_MS 400
#define ARM_NO_ANSWER_MS 1500

struct arm {
	int64_t id, version;
	int64_t drawn_ms;	/* the card was written; -1: not yet */
	int64_t answered_ms;	/* the terminal said that it has drawn it; -1: not yet */
	int64_t key_ms;		/* the last key */
	int64_t silent_ms;	/* when nothing was waiting to be read last; INT64_MAX: keys come as they are pressed */
	int64_t unanswered_ms;	/* without an answer, since it was drawn (ARM_NO_ANSWER_MS) */
	bool must_answer;	/* it has answered before */
	bool trust_answers;	/* not under tmux and screen: they answer for themselves */
};

void arm_init(struct arm *a, bool trust_answers);	/* nothing is selected */
/* What is selected now; true when that is new, and the terminal is to be asked after the next frame. id 0: nothing. */
bool arm_select(struct arm *a, int64_t id, int64_t version);
/* What is selected was written to the terminal; the terminal says that it has drawn it; a key was pressed. */
void arm_drawn(struct arm *a, int64_t now);
void arm_answered(struct arm *a, int64_t now);
void arm_key(struct arm *a, int64_t now);
/* The terminal's input was looked at, and nothing was waiting there: what comes from now on was pressed from now on. */
void arm_silent(struct arm *a, int64_t now);
bool arm_ready(const struct arm *a, int64_t now);	/* may a key decide now? */
/* The terminal shows what is selected, as far as can be known: a key that was pressed before would be about something else. */
bool arm_shown(const struct arm *a, int64_t now);
/* When it becomes ready if nothing else happens; INT64_MAX when that is not known. */
int64_t arm_ready_at(const struct arm *a);

#endif
