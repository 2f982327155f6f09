/* ask: what the commands share that ask the gate something, print it and end: their options, the call, and printing what is foreign. */
#ifndef ASSENT_CMD_ASK_H
#define ASSENT_CMD_ASK_H

#include <getopt.h>
#include <stdint.h>

#include "base/json.h"
#include "cmd/cmd.h"
#include "core/safetext.h"

struct ask {
	const char *command;			/* for messages */
	const char *state, *socket;		/* the options; NULL when not given */
	struct buf answer;
	struct json_doc doc;			/* of the last answer, when it was JSON */
};

/* For a getopt_long table; ask_option() takes them. */
#define ASK_OPTIONS { "state", required_argument, NULL, 's' }, { "socket", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' }
#define ASK_HELP "  --state DIR      the gate's state folder\n  --socket PATH    the operator's socket\n"

void ask_init(struct ask *a, const char *command);
void ask_release(struct ask *a);
/* Takes --state and --socket; false for every other option. */
bool ask_option(struct ask *a, int option);
/* One call. 0, or an exit code, and why was said: EXIT_UNREACHABLE, or EXIT_NO with the gate's own words. */
int ask_gate(struct ask *a, const char *method, const char *path, const char *body);

/* On standard output, made safe; at most `cells` columns (0: no limit), a cut marked by "..". Returns the columns printed. */
int print_text(const char *text, enum safetext_kind kind, int cells);
/* The string of a key of an object; nothing when there is none. */
int print_string(const struct json_doc *d, int object, const char *key, enum safetext_kind kind, int cells);
/* "50s", "1m12s", "2h05m". */
void format_left(int64_t ms, char out[16]);
/* "12:04", of this machine's day. */
void format_clock(int64_t wall_ms, char out[8]);
/* An integer of a key; otherwise when there is none. */
int64_t read_number(const struct json_doc *d, int object, const char *key, int64_t otherwise);

#endif
