/* card: see card.h. */
#include "config.h"

#include "ui/card.h"

#include <stdio.h>
#include <string.h>

static void drop_facts(struct card *k)
{
	diff_release(&k->diff);
	card_facts_release(&k->facts);
	k->has_facts = k->has_diff = false;
	k->why[0] = '\0';
}

void card_release(struct card *k)
{
	drop_facts(k);
	card_body_release(&k->body);
	k->id = 0;
}

void card_follow(struct card *k, const struct model_action *a)
{
	if (a ? k->id == a->id && k->version == a->version && strcmp(k->digest, a->digest) == 0 : k->id == 0)
		return;
	card_release(k);
	k->asked_boot_ms = INT64_MIN / 2;
	if (!a)
		return;
	k->id = a->id;
	k->version = a->version;
	snprintf(k->digest, sizeof(k->digest), "%s", a->digest);
	card_body_read(a, &k->body);
}

/* Each by its state's length too: one that is being made becomes one that is. */
void card_session(struct card *k, const struct model_session *s)
{
	size_t i, now = 0;

	for (i = 0; s && i < s->snapshot_count; i++)
		now = now * 31 + strlen(s->snapshots[i].status) + 1;
	if (k->has_facts && now != k->snapshots)
		k->again = true;
	k->snapshots = now;
}

int64_t card_ask(struct card *k, const struct model_action *a, int64_t now)
{
	card_follow(k, a);
	if (!a || !model_is_held(a) || k->asked_id || (k->has_facts && !k->again && !k->facts.missing[0]) || now - k->asked_boot_ms < CARD_AGAIN_MS)
		return 0;
	k->again = false;
	k->asked_id = a->id;
	k->asked_boot_ms = now;
	return a->id;
}

bool card_is_of(const struct card *k, const struct model_action *a)
{
	return k->id == a->id && k->version == a->version;
}

bool card_screen_changed(const struct card *k, const struct model_action *a)
{
	return card_is_of(k, a) && k->has_facts && k->facts.has_screen && k->facts.screen_known && !k->facts.screen_same;
}

size_t card_risks_now(const struct card *k, const struct model_action *a)
{
	return card_is_of(k, a) && k->has_facts ? k->facts.risk_count : 0;
}

static void compare(struct card *k)
{
	const struct card_facts *f = &k->facts;
	const char *old = f->write_old ? f->write_old : "", *new = k->body.box_count ? k->body.boxes[0].text : "";

	if (f->has_write && (f->write_old || !f->write_exists) && (k->body.box_count == 1 || k->body.empties))
		k->has_diff = diff_texts(old, strlen(old), new, k->body.box_count ? k->body.boxes[0].len : 0, &k->diff) == 0;
}

void card_screen(struct card *k, const struct model_action *a, const struct model *m)
{
	const struct model_session *s = a ? model_find_session(m, a->session) : NULL;

	if (!s || strcmp(s->kind, "computer") != 0 || s->screen_seq == k->screen_seq)
		return;
	k->screen_seq = s->screen_seq;
	k->again = true;
}

void card_answer(struct card *k, struct model *m, struct model_action *a, int status, const char *body, size_t len, int64_t now)
{
	int64_t asked = k->asked_id;
	struct card_facts f;
	struct err e;

	k->asked_id = 0;
	card_follow(k, a);
	if (!a || asked != a->id)
		return;
	if (status != 200) {
		if (status)
			snprintf(k->why, sizeof(k->why), "the gate answered %d", status);
		else
			snprintf(k->why, sizeof(k->why), "%.*s", (int)(len < 150 ? len : 150), body);
		return;
	}
	if (card_facts_read(body, len, &f, &e) < 0) {
		snprintf(k->why, sizeof(k->why), "%.150s", e.msg);
		return;
	}
	if (f.action != a->id || f.version != a->version) {
		card_facts_release(&f);
		k->asked_boot_ms = INT64_MIN / 2;	/* at once */
		return;
	}
	drop_facts(k);
	k->facts = f;
	k->has_facts = true;
	k->facts_boot_ms = now;
	if (f.risk_count > 0 || !f.missing[0])	/* else it stays what it was */
		model_found(m, a, f.risk_count > 0);
	compare(k);
}
