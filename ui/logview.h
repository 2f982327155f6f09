/*
 * logview: the log on the whole screen: where in it one is, what is looked for and filtered, and what has to be asked of the gate for that. Pure.
 *
 * It never waits: what is wanted comes out of logview_ask() as a path to GET, what was answered goes into logview_answer(), and a key means
 * what it means with the lines that are there.
 */
#ifndef ASSENT_UI_LOGVIEW_H
#define ASSENT_UI_LOGVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/logwindow.h"

#define LOGVIEW_FIND_MAX 400
#define LOGVIEW_COPY_MAX 55000	/* bytes: what terminals take in one piece, less base64's third */

enum log_stream { LOG_OUT = 1, LOG_ERR = 2, LOG_LOG = 4, LOG_EVENT = 8, LOG_GAP = 16, LOG_ALL = 31 };

/* Which lines. */
struct log_filter {
	char session[128];		/* an id; "": of all sessions, merged */
	char only[1200];		/* ids with commas, of the merged log; "": all */
	unsigned int streams;		/* enum log_stream */
};

struct log_search {
	char text[LOGVIEW_FIND_MAX];	/* "": nothing was looked for yet */
	bool regex, any_case, up;
};

enum log_ask { LOG_ASK_LINES, LOG_ASK_SEARCH, LOG_ASKS };

/* A question that is under way: numbers from low on; up: below high; or the end. */
struct log_asked {
	bool open, up, end;
	int64_t low, high, since_ms;
	unsigned int epoch;
};

struct logview {
	struct log_filter filter;
	struct logwindow window;
	bool follow, stamps, wrap;
	/* The first row on the screen: a line of the window, and a row of it. */
	size_t top;
	int top_row;
	int rows, columns;		/* room for text, as last drawn */
	int64_t goal;			/* a number to be shown as soon as it is there, this many rows below the first; -1: none */
	int goal_rows;
	int64_t known;			/* how many lines the gate has told of; merged: a sum that only says that there are more */
	bool grew;			/* merged: more came since the last answer */

	struct log_asked asked[LOG_ASKS];
	unsigned int epoch;		/* answers to what was asked before another filter are no answers */
	int64_t not_before_ms;		/* after a failure */
	bool placed;			/* the window has been filled at least once */
	char error[240];

	struct log_search search;	/* as it was last looked for */
	bool searching;
	int64_t search_at;		/* where it began */
	int64_t search_since_ms;
	int64_t found;			/* number of the line that was found; -1: none */
	char outcome[240];		/* of the search, to be said; "" when it was said */

	bool selecting;
	int64_t select_from, select_to;	/* numbers, in the order in which they were chosen */
};

void logview_init(struct logview *v);
void logview_release(struct logview *v);
/* Another session ("": all), from its end, followed. What was looked for stays. */
void logview_open(struct logview *v, const char *session);
void logview_set_streams(struct logview *v, unsigned int streams);	/* which are shown, of enum log_stream */
void logview_set_only(struct logview *v, const char *ids);	/* of the merged log */
/* What the model says: lines in all; of the merged log any number that grows with them. */
void logview_tell(struct logview *v, int64_t lines);
/* The gate was away and is back: what was asked goes on. Its numbers are the same. */
void logview_again(struct logview *v);

/* What is to be asked now: true, and the path. At most one of each kind is under way until it is answered. */
bool logview_ask(struct logview *v, enum log_ask what, int64_t now_ms, struct buf *path);
/* status 0: no answer came, and body says why. */
void logview_answer(struct logview *v, enum log_ask what, int status, const char *body, size_t len, int64_t now_ms);
/* Lines from number from on, n at most, as the filter has it; with a search those that match. */
void log_filter_path(const struct log_filter *f, const struct log_search *s, int64_t from, int64_t n, bool up, struct buf *path);

/* Before each drawing: the room, and the position put right for it. */
void logview_place(struct logview *v, int rows, int columns);
int logview_rows(const struct logview *v, struct log_line *l);	/* that a line takes; it is measured once */
void logview_scroll(struct logview *v, int rows);	/* down, or up where it is below 0 */
void logview_show(struct logview *v, size_t line);	/* of the window: where it can be seen */
void logview_reach(struct logview *v);	/* the goal, as far as lines round it are there */
bool logview_sees(const struct logview *v, size_t line);
void logview_home(struct logview *v);	/* to the first line */
void logview_end(struct logview *v);	/* and follow */
/* Looks for s from what is on the screen, or from what was found there. */
void logview_search(struct logview *v, const struct log_search *s, int64_t now_ms);
void logview_select(struct logview *v);	/* a line: the one that was found, or the first on the screen */
void logview_select_move(struct logview *v, int lines);
/* The selected lines, or the one that was found, as they are shown. 0, ERR_NOTFOUND (nothing is chosen), ERR_TOOBIG. */
int logview_copy(const struct logview *v, struct buf *out, size_t *ret_lines);

#endif
