/* wire: talking to a gate as an agent and as the operator, blocking, over one connection each. A fault ends the program. */
#ifndef ASSENT_BENCH_WIRE_H
#define ASSENT_BENCH_WIRE_H

#include <stddef.h>

/* The operator's socket at path; or, when that is NULL, the agents' port on the loopback. */
int connect_gate(const char *path, int port);

/* token: of an agent, or "-". */
void send_request(int fd, const char *method, const char *host, const char *path, const char *token, const char *body);

/* A whole answer; its body, NUL-terminated, borrowed until the next. ret_len may be NULL. */
const char *read_answer(int fd, int *ret_status, size_t *ret_len);

#endif
