/* prompt: one line that is typed: words for the agent, a name that confirms, a passphrase, a note, a number. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "ui/dash.h"

/* On 1 to 9 while words are typed, where assent.conf has none. */
static const char *const phrases[] = {
	"Not now. Wait until I ask you to.", "Not that; choose a smaller step.", "Stay inside your workspace.", "Ask a person to do this by hand.",
	"Show me first what it would change.", "Wrong place: look at the screen again.",
};

const char *const *prompt_phrases(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(phrases);
	return phrases;
}

void dash_prompt_open(struct dashboard *d, enum dash_prompt prompt)
{
	const struct model_action *a = dash_selected(d);

	d->prompt = prompt;
	if (prompt != PROMPT_NONE)
		d->message[0] = '\0';	/* it would be there again behind the prompt, about a key before it */
	d->typed_id = a ? a->id : 0;
	d->typed_version = a ? a->version : 0;
	memset(d->line, 0, sizeof(d->line));
}

static void erase(char *line)
{
	size_t n = strlen(line);

	while (n > 0 && ((unsigned char)line[--n] & 0xc0) == 0x80)
		;
	line[n] = '\0';
}

static void insert(struct dashboard *d, uint32_t cp)
{
	char utf8[4];
	size_t n = utf8_encode(cp, utf8), len = strlen(d->line);

	if (cp >= 0x20 && cp != 0x7f && cp < KEY_SPECIAL && len + n < sizeof(d->line)) {
		memcpy(d->line + len, utf8, n);
		d->line[len + n] = '\0';
	}
}

const char *prompt_word(const struct model_action *a)
{
	return a->session_name[0] ? a->session_name : a->kind;
}

/* What the words are about; NULL when that is over: it ended, or another one is selected. */
static const struct model_action *typed_about(const struct dashboard *d)
{
	const struct model_action *a = dash_selected(d);

	return a && a->id == d->typed_id && model_is_held(a) ? a : NULL;
}

/* Words and names are about the action, and a name about its version, that they were begun for. Words that come too late stay to be read. */
static void end_decision(struct dashboard *d, enum dash_prompt prompt, int64_t now, struct dash_request *ret)
{
	const struct model_action *a = typed_about(d);

	if (!a) {
		dash_say(d, now, "%lld was decided meanwhile", (long long)d->typed_id);
		if (prompt == PROMPT_WORDS)
			d->prompt = PROMPT_WORDS;
	} else if (prompt == PROMPT_WORDS && d->view == VIEW_ALIKE) {
		snprintf(d->form.words, sizeof(d->form.words), "%s", d->line);	/* they go out with the rule */
	} else if (prompt == PROMPT_WORDS) {
		decide_ask(a, DECIDE_DENY, ret);
		snprintf(ret->note, sizeof(ret->note), "%s", d->line);
	} else if (strcmp(d->line, prompt_word(a)) != 0) {
		dash_say(d, now, "that is not its session's name: nothing was decided");
	} else if (a->version != d->typed_version || d->seen_id != a->id || d->seen_version != a->version) {
		dash_say(d, now, "%lld changed meanwhile: look again", (long long)a->id);
	} else if (!decide_gate_answers(d, now)) {
		;
	} else if (d->view == VIEW_ALIKE) {
		decide_with_alike(d, a, ret);
	} else {
		decide_ask(a, DECIDE_APPROVE, ret);
		ret->ahead = a->waits_for != 0;
	}
}

static void end_cap(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	struct buf b;
	struct jsonw w;
	char *end;
	long long cap = strtoll(d->line, &end, 10);

	if (!d->line[0] || *end || cap < 1 || cap > 1000000) {
		dash_say(d, now, "that is no number of actions: nothing was changed");
		return;
	}
	buf_init(&b, 4096);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "kind", "agent");
	jw_kstr(&w, "name", d->target);
	jw_kint(&w, "actions", cap);
	jw_end(&w, '}');
	dash_call(ret, "POST", buf_take(&b), "/v1/budgets");
}

