/* card_page: how the files of the card draw its rows. Not for others: dashboard.h. */
#ifndef ASSENT_UI_CARD_PAGE_H
#define ASSENT_UI_CARD_PAGE_H

#include "ui/dash.h"

/* Rows are drawn from the rectangle's first row less the scroll on; what is outside of it is only counted. */
struct page {
	struct dashboard *d;
	struct cells *c;
	const struct model_action *a;
	const struct card *k;
	struct rect r;
	int x, y;		/* where the next words go; y in screen rows, which may be outside of the rectangle */
	int left, text, right;	/* columns: where rows begin, where what stands behind a label begins, behind the last one */
	int from;		/* where the words of this row go on in the next one */
	int first;		/* the row of the card's first one, on the screen or above it */
	int request_end;	/* the row behind the request */
	bool one_row;		/* what does not fit into this row is cut, and the cut is seen: titles */
	bool wide;		/* room for headings and blank rows */
	bool risks_cut;		/* the title had no room for all of them */
	bool request_told;	/* the request's line stands in the edge of a box */
	bool brief;		/* in the overview: the same request, whole, and less around it */
	int64_t now;
};

/* Words of one row, over into the next ones where they are too many: own words, own words with numbers, foreign text. */
void page_own(struct page *p, enum style style, const char *text);
void page_ownf(struct page *p, enum style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void page_foreign(struct page *p, enum style style, enum safetext_kind kind, const char *text);
/* A row with a label; its words go on under themselves. "": none. */
void page_begin(struct page *p, const char *label);
void page_end(struct page *p);
void page_row(struct page *p, enum style style, const char *text);	/* a whole row of own words */
void page_blank(struct page *p);	/* where there is room for it */
/* Foreign text as it is, with its line breaks, over as many rows as it takes, from this column on. */
void page_text(struct page *p, int x, int right, enum style style, enum safetext_kind kind, const char *text, size_t len);
/* A line across, on which words go until page_end_rule(). */
void page_begin_rule(struct page *p);
void page_end_rule(struct page *p);
bool page_shows(const struct page *p);	/* is the row y inside of the rectangle? */

/* A risk word as it is told here: in a narrow title shorter. */
const char *page_risk(const struct page *p, size_t i);
void page_risks(struct page *p, enum style style);	/* the risk words, commas between them; on the whole card also those of its facts */
void page_digest(struct page *p, enum style style);	/* "  sha256 ... v1": enough of it to be compared by eye */

/* 42s, 1m12s, 3h04m */
void page_span(int64_t ms, char out[24]);
/* 91 B, 38 KiB, 1.4 MiB */
void page_size(int64_t bytes, char out[24]);

/* card_request.c: the request, whole; what a person changed of it */
void card_put_request(struct page *p);
void card_put_edited(struct page *p);
bool card_is_write(const struct model_action *a);
/* card_parts.c: what a command is made of and touches; what a write changes */
bool card_has_parts(const struct model_action *a);
void card_put_parts(struct page *p);
void card_put_changes(struct page *p);
void card_put_diff(struct page *p);
/* card_knows.c: what the gate knows, in full and in the overview */
void card_put_knows(struct page *p);
void card_put_brief(struct page *p);
/* card_hits.c: what it would hit */
void card_put_hits(struct page *p);
void card_put_hits_brief(struct page *p);
void card_put_changed(struct page *p);	/* between the pictures that are kept with it */
bool card_is_typing(const struct model_action *a);
bool card_has_target(const struct model_action *a);	/* it acts on a screen */
bool card_looks(struct page *p);	/* the facts are not there yet, and the row says so */
/* view_crop.c: beside the whole card, in the right part of r. Returns how many columns it takes. */
int view_crop(struct dashboard *d, struct cells *c, const struct rect *r);
/* card_agent.c: what the agent says and did, and the log of where it acts */
void card_put_claims(struct page *p);
void card_put_turns(struct page *p);
void card_put_log(struct page *p);

#endif
