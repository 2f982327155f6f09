/*
 * storm: a gate under load that is killed again and again (F15, F16 of docs/HACKING.md), and a checker that compares what the upstream got, what
 * the robots were told and what the journal says.
 *
 *   storm.c    rounds: start, load, kill; the summary
 *   load.c     the agents and the operator, one thread each; they go on while the gate is dead
 *   checker.c  the rules, after each kill
 *   wire.c     HTTP as plain as can be, none of it the gate's own
 */
#ifndef ASSENT_STORM_H
#define ASSENT_STORM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"

#define STORM_KEY "msk_storm_key_of_the_upstream_0123456789"	/* the upstream's key: it may be in no file and no answer */

enum { STORM_AGENTS = 6, STORM_SESSIONS = 5 };

/* xorshift: each thread has its own, made of the run's seed. */
struct rng { uint64_t state; };
uint32_t rng_below(struct rng *r, uint32_t n);

/* ---- wire.c ---- */
struct answer {
	int status;		/* 0: none came */
	bool whole;
	int64_t action;		/* Assent-Action, 0 for none */
	struct buf body;
};
int wire_tcp(int port);			/* a descriptor, or -1 */
int wire_unix(const char *path);
bool wire_send(int fd, const void *data, size_t len);
/* Until the answer is whole, the connection ends, or nothing came for timeout_ms (0: never). */
void wire_read(int fd, struct answer *a, int timeout_ms);
/* One call of the operator API on a connection of its own; body NULL: GET. */
void wire_operator(const char *socket, const char *method, const char *path, const char *body, struct answer *a);

/* ---- load.c ---- */
/* What a robot was told, and the journal has to know. */
struct told {
	int64_t action;
	char code[32];		/* "done", or the error's code */
};
struct acked {
	int64_t action;
	int version;
	bool approve;
	char digest[DIGEST_HEX + 1];
};
struct load {
	int port;		/* of the gate */
	const char *socket;
	uint64_t seed;
	int batch;
	char tokens[STORM_AGENTS][128];
	pthread_t agents[STORM_AGENTS], operator;
	volatile bool stop;
	pthread_mutex_t lock;	/* of all below */
	struct told *told;
	size_t told_count, told_cap;
	struct acked *acked;
	size_t acked_count, acked_cap;
	int64_t asked, repeated, joined_or_recorded, refused_decisions, pending;
	char violation[512];	/* "" while all is well */
};
/* Makes the agents (of a gate that answers) and starts the threads. */
bool load_start(struct load *l, int port, const char *socket, uint64_t seed, int batch);
void load_stop(struct load *l);		/* of a gate that is dead: all connections have ended */
void load_release(struct load *l);

/* ---- checker.c ---- */
struct tally {
	int64_t rounds, checks;
	int64_t hit_idle, hit_held, hit_approved, hit_sent;	/* kills with at least one action in that state on disk */
	int64_t states[16];	/* actions by their state when their batch ended: enum action_state */
	int64_t whole, cut;	/* requests at the upstream */
	int64_t told, acked, moves;
};
struct checker {
	const char *state, *copy, *upstream;	/* folders; copy is where the journal is looked at */
	struct load *load;
	struct tally *tally;
	struct snapshot *before;	/* the journal at the kill before this one, of the same batch */
	bool served;		/* the gate between the two came as far as answering */
	char why[1024];
};
/* After a kill, before the next start. last: of this batch. false: why says what is wrong. */
bool check_round(struct checker *c, bool last);
void checker_forget(struct checker *c);		/* before another batch */

#endif
