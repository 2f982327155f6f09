/*
 * desk: what is said of the person at this desk: many yeses in a row, and what went on while nobody was here. Pure: from the model, with clocks
 * as arguments.
 */
#ifndef ASSENT_UI_DESK_H
#define ASSENT_UI_DESK_H

#include "core/model.h"

#define DESK_AWAY_MS (10 * 60 * 1000)	/* without a key: nobody is here */
#define DESK_TOLD_MS (60 * 1000)	/* so long the sentence stands */
#define DESK_EXPIRED_MS (5 * 60 * 1000)	/* so long it is told that nobody decided */
#define DESK_ROW 20			/* more yeses in a row than this are told of */

struct desk {
	int64_t key_boot_ms, key_wall_ms;	/* the last key; 0: none yet */
	int64_t gaps;				/* of all streams, at that time */
	struct model_tally tally;		/* at that time too */
	char away[120];				/* "away 49m: 12 held, ..."; "" nothing to say */
	int64_t away_until_ms;
	int yeses;				/* as desk_look() found them */
	int64_t yeses_median_ms, yeses_of;	/* of which state of the model */
	struct {
		int64_t count, id;		/* how many ended so lately, and the last of them */
		int64_t of, from_wall_ms, until_wall_ms;	/* of which state of the model, and when that is so */
	} expired;
};

/* A key: the first one after a while tells what went on. gate_wall_ms: by the gate's clock, as all times in the model. */
void desk_key(struct desk *k, const struct model *m, int64_t now_boot_ms, int64_t now_gate_wall_ms);
/*
 * How many of this person's last decisions were a yes, one after the other, and the median of the times between them: what a yes took at most.
 * Not more than the last 200 are looked at.
 */
int desk_yeses(const struct model *m, const char *person, int64_t *ret_median_ms);
/* Keeps them, and counts again when the model has changed. */
void desk_look(struct desk *k, const struct model *m, const char *person);
/* Keeps what nobody decided of late, and looks again when the model or the time is another. */
void desk_expired(struct desk *k, const struct model *m, int64_t now_gate_wall_ms);

#endif
