/* nearest: letters added, dropped or changed. See nearest.h. */
#include "config.h"

#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 32, TOO_FAR = 3 };

/* Letters to add, drop or change to make one word the other; b is at most WORD_MAX long. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], i, k;

	for (k = 0; b[k]; k++)
		row[k] = k;
	row[k] = k;
	for (i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (k = 0; b[k]; k++) {
			size_t change = diagonal + (a[i] != b[k]), add = row[k] + 1, drop = row[k + 1] + 1;

			diagonal = row[k + 1];
			row[k + 1] = change < add ? change : add;
			if (drop < row[k + 1])
				row[k + 1] = drop;
		}
	}
	return row[strlen(b)];
}

const char *nearest(const char *wrong, const char *const *known, size_t count)
{
	size_t i, best_distance = TOO_FAR;
	const char *best = NULL;

	for (i = 0; i < count && strlen(wrong) <= WORD_MAX; i++) {
		size_t n = strlen(known[i]) <= WORD_MAX ? distance(wrong, known[i]) : TOO_FAR;

		if (n < best_distance && n < strlen(known[i])) {
			best_distance = n;
			best = known[i];
		}
	}
	return best;
}