static void end_prompt(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	enum dash_prompt prompt = d->prompt;

	d->prompt = PROMPT_NONE;
	switch (prompt) {
	case PROMPT_WORDS:
	case PROMPT_CONFIRM:
		end_decision(d, prompt, now, ret);
		break;
	case PROMPT_PASSPHRASE:
		/* It stays in the line until it was tried: the caller wipes it. */
		ret->type = REQUEST_UNLOCK;
		return;
	case PROMPT_NOTE:
		if (d->line[0])
			dash_call(ret, "POST", dash_json("kind", d->of_session ? "session" : "agent", "target", d->target, "text", d->line, NULL), "/v1/notes");
		break;
	case PROMPT_CAP:
		end_cap(d, now, ret);
		break;
	case PROMPT_UNFREEZE:
		if (strcmp(d->line, "unfreeze") == 0)
			dash_call(ret, "POST", NULL, "/v1/unfreeze");
		else
			dash_say(d, now, "still frozen");
		break;
	case PROMPT_MIOSA:
		approvals_confirmed(d, now, ret);
		break;
	case PROMPT_MANY:
		many_end(d, now, ret);
		break;
	case PROMPT_RUN:
		run_end(d, now, ret);
		break;
	case PROMPT_HAND_BACK:
	case PROMPT_LINE:
	case PROMPT_CLIPBOARD:
	case PROMPT_HOLD:
		hand_end_line(d, prompt, now, ret);
		break;
	case PROMPT_FILTER:
		snprintf(d->filter, sizeof(d->filter), "%.*s", (int)utf8_valid_length(d->line, strnlen(d->line, sizeof(d->filter) - 1)), d->line);
		break;
	case PROMPT_SEARCH:
		log_end_search(d, now);
		break;
	case PROMPT_ONLY:
		log_end_only(d, now);
		break;
	case PROMPT_SAVE_LOG:
		if (d->line[0]) {
			ret->type = REQUEST_SAVE_LOG;
			snprintf(ret->note, sizeof(ret->note), "%s", d->line);
		}
		break;
	case PROMPT_NONE:
	case PROMPT_COUNT:
		break;
	}
}

/* A digit is a phrase only where nothing was typed yet. */
static bool takes_phrases(const struct dashboard *d)
{
	return d->prompt == PROMPT_WORDS && !d->line[0];
}

/* Words that let nothing happen. */
static bool is_harmless(enum dash_prompt prompt)
{
	return prompt == PROMPT_SEARCH || prompt == PROMPT_ONLY || prompt == PROMPT_SAVE_LOG || prompt == PROMPT_FILTER;
}

/* Words of the person's own, that are about no action. */
static bool is_by_hand(enum dash_prompt prompt)
{
	return prompt == PROMPT_RUN || prompt == PROMPT_HAND_BACK || prompt == PROMPT_LINE || prompt == PROMPT_CLIPBOARD || prompt == PROMPT_HOLD;
}

void prompt_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	if (ev->type == INPUT_PASTE) {
		/* Pasted text is words to be sent, or a passphrase; never a word that lets something happen. */
		if (d->prompt == PROMPT_WORDS || d->prompt == PROMPT_PASSPHRASE || d->prompt == PROMPT_NOTE || is_harmless(d->prompt) || is_by_hand(d->prompt))
			insert(d, ev->code);
		return;
	}
	if (ev->code == KEYS_ESCAPE || ev->code == ('c' & 0x1f)) {
		if (!is_harmless(d->prompt) && !is_by_hand(d->prompt))
			dash_say(d, now, "nothing was decided");
		dash_prompt_open(d, PROMPT_NONE);
	} else if (d->prompt == PROMPT_SEARCH && log_search_key(d, ev->code)) {
		;
	} else if (ev->code == KEYS_ENTER) {
		end_prompt(d, now, ret);
	} else if (ev->code == KEYS_BACKSPACE) {
		erase(d->line);
	} else if (ev->code == ('u' & 0x1f)) {
		memset(d->line, 0, sizeof(d->line));
	} else if (takes_phrases(d) && ev->code >= '1' && ev->code - '1' < d->phrase_count) {
		snprintf(d->line, sizeof(d->line), "%s", d->phrases[ev->code - '1']);
	} else {
		insert(d, ev->code);
	}
}

