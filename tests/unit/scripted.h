/*
 * scripted: a server that follows a script, for tests of clients. A real socket and a thread of its own; it records every byte that it
 * gets and counts connections and requests, so that a test can say what was sent, and how often. It is no HTTP server: it answers the
 * bytes that it is told.
 */
#ifndef ASSENT_TEST_SCRIPTED_H
#define ASSENT_TEST_SCRIPTED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum step_end {
	STEP_KEEP,	/* the next step is for the next request of this connection */
	STEP_CLOSE,
	STEP_RESET,	/* RST instead of FIN */
	STEP_HANG,	/* says nothing more until the client goes */
};

/* One step for each request, in order, whatever connection it comes on; those after the last step get the last again. */
struct step {
	const char *answer;	/* NULL for none */
	size_t filler;		/* so many bytes more behind the answer */
	enum step_end end;
	bool unread;		/* act at once, without reading a request */
	bool any;		/* any bytes are a request (a TLS hello) */
};

struct scripted {
	const struct step *steps;
	size_t step_count;
	int fd, port;
	const char *unix_path;	/* NULL for TCP */
	pthread_t thread;
	atomic_int connections, requests;
	atomic_size_t sent;	/* bytes of answers that the kernel took */
	atomic_bool stopping;
	char seen[5 << 18];	/* what came, as far as it fits; read it after scripted_stop() */
	size_t seen_len;
};

/* unix_path NULL: 127.0.0.1, a free port. Ends the test when it cannot. */
void scripted_start(struct scripted *s, const struct step *steps, size_t count, const char *unix_path);
void scripted_stop(struct scripted *s);

#endif
