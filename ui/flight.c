/* flight: see flight.h. */
#include "config.h"

#include "ui/flight.h"

/* A terminal that never answers gets the next one after SILENT_MS. One that does, and takes three times as long as before and some more, has lost it. */
enum { SILENT_MS = 250, LOST_MS = 2000, LOST_MAX_MS = 10000, SLOWER = 3 };

void flight_sent(struct flight *f, int64_t query, int64_t now)
{
	f->query = query;
	f->sent_ms = now;
}

int64_t flight_limit_ms(const struct flight *f, bool answers, int64_t round_ms)
{
	int64_t limit = LOST_MS + SLOWER * (f->took_ms > round_ms ? f->took_ms : round_ms);

	if (!answers)
		return SILENT_MS;
	return limit < LOST_MAX_MS ? limit : LOST_MAX_MS;
}

void flight_given_up(struct flight *f)
{
	f->query = 0;
	f->behind++;
}

bool flight_answered(struct flight *f, int64_t number, bool all)
{
	bool drawn = f->query != 0 && number + f->behind >= f->query;

	if (all)
		f->behind = 0;
	if (drawn)
		f->query = 0;
	return drawn;
}
