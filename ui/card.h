/*
 * card: what is kept of the selected action's card from frame to frame: its request laid out, what the gate found out about it, and the difference that a
 * write would make. Pure: clocks are arguments.
 */
#ifndef ASSENT_UI_CARD_H
#define ASSENT_UI_CARD_H

#include "core/model.h"
#include "core/safetext.h"
#include "ui/card_facts.h"
#include "ui/diff.h"

#define CARD_AGAIN_MS 5000	/* facts are not asked for more often than this, but of another action or version */

/* A text of a body that is shown by itself: what is run, typed or written. */
struct card_box {
	char *name;		/* own; of the file; "" where there is but one */
	char *text;		/* own */
	size_t len, breaks, tabs;	/* breaks: lines that end in it */
	bool decoded;		/* it stands in the body as base64 */
	struct safetext_counts counts;
};

#define CARD_BOXES 64		/* more of them stay where they are, in the rest */

/* A body as it is shown. Nothing is lost but blanks between JSON's tokens: what is not in a box is in the rest, as it stands in the body. */
struct card_body {
	struct card_box *boxes;	/* own */
	size_t box_count;
	char *rest;		/* own; "" for nothing */
	bool flat;		/* rest is members of one object, in one row */
	bool json;		/* false: rest is the body's own bytes */
	bool empties;		/* a write of nothing: it has no box, and the file would be empty */
	bool unusual;		/* there are control or invisible characters in the body */
};

struct card {
	bool raw;		/* key r: the body as its bytes are */
	int64_t id, version;	/* what all below is of; 0: nothing */
	char digest[65];
	struct card_body body;
	bool has_facts, has_diff;
	struct card_facts facts;
	struct diff diff;	/* of the first box against facts.write_old */
	int64_t facts_boot_ms;	/* when they came */
	char why[160];		/* why there are none; "" */
	int64_t asked_id;	/* under way; 0: nothing is */
	int64_t asked_boot_ms;	/* the last time */
	bool again;		/* the card was opened, its screen changed, or its session's snapshots: look once more */
	int64_t screen_seq;	/* of its session, when they were asked for */
	size_t snapshots;	/* what its session's are, as a number that changes with them */
};

void card_release(struct card *k);
/* The selected action is this one now, or none: what is of another one, or of another version, is dropped. */
void card_follow(struct card *k, const struct model_action *a);
/* Its session as it is now; NULL: none. */
void card_session(struct card *k, const struct model_session *s);
/* Whose facts are to be asked for now; 0: nobody's. It counts as asked then. */
int64_t card_ask(struct card *k, const struct model_action *a, int64_t now_boot_ms);
/* Its screen may be another one than when it was asked: what it would hit is asked for once more. */
void card_screen(struct card *k, const struct model_action *a, const struct model *m);
/* What came; status 0: no answer, and the body says why. a: the selected one; m remembers of it whether it was found risky. What is about another one or
   another version is dropped. */
void card_answer(struct card *k, struct model *m, struct model_action *a, int status, const char *body, size_t len, int64_t now_boot_ms);

/* Is it known that the screen round its target is not any more what the agent saw? */
bool card_screen_changed(const struct card *k, const struct model_action *a);

/* Is it about this very one? */
bool card_is_of(const struct card *k, const struct model_action *a);
/* How many risk words stand in the facts about it, as they are: what the gate found only now. */
size_t card_risks_now(const struct card *k, const struct model_action *a);

/*
 * card_lacks.c: true, and why says so (our own words, and the substrate's), while something is not known that the gate looks up about it: it is on its way, or could
 * not be had. Never of an action of which there is nothing to look up.
 */
bool card_lacks(const struct card *k, const struct model_action *a, char *why, size_t size);
/* Does a yes to it take its session's name? It is risky; or it acts on a screen, and whether that makes it so is not known. */
bool card_asks_name(const struct card *k, const struct model_action *a);

/* card_body.c */
void card_body_read(const struct model_action *a, struct card_body *ret);
void card_body_release(struct card_body *b);

#endif
