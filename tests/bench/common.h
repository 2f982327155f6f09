/* common: what the benches share: a clock, percentiles, and a journal to move actions in. A fault ends the program. */
#ifndef ASSENT_BENCH_COMMON_H
#define ASSENT_BENCH_COMMON_H

#include <stddef.h>
#include <stdint.h>

struct store;

_Noreturn void die(const char *what);
int64_t now_ns(void);

/* The n-th percent of ns, which it sorts, in microseconds. */
double percentile(int64_t *ns, int n, int percent);
/* The middle one of n > 0 sizes, which it sorts. */
size_t median(size_t *sizes, int n);

struct store *journal_open(const char *dir);

/* A new action, held; then how long each of its next two moves takes. */
void journal_round(struct store *s, int64_t *approved_ns, int64_t *sent_ns);

#endif
