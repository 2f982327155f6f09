/*
 * hand_out: what a person does to a computer, on its way to the gate: in order, one at a time, and never late. Pure: clocks are arguments.
 *
 * While one is on its way at most HAND_OUT_MAX wait, and none for longer than HAND_LATE_MS: what does not go out in time never does. Where one fails, those
 * behind it are not sent, since they were meant for what it should have done; only keys and buttons that are down are let go all the same.
 */
#ifndef ASSENT_UI_HAND_OUT_H
#define ASSENT_UI_HAND_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define HAND_OUT_MAX 12
#define HAND_OUT_UPS 8	/* and so many more that let go of something: for them there is always room */
#define HAND_LATE_MS 2000
#define HAND_BATCH_MS 30	/* characters typed within are one text */
#define HAND_TEXT_MAX 16384	/* bytes of a text */

/* Words of the API, as "click"; its body. */
struct hand_item {
	const char *verb;	/* literal */
	struct buf body;	/* own; JSON; of a text that is still being typed: its characters */
	bool typed;		/* such a text */
	int64_t at_ms;
	int pair;		/* what goes down and up again has a number in common; 0: none */
	bool up;
};

struct hand_out {
	struct hand_item items[HAND_OUT_MAX + HAND_OUT_UPS];	/* in order; the first is on its way where `sent` */
	int count;
	bool sent;
	int64_t sent_ms;
};

void hand_out_init(struct hand_out *o);
void hand_out_release(struct hand_out *o);	/* and empty again */
/* Is there room for so many more, and does the gate answer? Else nothing is taken. */
bool hand_out_takes(const struct hand_out *o, int count, int64_t now_ms);
bool hand_out_stuck(const struct hand_out *o, int64_t now_ms);	/* it has not answered for HAND_LATE_MS */
/* Characters, joined to those before where nothing stands between. false: not taken. */
bool hand_out_type(struct hand_out *o, const char *text, size_t len, int64_t now_ms);
/* A text of its own, whole. */
bool hand_out_text(struct hand_out *o, const char *verb, const char *text, int64_t now_ms);
/* body: JSON by printf. pair 0, or what it has in common with its other half. */
bool hand_out_put(struct hand_out *o, const char *verb, int pair, bool up, int64_t now_ms, const char *body_fmt, ...) __attribute__((format(printf, 6, 7)));
/* What is to be sent now; it is on its way from then on. NULL: nothing. Borrowed until hand_out_answered(). */
const struct hand_item *hand_out_next(struct hand_out *o, int64_t now_ms);
/* The one on its way was answered. Returns how many behind it are not sent because it failed. */
int hand_out_answered(struct hand_out *o, bool done);
/* What has waited for too long, and all behind it, goes nowhere. Returns how many. */
int hand_out_late(struct hand_out *o, int64_t now_ms);
/* When one of these is to be called again; INT64_MAX: not by itself. */
int64_t hand_out_due_ms(const struct hand_out *o);

#endif
