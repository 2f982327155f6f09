/*
 * gate: the daemon. What its parts share; each part is one file of this folder.
 *
 *   intake    agents' requests: tokens, reads passed on, everything else held
 *   bodies    bodies too long for memory
 *   listeners where agents and operators ask; entry: who asks, and who is refused; origin: which program it is
 *   askers    who waits for an answer
 *   judging   what becomes of a new action: refused at once, denied, allowed or held; op_policy: the rules that say so;
 *             alikes: rules made from decisions; budgets, costs: how much there may be
 *   executor  sends what was approved, once; snapshot: what is taken before; answer: what agents are told; kept: what is streamed to them, for the record
 *   operator  the operator API on the unix socket (docs/OPERATOR.md); operators: whose signature counts there
 *   decision, edit, freeze  what a person decides, changes, stops
 *   takeover, lease, input  a person has control of a computer, for how long, and what it does there; handback: the word for the agent behind it;
 *             op_hand: a command or a snapshot by hand
 *   pictures  what is kept of an action's screen, on disk
 *   screens   pictures that went through; screen_check: what was approved by one is sent only while the screen is the same
 *   facts     what is found out about a held action for who reads it
 *   running, ending  what still runs, and a person's own hand on it; byhand: an operator's own request
 *   approvals what MIOSA itself asks a person for; approvals_match: which action that is about
 *   presence, notes  who sits at a dashboard; what they write beside things
 *   events    numbered changes, to every dashboard
 *   feed      the upstream's sessions; sessions: the table of them; asks: what is asked for each;
 *             stream: one of its event streams, held open; follow: which are, and what their events mean
 *   news      what changed in sessions, told at most every 20 ms of each
 *   logs      what they say, as lines on disk; logs_load: what an earlier gate wrote; logscan, op_log: reading and searching them
 *   view      actions, agents, sessions as JSON; state: all of them
 */
#ifndef ASSENT_GATE_H
#define ASSENT_GATE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "core/activity.h"
#include "core/coordinates.h"
#include "core/patience.h"
#include "core/policy.h"
#include "core/presence.h"
#include "core/queue.h"
#include "io/http.h"
#include "io/server.h"
#include "io/store.h"

/* Strong mode: the gate runs as a user of its own, and its operators are those of a group. */
struct operator_group {
	gid_t gid;
	uid_t *uids;		/* own; who was in it when the gate began */
	size_t count;
};

struct gate_config {
	const char *listen_host;
	int listen_port;
	const char *upstream;	/* normalised: scheme://host[:port]/api/v1 */
	const char *state_dir;
	const char *const *allow_hosts;	/* names of the agents' listener beyond loopback, NULL-terminated; may be NULL */
	int connections_max;	/* of agents, in all */
	const char *socket_path, *agent_socket_path;
	const struct operator_group *group;	/* NULL: its own user alone */
	const char *key;	/* in locked memory, as long as the gate lives */
	const char *authorization;	/* the header's line with the key, there too: no copy is made of it here */
	int64_t hold_ms;	/* how long a person has to decide, where no rule says */
	enum coordinates coordinates;	/* what numbers of desktop actions mean there */
	int64_t takeover_idle_ms;	/* without an input for so long, control is handed back */
	bool record_typed;	/* what a person types by hand is kept as it is, not as its length */
	const char *policy_path;	/* NULL: there is no place for one */
	bool policy_asked;	/* the person named it: it has to be there */
};

#define RATE_SECONDS 60

/* Actions that were decided in one second of CLOCK_BOOTTIME. */
struct rate {
	int64_t at;
	int by_rule, by_hand;
};

