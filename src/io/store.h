/*
 * store: the journal, in SQLite. Only the files store_*.c know that.
 *
 * One folder, one process (state/lock is taken first), one connection: the bug that SQLite 3.40 has in its WAL needs two. Every call that
 * changes something is one transaction, synced to disk before it returns. After a failed one nothing may be sent; after a failed sync, or when
 * the file was replaced, each further one fails too.
 * `moves` is append-only; each of its rows carries the SHA-256 of the row before.
 */
#ifndef ASSENT_STORE_H
#define ASSENT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "core/action.h"
#include "core/budget.h"

#define STORE_RESULT_MAX (1024 * 1024)	/* bytes of an answer that are kept: a longer one not at all, of a streamed one its begin */

struct store;

/* Makes the folder (0700) when it is missing. ERR_CONFLICT: another process has it. ERR_IO, ERR_INVALID (no journal of ours), ERR_TOONEW. */
int store_open(const char *dir, struct store **ret, struct err *e);
void store_close(struct store *s);	/* NULL is fine */

struct store_agent {
	const char *name, *token_sha256;	/* borrowed during the callback */
	int64_t answer_within_ms;		/* 0: no deadline */
	int64_t created_wall_ms;
	const char *stopped_by;			/* NULL: not stopped */
	int64_t stopped_wall_ms;
};
/* ERR_CONFLICT when the name is taken. who: "person:ana". A new agent is not stopped. */
int store_add_agent(struct store *s, const struct store_agent *a, const char *who, struct err *e);
int store_revoke_agent(struct store *s, const char *name, const char *who, struct err *e);	/* ERR_NOTFOUND */
/* by NULL: it may go on. ERR_NOTFOUND. */
int store_stop_agent(struct store *s, const char *name, const char *by, int64_t wall_ms, const char *who, struct err *e);
int store_agents(struct store *s, void (*each)(const struct store_agent *a, void *arg), void *arg, struct err *e);	/* all that were not revoked */

/* false once a sync failed: what of the change that failed is on disk is known when the file is opened again, and not before. */
bool store_is_trusted(const struct store *s);

/* A new action, as held. */
int store_hold(struct store *s, const struct action *a, struct err *e);
/*
 * The move that action_move() will make next. who: "person:ana", "gate"; detail: words for the record, may be "". Decision, times, status, error and what
 * came of the answer are taken from the fields of a, which the caller has set already. body: a whole answer to keep (may be NULL).
 */
struct store_move {
	enum action_state to;
	const char *who, *detail;
	int64_t alike;			/* the rule of which this is one use, which is counted with it; 0: none */
	const char *screen;		/* digest of the picture that a person decided on, which is in its file: kept with it; NULL: none */
	const char *content_type;
	const void *body;
	size_t body_len;
};
int store_move(struct store *s, const struct action *a, const struct store_move *m, struct err *e);
/* A new action of the operator's own: held, approved by `who` with these words, and sent, in one change; decision and times are taken from the fields of a. */
int store_send_by_hand(struct store *s, const struct action *a, const char *who, const char *detail, struct err *e);
/*
 * A person changed a held action: it is held anew as `edited` (core/action.h), and, where a rule denies that (denial not NULL), denied at once with the
 * decision that stands in `edited`; all of it or nothing.
 */
int store_edit(struct store *s, const struct action *a, const struct action *edited, const char *by, const struct store_move *denial, struct err *e);
/* One yes of several to a held action: the last of a's approvals. The one that completes them is stored by store_move(). */
int store_approve(struct store *s, const struct action *a, const char *detail, struct err *e);
int store_seen(struct store *s, const struct action *a, const char *by, struct err *e);	/* a person has looked at what became of it */
/*
 * The next piece of a done action's streamed answer (len 0: none), and how far it is: answer, answer_len, answer_kept, took_ms and ended_wall_ms are taken
 * from the fields of a. Once it is over a row of the chain says so, with detail.
 */
int store_answer(struct store *s, const struct action *a, const void *piece, size_t len, const char *detail, struct err *e);
/* What is kept of an ended action's answer. ERR_NOTFOUND when none was kept. content_type may come out empty. */
int store_result(struct store *s, int64_t id, struct buf *body, struct buf *content_type, struct err *e);

/*
 * All that has not ended (or whose streamed answer has not), all faults that nobody has seen, what a repeat can still ask for (with its agent's key
 * 24 h, else a minute), and the last 200 that were no input by hand (action_is_input()), by id; each is given away.
 */
int store_load(struct store *s, void (*each)(struct action *a, void *arg), void *arg, struct err *e);
/* The newest 1,000 inputs by hand among the last 100,000 actions that press a key or button and hold it, or let it go, and may have reached their computer; by id. */
int store_presses(struct store *s, void (*each)(const struct action *a, void *arg), void *arg, struct err *e);
/* The highest id ever used, 0 for none. */
int store_last_id(struct store *s, int64_t *ret, struct err *e);
/* Something that is not about one action, as a row of the chain: what happened, who did it, the details. */
int store_record(struct store *s, const char *what, const char *who, const char *detail, struct err *e);
/* A setting that outlives the gate, and a row of the chain that says so, or neither. value NULL: it is taken away. */
int store_set(struct store *s, const char *name, const char *value, const char *what, const char *who, const char *detail, struct err *e);
/* All settings whose names begin so. */
int store_settings(struct store *s, const char *prefix, void (*each)(const char *name, const char *value, void *arg), void *arg, struct err *e);

