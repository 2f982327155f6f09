/* arm: see arm.h. */
#include "config.h"

#include "ui/arm.h"

void arm_init(struct arm *a, bool trust_answers)
{
	*a = (struct arm){ .drawn_ms = -1, .answered_ms = -1, .key_ms = INT64_MIN / 2, .silent_ms = INT64_MAX, .unanswered_ms = ARM_NO_ANSWER_MS, .trust_answers = trust_answers };
}

bool arm_select(struct arm *a, int64_t id, int64_t version)
{
	if (a->id == id && a->version == version)
		return false;
	a->id = id;
	a->version = version;
	a->drawn_ms = a->answered_ms = -1;
	return id != 0;
}

void arm_drawn(struct arm *a, int64_t now)
{
	if (a->drawn_ms < 0)
		a->drawn_ms = now;
}

void arm_answered(struct arm *a, int64_t now)
{
	if (a->drawn_ms >= 0 && a->answered_ms < 0)
		a->answered_ms = now;
}

void arm_key(struct arm *a, int64_t now)
{
	a->key_ms = now;
}

void arm_silent(struct arm *a, int64_t now)
{
	a->silent_ms = now;
}

int64_t arm_ready_at(const struct arm *a)
{
	int64_t at;

	if (a->id == 0 || a->drawn_ms < 0)
		return INT64_MAX;
	at = a->drawn_ms + a->unanswered_ms;
	if (a->trust_answers && a->answered_ms >= 0 && (a->must_answer || a->answered_ms + ARM_SHOWN_MS < at))
		at = a->answered_ms + ARM_SHOWN_MS;
	else if (a->trust_answers && a->must_answer)
		return INT64_MAX;
	return a->key_ms + ARM_QUIET_MS > at ? a->key_ms + ARM_QUIET_MS : at;
}

bool arm_shown(const struct arm *a, int64_t now)
{
	if (a->id == 0 || a->drawn_ms < 0)
		return false;
	if (!a->trust_answers)
		return now >= a->drawn_ms + ARM_SHOWN_MS;
	return a->answered_ms >= 0 || (!a->must_answer && now >= a->drawn_ms + a->unanswered_ms);
}

bool arm_ready(const struct arm *a, int64_t now)
{
	int64_t at = arm_ready_at(a);

	return now >= at && a->silent_ms >= at;
}