struct agent {
	struct agent *next;
	char *name, *token_sha256;
	int64_t answer_within_ms;	/* 0: none */
	int64_t created_wall_ms, last_seen_boot_ms;
	int connections, refused;
	int refused_untold;
	int64_t refused_told_boot_ms;
	char *session;			/* where it acted last; "" */
	struct server_owner owner;	/* of its connections; who: this agent */
	struct patience patience;	/* of this run of the gate */
	char *stopped_by;		/* NULL: not stopped */
	bool stop_unwritten;		/* that it is stopped is not on disk yet */
	int64_t stopped_wall_ms;
};

/* One who waits for an action's answer. */
struct asker {
	struct asker *next, **prev;
	struct gate *gate;
	struct server_req *req;		/* NULL: it was told to come and fetch the answer */
	struct agent *agent;
	int64_t action;
	int64_t deadline_boot_ms;	/* INT64_MAX: none */
	bool streaming;			/* the head of a streamed answer was passed on */
};

struct session {
	struct session *next, **prev;
	struct session *next_in_table;
	enum session_kind kind;
	char *id, *name, *state, *isolation, *agent;
	int width, height;
	bool running;
	bool ready;			/* takes commands; a sandbox may run and not be so yet */
	bool live, seen;		/* live: the streams that matter are; seen: in the list that is being read */
	int64_t not_live_since_wall_ms;
	int64_t screen_seq;
	struct activity activity;
	struct log *log;		/* borrowed from the gate's logs */
	struct stream *streams;		/* own */
	bool logs_name_processes;	/* its log stream says whose lines they are: streams of processes say nothing more */
	bool files_told;		/* its events tell of files */
	bool agents_older;		/* its agent sessions are below /control */
	unsigned int news;		/* enum news, not told yet */
	struct session *next_with_news;
	unsigned int asks, has_no;	/* enum ask: to be asked for; what the substrate has not, as it said last */
	struct session *next_to_ask;
	bool in_asks;
	int64_t asks_from_boot_ms;	/* not before: one that changes all the time is asked for once a second */
	int64_t asked_boot_ms;		/* when everything was wanted last */
	int64_t told_boot_ms;		/* when it was told last */
	int64_t told_per_minute, told_event_wall_ms;	/* as they were told last, news.c */
};

/* What refusals may still be written to the log. */
struct refused_log {
	int64_t at_boot_ms, spent_ms;	/* each line costs time, which passes */
	int64_t left_out;
};

/* A person has control of a computer. */
struct takeover {
	struct takeover *next;
	char *session, *by;
	int64_t wall_ms;
	struct lease *lease;		/* own; NULL: it lasts until it is handed back, whoever comes and goes */
};