struct store_operator {
	const char *name, *public_key;	/* borrowed during the callback */
};
/* who: as in store_move. ERR_CONFLICT when the name or the key is taken. */
int store_enrol(struct store *s, const struct store_operator *o, const char *who, struct err *e);
int store_revoke_operator(struct store *s, const char *name, const char *who, struct err *e);	/* ERR_NOTFOUND */
int store_operators(struct store *s, void (*each)(const struct store_operator *o, void *arg), void *arg, struct err *e);
/*
 * The next change is an operator's with this signature (base64) over this text: it stands in the record with the change, or neither does. Borrowed until
 * that change, or until it is taken back with NULL. A signature that stands in the record already makes the change fail.
 */
struct store_signature {
	const char *who, *value, *text;
};
void store_sign_next(struct store *s, const struct store_signature *signature);
/* Does it stand in the record? 1, 0 or ERR_IO. */
int store_is_signed(struct store *s, const char *value, struct err *e);

struct store_note {
	int64_t id, wall_ms;		/* id: given by the store */
	const char *kind, *target, *text, *by;	/* borrowed */
};
int store_note(struct store *s, struct store_note *n, const char *who, struct err *e);
int store_notes(struct store *s, int64_t most, void (*each)(const struct store_note *n, void *arg), void *arg, struct err *e);	/* the newest, in order */
int store_label(struct store *s, const char *session, const char *label, const char *by, int64_t wall_ms, const char *who, struct err *e);	/* "": none */
int store_labels(struct store *s, void (*each)(const char *session, const char *label, void *arg), void *arg, struct err *e);
/* A rule made from a decision (core/alike.h has what is in spec). */
struct store_alike {
	int64_t id;			/* given by the store */
	const char *verdict, *spec, *words, *boot_id, *made_by;	/* borrowed */
	int64_t uses, uses_max, expires_boot_ms, made_wall_ms;
};
/* detail: for the row of the chain, which names the rule as alike:ID. */
int store_add_alike(struct store *s, struct store_alike *a, const char *who, const char *detail, struct err *e);
int store_end_alike(struct store *s, int64_t id, const char *who, const char *why, struct err *e);	/* ERR_NOTFOUND */
/* Those that have not ended; each returns below 0 for one that it cannot read. */
int store_alikes(struct store *s, int (*each)(const struct store_alike *a, void *arg), void *arg, struct err *e);
/* Their uses among the last moves, in order. */
int store_alike_uses(struct store *s, void (*each)(int64_t id, int64_t action, int64_t wall_ms, void *arg), void *arg, struct err *e);
/* An agent's actions since then, the newest first, of the last 10,000 of all; each is given away, and not described; false ends it. */
int store_actions_of(struct store *s, const char *agent, int64_t since_wall_ms, bool (*each)(struct action *a, void *arg), void *arg, struct err *e);

/* What an operator said of a budget, all of it; what l leaves open is taken away. kind: "agent" or "session". A row of the chain says so. */
int store_set_budget(struct store *s, const char *kind, const char *name, const struct budget_limits *l, const char *who, const char *detail, struct err *e);
/* Each cap that an operator gave. */
int store_budgets(struct store *s, void (*each)(const char *kind, const char *name, enum budget_cap cap, int64_t most, void *arg), void *arg, struct err *e);
/* How many actions each agent made on each path. */
int store_count_actions(struct store *s, void (*each)(const char *agent, const char *path, int64_t count, void *arg), void *arg, struct err *e);
/* The agents' actions that arrived then or later (or in the future, by a clock that was set back), in order. */
int store_arrivals(struct store *s, int64_t since_wall_ms, void (*each)(const char *agent, const char *path, int64_t wall_ms, void *arg), void *arg,
		   struct err *e);

/*
 * One of the action's pictures, which is in its file already: a row of its own for this version, and one of the chain with its digest and detail (own words).
 */
int store_screen(struct store *s, const struct action *a, enum action_screen what, const char *sha256, const struct screen_changes *changed, const char *detail,
		 struct err *e);
/* Every picture that the journal names and has not let go, once. */
int store_pictures(struct store *s, void (*each)(const char *sha256, void *arg), void *arg, struct err *e);
/*
 * Lets go the oldest pictures of actions that have ended, `most` at most, with a row of the chain that says how many: their files may be removed then.
 * each: once for each picture, before it is written; so remove nothing before this returned 0.
 */
int store_let_pictures_go(struct store *s, int most, void (*each)(const char *sha256, void *arg), void *arg, struct err *e);

/* Walks the chain, and looks whether each action is as its last move left it: 0, or ERR_INVALID with the first that does not fit. */
int store_verify(struct store *s, struct err *e);

#endif
