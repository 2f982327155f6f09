/*
 * facts: what the gate finds out about a held action for the person who reads it: its command in parts and what each would touch as it is now, what it
 * would overwrite, what was decided before, what may be undone. For reading, and for nothing else: no rule sees it. docs/OPERATOR.md has the answer.
 */
#ifndef ASSENT_GATE_FACTS_H
#define ASSENT_GATE_FACTS_H

#include "core/command_parts.h"
#include "gate/operator.h"

/* An agent chooses the command, and what lies in its folders: all that is asked and kept for it has a bound. */
enum { FACT_PLACES_MAX = 16, FACT_ENTRIES_MAX = 8, FACT_OLD_MAX = 256 * 1024, FACT_QUESTIONS_MAX = 32, FACT_ACTIONS_MAX = 500 };

struct facts;
struct fact_question;
struct facts_record;
struct facts_target;

/* A path that is touched, and what stands there now. */
struct fact_place {
	char *path;			/* own; absolute */
	bool pattern;			/* its last segment is one */
	bool known;			/* all below is; else why tells what is missing */
	int64_t files, bytes;		/* what is there in all, folders walked */
	int64_t own, first, last;	/* files of these that the agent wrote by name, and the actions that did */
	char *entries[FACT_ENTRIES_MAX];	/* own; of a pattern: what it means, first ones */
	int64_t entry_files[FACT_ENTRIES_MAX];	/* below each that is a folder; -1: it is none, or that is not known */
	int entry_count;		/* in all */
	char why[160];
};

/* What would be overwritten. */
struct fact_write {
	char *path;			/* own; NULL: the action writes no one file */
	bool exists, asked;
	char *old;			/* own; NULL when it is no text, or too long */
	int64_t old_bytes;
	char why[160];			/* why there is no text to compare with */
};

struct facts {
	struct facts *next, **prev;
	struct gate *gate;
	struct server_req *req;		/* NULL: gone */
	int64_t action;
	int pending;			/* questions to the substrate that are not answered yet */
	struct fact_question *questions;
	int asked;			/* lists of files so far */
	struct facts_record *record;	/* own */
	struct command_parts parts;
	struct fact_place places[FACT_PLACES_MAX];
	size_t place_count;
	struct fact_write write;
	bool agent_saw;			/* a picture of the computer is known that the agent took last */
	int64_t agent_saw_boot_ms;
	int screen_same;		/* round the target, as the agent saw it; -1: not known */
	char screen_why[200];
	struct facts_target *target;	/* own; what it would hit; NULL: it acts on no screen */
};

/* facts_ask.c: asks the substrate what stands there; each answer calls facts_answered(), also where there was none. */
void facts_ask_places(struct facts *f, const struct action *a);
void facts_ask_old(struct facts *f, const struct action *a);
/* GET /computers/{its session}/desktop/WHAT; status 0: error says why there is no answer. */
void facts_ask_desktop(struct facts *f, const struct action *a, const char *what, size_t max,
		       void (*took)(struct facts *f, int status, const char *body, size_t len, const char *error));
void facts_forget_questions(struct facts *f);	/* whose calls are gone */
void facts_answered(struct facts *f);	/* facts.c */

/* facts_target.c: the window and the control that it would hit, when all is answered; what is typed into a terminal goes into parts. */
void facts_ask_target(struct facts *f, const struct action *a);
void facts_target_find(struct facts *f, const struct action *a);
void facts_put_target(const struct facts *f, const struct action *a, struct jsonw *w);
void facts_target_free(struct facts_target *t);	/* NULL is fine */

/* facts_record.c: what the record knows of the agent's newest FACT_ACTIONS_MAX actions: what it wrote by name, which hosts its commands named, what was
 * decided of the like, the last turns. */
struct facts_record *facts_record_new(struct gate *g, const struct action *a);
void facts_record_free(struct facts_record *r);	/* NULL is fine */
/* The newest action that wrote the file of this path on the action's session; 0: none that is known. */
int64_t facts_record_wrote(const struct facts_record *r, const char *path);
/* Does it know of every file that the agent wrote there? No command ran, which writes without telling, and there are no older actions. */
bool facts_record_wrote_all(const struct facts_record *r);
bool facts_record_knows_host(const struct facts_record *r, const char *host);
void facts_record_put_alike(const struct facts_record *r, struct jsonw *w);
/* The newest, in order. */
void facts_record_put_turns(const struct facts_record *r, size_t most, struct jsonw *w);

/* GET /v1/actions/{id}/facts; GET /v1/agents/{name}/turns */
void operator_get_facts(struct gate *g, struct server_req *r, const char *id);
void operator_get_turns(struct gate *g, struct server_req *r, const char *name);

#endif