/* What the digits would type, above the line. */
static void put_phrases(const struct dashboard *d, struct cells *c, const struct rect *bar)
{
	struct rect r = { bar->x, bar->y - (int)d->phrase_count, bar->width, (int)d->phrase_count };
	int i, x;

	cells_fill(c, &r, STYLE_NORMAL);
	for (i = 0; i < r.height; i++) {
		x = cells_putf(c, &r, r.x + 1, r.y + i, STYLE_BOLD, "%d ", i + 1);
		cells_foreign(c, &r, x, r.y + i, STYLE_NORMAL, SAFETEXT_PROSE, d->phrases[i], strlen(d->phrases[i]));
	}
}

/* From where on so much room is enough for all of a line: its end is what is being typed. */
static size_t tail_of(const char *line, int room)
{
	size_t len = strlen(line), pos = 0;
	struct safetext_glyph g;
	int width = 0;

	while (safetext_next(line, len, &pos, SAFETEXT_PROSE, &g))
		width += g.cells;
	pos = 0;
	while (width > room && safetext_next(line, len, &pos, SAFETEXT_PROSE, &g))
		width -= g.cells;
	return pos;
}

/*
 * How one freezes from here, at the right; on the row above where what is asked leaves no room for it. Control of a computer says so below.
 * Returns the part of the row that is left.
 */
static struct rect put_freeze(const struct dashboard *d, struct cells *c, const struct rect *r, int x)
{
	enum { TYPED_MIN = 8 };
	static const char how[] = " Ctrl-] F FREEZE";
	struct rect left = *r;
	int at = r->x + r->width - 1 - (int)strlen(how);
	bool fits = x + TYPED_MIN <= at;

	if (d->view == VIEW_HAND || d->prompt == PROMPT_UNFREEZE)
		return left;
	if (fits)
		left.width = at - r->x;
	left.y = fits ? r->y : r->y - 1;
	cells_put(c, &(struct rect){ r->x, left.y, r->width, 1 }, at, left.y, STYLE_BOLD, how);
	left.y = r->y;
	return left;
}

/* What was typed. Returns the column behind it, which is in the row. */
static int put_line(const struct dashboard *d, struct cells *c, const struct rect *r, int x)
{
	int room = r->x + r->width - 1 - x;
	size_t from = tail_of(d->line, room);

	if (from > 0) {
		x = cells_put(c, r, x, r->y, STYLE_DIM, "<");
		from = tail_of(d->line, room - 1);
	}
	return cells_foreign(c, r, x, r->y, STYLE_WAIT, SAFETEXT_PROSE, d->line + from, strlen(d->line + from));
}

static int put_session(const struct dashboard *d, struct cells *c, const struct rect *r, int x, const char *id)
{
	const struct model_session *s = model_find_session(d->model, id);
	const char *name = s ? s->name : id;
	struct rect room = { x, r->y, 40, 1 };

	return cells_foreign(c, &room, x, r->y, STYLE_WAIT, SAFETEXT_IDENT, name, strlen(name));
}