struct gate {
	uv_loop_t *loop;
	struct gate_config config;
	char origin[512];		/* of the upstream: scheme://host[:port] */
	char base_url[320];
	struct store *store;
	struct spool *spool;		/* opaque bodies: bodies.h */
	struct http *http;
	struct http *streams_http;	/* for event streams: curl goes through all connections when one is opened or closed, and of these there are thousands */
	struct server *agents_server, *local_server, *operator_server;	/* agents by TCP, agents at agent.sock, operators */
	struct queue queue;
	struct agent *agents;
	struct operators *operators;
	struct notes *notes;
	struct presence presence;
	uv_timer_t presence_tick;
	struct asker *askers;
	int64_t askers_next;		/* no asker's deadline is before this; INT64_MAX: none has one */
	int64_t patience_next;		/* nobody is expected to leave before this; INT64_MAX: nobody is */
	struct policy *policy;		/* NULL: no rules */
	char *policy_text;		/* as it was loaded */
	int64_t policy_loaded_wall_ms;
	char policy_error[512];		/* why the last reload changed nothing; "" */
	struct {
		struct rate seconds[RATE_SECONDS];
		uv_timer_t tell;
		int told_by_rule, told_by_hand;
	} rates;
	struct snapshot *snapshots;	/* being taken */
	struct sending *sendings;	/* requests under way, and results that are not on disk yet */
	struct {
		struct kept *list;
		uv_timer_t timer;
	} kept;				/* answers that are streamed now */
	struct session *sessions;	/* in the order in which they were first seen */
	struct sessions *sessions_table;
	struct events *events;
	struct news *news;
	struct asks *asks;
	struct {
		int count;		/* streams that have no answer yet */
		struct stream *first, **end;	/* those that wait to be opened; end NULL: none ever did */
	} opening;
	struct miosa_event event;	/* of a stream, being read: its memory is used again */
	struct buf event_text;
	struct feed *feed;
	struct logs *logs;
	struct log *tenant_log;		/* borrowed from logs; what happened to no session that is known */
	struct reading *readings;	/* of logs; the first has its turn */
	struct refused_log refused_log;
	struct {
		int64_t at_boot_ms, left_out;
		int room;		/* lines that may be written */
	} faults;
	struct alikes *alikes;
	struct budgets *budgets;
	struct costs *costs;
	struct approvals *approvals;
	struct picstore *pictures;	/* files: pictures.h */
	struct screens *screens;
	struct sights *sights;
	struct look *looks;		/* under way */
	struct screen_check *screen_checks;	/* the same */
	struct screen_after *screen_afters;	/* the same */
	uv_timer_t tick, trim;
	int64_t wall_offset_ms;		/* wall time less boot time, when last looked at; 0: not yet */
	struct {
		char *by;		/* own; NULL: not frozen */
		int64_t wall_ms;
		bool unwritten;		/* that it is frozen is not on disk yet */
		bool restarted;		/* by an earlier gate on this state: what screens did since is not known */
		struct frozen_screen *screens;
	} frozen;
	struct takeover *takeovers;
	struct input_call *inputs;	/* by hand: on the wire, and waiting for their turn; in order of arrival */
	struct down *downs;		/* keys and buttons that inputs hold */
	struct hand_wait *hand_waits;	/* for the ends of requests by hand */
	struct taking *takings;		/* snapshots by hand */
	struct handback *handbacks;	/* notes that agents have not got yet */
	struct running *runnings;	/* calls that ask what runs */
	struct facts *facts;		/* calls that ask for facts */
	struct pass *passes;		/* reads that are passed on now */
	bool stopping;
	char record_error[512];		/* "" while the journal can be written */
	int64_t record_error_since_wall_ms;
	bool live;			/* the upstream answers */
	int64_t not_live_since_wall_ms;
	char not_live_why[256];
	void (*stop)(struct gate *g);	/* ends the process in order */
};

/* gate.c */
int gate_start(struct gate *g, uv_loop_t *loop, const struct gate_config *c, struct err *e);
/* Connections are dropped without an answer; held actions stay held on disk. `closed` when all handles are. */
void gate_close(struct gate *g);
void gate_release(struct gate *g);	/* after the loop has ended */
/* Commits the move, then makes it, then tells. On failure nothing has moved, and nothing is to be sent. */
int gate_move(struct gate *g, struct action *a, const struct store_move *m, struct err *e);
/* An approved action needs a new yes. false: that could not be written; it is not sent, and comes back with a later pump. */
bool gate_hold_again(struct gate *g, struct action *a, const char *why);
/* Makes and tells a move that is on disk already. */
void gate_moved(struct gate *g, struct action *a, const struct store_move *m);
/* Time passed, something was decided or somebody left: carries out what is due, sends what may be sent. */
void gate_pump(struct gate *g);
/* Is all written that stands in the way of sending anything? What was frozen, stopped or taken over comes first. */
bool gate_may_send(struct gate *g);
/* The same as gate_pump(), soon: for callbacks in whose callers' hands something still is. */
void gate_kick(struct gate *g);
/* What the last write to the journal said; NULL: it went well. */
void gate_set_record_error(struct gate *g, const char *message);
/* Something about it is another one: it is told, with its agent, its budgets and its approval. */
void gate_changed(struct gate *g, const struct action *a);
/* Every held action is told anew: what stands in all of them changed. */
void gate_tell_held(struct gate *g);
/* a was denied: its askers are answered, and what its agent was allowed to do after it needs a new yes. */
void gate_after_denial(struct gate *g, struct action *a);
struct agent *gate_agent(const struct gate *g, const char *name);	/* NULL: no agent has this name, any more */
void gate_set_live(struct gate *g, bool live, const char *why);	/* why the upstream does not answer; told where it is news */
char *gate_strdup(const char *s);	/* "" for NULL; aborts when out of memory: the gate holds no half actions */

