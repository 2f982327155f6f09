/* answerer: a server for fuzz targets: whoever connects is sent these bytes at once, and the connection is closed. What fails, aborts. */
#ifndef ASSENT_TESTS_ANSWERER_H
#define ASSENT_TESTS_ANSWERER_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct answerer {
	uv_loop_t *loop;
	union { uv_stream_t stream; uv_tcp_t tcp; uv_pipe_t pipe; } u;
	const uint8_t *data;	/* borrowed; set anew for each run */
	size_t size;
};

/* At 127.0.0.1; the port. It does not keep the loop running. */
int answerer_tcp(struct answerer *a, uv_loop_t *loop);
/* At this path, where nothing else may be. */
void answerer_unix(struct answerer *a, uv_loop_t *loop, const char *path);

#endif