void view_prompt(const struct dashboard *d, struct cells *c, const struct rect *r)
{
	const struct model_approval *p = approvals_selected(d);
	const struct model_action *a = typed_about(d);
	bool wide = r->width >= 100;	/* else what is typed needs the room */
	char word[128];
	size_t i;
	struct rect left;
	int x = 1;

	cells_fill(c, r, STYLE_WAIT);
	switch (d->prompt) {
	case PROMPT_WORDS:
		if (takes_phrases(d))
			put_phrases(d, c, r);
		if (typed_about(d) && d->view == VIEW_ALIKE)
			x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "what the agent is told (1 to %zu: phrases; Enter; Esc): " : r->width >= 80 ? "words for it (1-%zu; Enter; Esc): " : "words for it (1-%zu): ", d->phrase_count);
		else if (typed_about(d))
			x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "deny %lld with words (1 to %zu: phrases; Enter; Esc): " : r->width >= 80 ? "deny %lld with words (1-%zu; Enter; Esc): " : "deny %lld with words (1-%zu): ", (long long)d->typed_id, d->phrase_count);
		else
			x = cells_putf(c, r, 1, r->y, STYLE_ALERT, "%lld IS DECIDED; these words go nowhere (Esc): ", (long long)d->typed_id);
		break;
	case PROMPT_CONFIRM:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "%s: to approve %lld type %.60s and Enter (Esc: no): " : r->width >= 80 ? "%s: to approve %lld type %.60s (Esc: no): " : "%s: %lld: type %.60s (Esc: no): ",
			       a && !model_is_risky(a) ? wide ? "NOT KNOWN WHAT IT HITS" : "NOT KNOWN" : "RISKY", (long long)d->typed_id, a ? prompt_word(a) : "(it is decided)");
		break;
	case PROMPT_PASSPHRASE:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, "your passphrase (Enter; Esc): ");
		break;
	case PROMPT_NOTE:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "note on %s%.40s, for all operators (Enter; Esc): " : "note on %.0s%.20s (Enter; Esc): ", d->of_session ? "session " : "agent ", d->target);
		break;
	case PROMPT_CAP:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "how many actions may %.40s take in all (Enter; Esc): " : "cap of %.20s (Enter; Esc): ", d->target);
		break;
	case PROMPT_UNFREEZE:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "type unfreeze and Enter to let things be sent again (Esc: no): " : "type unfreeze and Enter to go on (Esc: no): ");
		break;
	case PROMPT_MIOSA:
		if (p && approvals_word(d, p, word))
			x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "to approve %.40s type %.60s and Enter (Esc: no): " : r->width >= 80 ? "to approve %.40s type %.60s (Esc: no): " : "%.40s: type %.60s (Esc: no): ", p->id, word);
		break;
	case PROMPT_MANY:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "%zu together: %zua for yes, %zud for no, Enter (Esc): " : "%zu together: %zua yes, %zud no (Esc): ", d->marked_count,
			       d->marked_count, d->marked_count);
		break;
	case PROMPT_FILTER:
		x = cells_put(c, r, 1, r->y, STYLE_WAIT, wide ? "list only what has this text (Enter; none: all; Esc): " : r->width >= 80 ? "only what has this text (none: all): " : "only what has (none: all): ");
		break;
	case PROMPT_RUN:
		x = cells_put(c, r, 1, r->y, STYLE_WAIT, "run in ");
		x = put_session(d, c, r, x, d->run_in);
		x = cells_put(c, r, x, r->y, STYLE_WAIT, " (Enter; Esc): ");
		break;
	case PROMPT_HAND_BACK:
		x = cells_put(c, r, 1, r->y, STYLE_WAIT, wide ? "hand it back; words for the agent, or none (Enter; Esc: not yet): " : "hand back; words for the agent: ");
		break;
	case PROMPT_LINE:
		x = cells_put(c, r, 1, r->y, STYLE_WAIT, wide ? "a line (Enter types it, an empty one is Return; Esc): " : "a line (empty: Return): ");
		break;
	case PROMPT_CLIPBOARD:
		x = cells_put(c, r, 1, r->y, STYLE_WAIT, wide ? "into its clipboard: paste, or type (Enter; Esc): " : "into its clipboard: ");
		break;
	case PROMPT_HOLD:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, wide ? "a key and how many seconds it is held, up to %d, as \"w 3\" (Enter; Esc): " : "hold (\"w 3\", up to %d s): ", HAND_HOLD_MAX_S);
		break;
	case PROMPT_SEARCH:
		x = cells_putf(c, r, 1, r->y, STYLE_WAIT, "%s for %s (^R), %s (^T): ", d->wanted.up ? "look above" : "look below",
			       !d->wanted.regex ? "a text" : wide ? "a REGULAR EXPRESSION" : "a REGEX", d->wanted.any_case ? "ANY CASE" : "case counts");
		break;
	case PROMPT_ONLY:
		x = cells_put(c, r, 1, r->y, STYLE_WAIT, wide ? "only these sessions (names, commas; none: all; Esc): " : r->width >= 80 ? "only sessions (a, b; none: all): " : "only (a, b; none: all): ");
		break;
	case PROMPT_SAVE_LOG:
		x = cells_put(c, r, 1, r->y, STYLE_WAIT, wide ? "write this log into the new file (Enter; Esc): " : "write into the new file: ");
		break;
	case PROMPT_NONE:
	case PROMPT_COUNT:
		return;
	}
	left = put_freeze(d, c, r, x);
	if (d->prompt == PROMPT_PASSPHRASE)
		for (i = 0; i < strlen(d->line); i++)
			x = cells_put(c, &left, x, r->y, STYLE_WAIT, "*");
	else
		x = put_line(d, c, &left, x);
	c->cursor_x = x < left.width ? x : left.width - 1;
	c->cursor_y = r->y;
}