/*
 * By file. X_load(): what the journal has, at start; 0, or an error with the reason in e. X_release(): its memory, after the loop has ended; X_close():
 * before that, its timers. view_X(): as JSON, as docs/OPERATOR.md has it.
 */

/* agents.c */
int agents_load(struct gate *g, struct err *e);
/* Makes a token; it is shown this once. 0, ERR_CONFLICT, ERR_INVALID, ERR_IO. */
int agents_add(struct gate *g, const char *name, int64_t answer_within_ms, const char *who, char token[96], struct agent **ret, struct err *e);
int agents_revoke(struct gate *g, const char *name, const char *who, struct err *e);	/* who: "person:ana" */
/* The agent of whoever has this uid on this machine: made when it first asks. NULL when a person revoked it, or it cannot be written. */
struct agent *agents_of_uid(struct gate *g, uid_t uid);
/* In constant time over all agents; NULL when no agent has this token. */
struct agent *agents_find_token(const struct gate *g, const char *token);
void agents_release(struct gate *g);
/* Nothing came of a request, and why (for the log). A flood of them is told once a second. */
void agents_refused(struct gate *g, struct agent *a, const char *code);
/* Tells what has not been told; when it has to be called again, INT64_MAX for never. */
int64_t agents_tell_refused(struct gate *g, int64_t now);
bool agent_name_ok(const char *name);	/* 1 to 40 letters, digits, '_', '-' and '.'; no '-' first */

/* askers.c */
/* r NULL: told to fetch the answer. */
void asker_wait(struct gate *g, struct server_req *r, struct agent *agent, struct action *a);
/* Forgets it; the action's count of askers is the caller's. */
void asker_free(struct asker *k);
/* One who waits for the action and got no head yet, or (streaming) has got one. Answers may bring a connection's next request in at once,
 * which changes the list: so search anew after each. */
struct asker *asker_find(const struct gate *g, int64_t action, bool streaming);
/* Closes their connections without an answer. */
void askers_drop(struct gate *g, struct action *a);
void askers_drop_agent(struct gate *g, const struct agent *agent);	/* the same for all that the agent waits for */
/* What is streamed to them from this session ends here; the gate reads it to its end all the same. */
void askers_drop_streams(struct gate *g, const char *session);
void askers_answer_deadlines(struct gate *g, int64_t now);	/* and sets g->askers_next */

/* patience.c */
void patience_asked(struct gate *g, struct action *a, const struct agent *agent, const struct http_head *h);	/* for a by this request */
void patience_ended(struct gate *g, const struct action *a);
/* Who waits longer than was expected is not expected to leave any more; sets g->patience_next. */
void patience_look(struct gate *g, int64_t now);

/* listeners.c */
/* For agents and for operators. ERR_IO, with the address and what to do. */
int listeners_open(struct gate *g, struct err *e);
void listeners_close(struct gate *g, void (*closed)(void *arg));	/* `closed` is called, later, for each */
/* Closes the agent's connections. */
void listeners_drop(struct gate *g, const struct agent *agent);

/* entry.c: server_config's on_head and on_refused of the agents' listeners */
bool entry_head(struct server_req *r, void *arg);
void entry_refused(const char *peer, const char *why, void *arg);

/* origin.c: the program that asks, as the kernel says; own; NULL where it is not known (TCP). */
char *origin_of(const struct server_req *r);

/* intake.c */
/* Every request of an agent, whole: passed, refused, joined, held or judged. arg: the gate. */
void intake_request(struct server_req *r, void *arg);

/* executor.c */
void executor_pump(struct gate *g);	/* sends what may be sent now, and records what could not be written before */
void executor_release(struct gate *g);	/* after the loop has ended */
/* Is its answer being read still, although it is done by its head? */
bool executor_is_streaming(const struct gate *g, int64_t action);

/* A new action of the operator's own: on disk as sent, in the hand of `who` ("person:ana"), then sent. typed (NULL for none): sent in place of its body; taken.
 * On failure a is the caller's still, and nothing is sent. */
int executor_send_by_hand(struct gate *g, struct action *a, struct buf *typed, const char *who, const char *detail, struct err *e);

/* op_hand.c */
int64_t hand_tick(struct gate *g, int64_t now);	/* answers who has waited long enough; when to look again, INT64_MAX for never */
void hand_release(struct gate *g);

/* handback.c: what a person who had control wants the agent to know, with its next answer on that session */
int handback_load(struct gate *g, struct err *e);
void handback_release(struct gate *g);
/* In place of what waited there. ERR_IO: it is not on disk, and not said. */
int handback_set(struct gate *g, const char *session, const char *note, const char *who, struct err *e);
/* The note, once, own; NULL: there is none. with: for the record, as "the answer of action 41". */
char *handback_take(struct gate *g, const char *session, const char *with);

/* running.c */
void running_release(struct gate *g);	/* after the loop has ended */

/* facts.c */
void facts_release(struct gate *g);	/* after the loop has ended */

/* freeze.c */
int freeze_load(struct gate *g, struct err *e);
void freeze_release(struct gate *g);
/* What was approved before everything, or its agent, was stopped is held again, and what has to come back for another reason. false: not all could be
 * written, so nothing may be sent. */
bool freeze_bring_back(struct gate *g);

/* snapshot.c */
/* Has a snapshot to be taken before a is sent? Then it is asked for, or a is held again where it cannot be; or neither, while nothing can be written. */
bool snapshot_first(struct gate *g, struct action *a);
/* The id of the snapshot that this answer is about, own; NULL when it names none, or says that it failed. */
char *snapshot_id(const char *answer, size_t len);
void snapshots_release(struct gate *g);	/* after the loop has ended */

/* rates.c */
void rates_init(struct gate *g);
void rates_close(struct gate *g);
void rates_count(struct gate *g, const struct action *a);	/* it was just approved or denied */
/* Decisions of the last minute. */
void rates_now(const struct gate *g, int *ret_by_rule, int *ret_by_hand);

/* op_policy.c */
int rules_load(struct gate *g, struct err *e);
void rules_release(struct gate *g);
void view_policy(const struct gate *g, struct jsonw *w);

/* takeover.c */
#define TAKEOVER_ACTIVE "takeover_active"	/* code for agents; the error of an action that ended so */
int takeover_load(struct gate *g, struct err *e);
void takeover_release(struct gate *g);
/* NULL: nobody has control of it. */
struct takeover *takeover_of(const struct gate *g, const char *session);
/* attached: it lasts as long as its lease (lease.h). ERR_INVALID: no computer; ERR_CONFLICT: another has it; ERR_IO. Fine when this person has it. */
int takeover_begin(struct gate *g, const struct session *s, const char *by, bool attached, struct err *e);
/* Ends what is over by its lease. When to look again; INT64_MAX: there is nothing to look at. */
int64_t takeover_tick(struct gate *g, int64_t now);
void view_takeover(const struct gate *g, const char *session, struct jsonw *w);
/* What is held where a person has control ends. false: not all could be written, so nothing may be sent. */
bool takeover_end_held(struct gate *g);

/* operator.c */
/* Every call of the operator's socket, whole. arg: the gate. */
void operator_request(struct server_req *r, void *arg);

/* operators.c */
int operators_load(struct gate *g, struct err *e);
void operators_release(struct gate *g);
int operators_count(const struct gate *g);	/* enrolled */
void view_operators(const struct gate *g, struct jsonw *w);

/* presence.c */
void presence_start(struct gate *g);
void presence_close(struct gate *g);
void presence_left(struct gate *g, int64_t process);	/* a reader of the events */
void view_presence(const struct gate *g, struct jsonw *w);

/* notes.c */
int notes_load(struct gate *g, struct err *e);
void notes_release(struct gate *g);
void view_notes(const struct gate *g, struct jsonw *w);
/* What operators call this session; NULL for nothing. Borrowed. */
const char *gate_label(const struct gate *g, const char *session);

/* pass.c: a read of the substrate, passed on. c: what is asked for; agent: who asks, and is not shown what leads past the gate; NULL: the operator. */
void pass_read(struct gate *g, struct server_req *r, const struct agent *agent, const struct classified *c);
/* Agents' reads of this session end here. */
void pass_cut(struct gate *g, const char *session);

/* wallclock.c: records a jump of the wall clock since the last look. */
void wallclock_look(struct gate *g);

/* view.c */
void view_action(const struct gate *g, const struct action *a, struct jsonw *w);
void view_agent(const struct gate *g, const struct agent *a, struct jsonw *w);
void view_session(const struct gate *g, const struct session *s, struct jsonw *w);
void view_gate(const struct gate *g, struct jsonw *w);
/* The key, and null, or who did it and when. */
void view_who(struct jsonw *w, const char *key, const char *by, int64_t wall_ms);
/* "sent": the ids of what is on the wire, of one session, or of all (NULL). */
void view_sent(const struct gate *g, const char *session, struct jsonw *w);

/* events.c */
struct events *events_new(struct gate *g);
void events_close(struct events *ev);	/* its timer */
void events_free(struct events *ev);	/* after the loop has ended */
int64_t events_seq(const struct events *ev);	/* the number of the newest event */
bool events_have_readers(const struct events *ev);	/* is anybody subscribed? */
/* To all subscribers, with the next number; kept for those who come again. data: JSON without a line break. */
void events_publish(struct events *ev, const char *type, const char *data, size_t len);
/* What is published from now on is written with events_flow(), all at once: for many at a time. */
void events_hold(struct events *ev);
void events_flow(struct events *ev);	/* what was held back goes out */
/* Takes the request over as a stream. */
void events_subscribe(struct events *ev, struct server_req *r, int64_t after);
/* Each as it is now; and that one of a list is there no more (docs/OPERATOR.md names the kinds). */
void events_action(struct gate *g, const struct action *a);
void events_agent(struct gate *g, const struct agent *a);
void events_session(struct gate *g, const struct session *s);
void events_gate(struct gate *g);
void events_gone(struct gate *g, const char *kind, const char *id);

/* feed.c */
/* A GET of the upstream with our key; the path is below /api/v1. NULL when out of memory. */
struct http_call *feed_get(struct gate *g, const char *path, const char *last_event_id, struct http_spec *spec);
/* The same for an event stream that is there, as far as is known. */
struct http_call *feed_get_stream(struct gate *g, const char *path, const char *last_event_id, struct http_spec *spec);
/* Both lists are read again, soon. */
/* Why the lists that it answers with are of no use; "" while they are. */
const char *feed_why(const struct feed *f);
void feed_poll_soon(struct feed *f);
/* Something that went through the gate may have changed the session: it is asked for, soon. id: "" is fine. */
void feed_look(struct gate *g, const char *id);
struct feed *feed_new(struct gate *g);
void feed_close(struct feed *f);
void feed_free(struct feed *f);

/* sessions.c */
/* In constant time; NULL when the upstream has none with this id. */
struct session *feed_session(const struct gate *g, const char *id);

#endif
