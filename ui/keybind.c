/* keybind: keys of one's own in place of the program's, and what must not be bound. See keymap.h. */
#include "config.h"

#include "ui/keymap.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "core/safetext.h"

#define CTRL(c) ((c) & 0x1f)
#define OWN_KEYS_MAX 6

/* Keys that say what they do, are typed, or that the terminal keeps for itself: they stay where they are. */
static bool is_fixed(uint32_t key)
{
	static const uint32_t fixed[] = { ' ', CTRL('c'), CTRL('z'), CTRL('s'), CTRL('q'), CTRL('h'), CTRL('i'), CTRL('j'), CTRL('m'), CTRL('['), CTRL(']') };
	size_t i;

	if (key > KEY_SPECIAL && !(key >= KEYS_F1 && key <= KEYS_F12))
		return true;
	if (key >= '0' && key <= '9')
		return true;
	for (i = 0; i < ARRAY_LEN(fixed); i++)
		if (key == fixed[i])
			return true;
	return false;
}

/* The lists of agents and of what still runs have these for themselves; the other one is the action that may have it all the same. */
static const struct { uint32_t key; enum intent may; const char *what; } of_lists[] = {
	{ 'k', INTENT_UP, "it ends what still runs, in the list of that" }, { 'K', INTENT_NONE, "it pauses what still runs, in the list of that" },
	{ 'u', INTENT_UNFOLD, "it lets a stopped agent go on, in the list of agents" }, { 'x', INTENT_SEEN, "it ends a rule, in the list of agents" },
};

static bool decides(enum intent intent)
{
	return intent == INTENT_APPROVE || intent == INTENT_DENY || intent == INTENT_DECIDE_MARKED;
}

/* Pressed again and again without much thought. */
static bool moves(enum intent intent)
{
	return intent == INTENT_DOWN || intent == INTENT_UP || intent == INTENT_PAGE_DOWN || intent == INTENT_PAGE_UP || intent == INTENT_HOME ||
	       intent == INTENT_END || intent == INTENT_FOUND_NEXT || intent == INTENT_FOUND_BEFORE;
}

/* 0: that names no key. */
static uint32_t read_key(const char *name)
{
	size_t len = strlen(name), pos = 0;
	struct safetext_glyph g;
	uint32_t key;

	if (len > 0 && utf8_decode(name, len, &key) == len && key > ' ')
		return safetext_next(name, len, &pos, SAFETEXT_PROSE, &g) && !g.marked && g.cells > 0 ? key : 0;
	if (len == 6 && strncasecmp(name, "Ctrl-", 5) == 0 && utf8_decode(name + 5, 1, &key) == 1 && key >= '@' && key < 0x7f)
		return CTRL(key);
	for (key = KEY_SPECIAL + 1; key <= KEYS_F12; key++)
		if (strcasecmp(keymap_name(key).text, name) == 0)
			return name[0] ? key : 0;
	return strcasecmp(name, "Space") == 0 ? ' ' : strcasecmp(name, "Tab") == 0 ? '\t' : strcasecmp(name, "Comma") == 0 ? ',' : 0;
}

static bool has_key(const struct keymap_row *row, uint32_t key)
{
	size_t k;

	for (k = 0; k < KEYMAP_KEYS_MAX && row->keys[k]; k++)
		if (row->keys[k] == key)
			return true;
	return false;
}

static int unknown_action(const struct keymap_own *o, struct err *e)
{
	const struct keymap *m = keymap_default();
	const char *names[INTENT_LAST + 1], *hint;
	size_t i;

	for (i = 0; i < m->count[o->place]; i++)
		names[i] = keymap_action(m->rows[o->place][i].intent);
	hint = nearest(o->action, names, i);
	return err_set(e, ERR_INVALID, "no action is called \"%s\"%s%s%s", o->action, hint ? " (did you mean \"" : "", hint ? hint : "", hint ? "\"?)" : "");
}

/* Why this key cannot be that of this action, whatever the others have. */
static int check_key(const struct keymap_own *o, const struct keymap_row *row, const char *name, uint32_t key, struct err *e)
{
	const struct keymap *m = keymap_default();
	enum intent there = keymap_find(m, o->place, key);
	size_t i;

	if (key == 0)
		return err_set(e, ERR_INVALID, "\"%s\" names no key: one character, F1 to F12, or Ctrl- and a letter", name);
	if (is_fixed(key) && there != row->intent && there != INTENT_NONE)
		return err_set(e, ERR_INVALID, "\"%s\" cannot be the key of \"%s\": it always is that of \"%s\"", name, o->action, keymap_action(there));
	if (is_fixed(key) && there != row->intent)
		return err_set(e, ERR_INVALID, "\"%s\" cannot be the key of \"%s\": %s", name, o->action,
			       key == CTRL(']') ? "Ctrl-] F freezes, from everywhere" : key >= '0' && key <= '9' ? "digits are typed" : "it stays free");
	for (i = 0; i < ARRAY_LEN(of_lists) && o->place == KEYMAP_MAIN; i++)
		if (key == of_lists[i].key && row->intent != of_lists[i].may)
			return err_set(e, ERR_INVALID, "\"%s\" cannot be the key of \"%s\": %s", name, o->action, of_lists[i].what);
	return 0;
}

/* The names, and the bar's word behind the first. */
static int name_row(struct keymap_row *row)
{
	struct buf shown, bar;
	size_t k;

	buf_init(&shown, 4096);
	buf_init(&bar, 4096);
	for (k = 0; k < KEYMAP_KEYS_MAX && row->keys[k]; k++)
		buf_printf(&shown, "%s%s", k > 0 ? ", " : "", keymap_name(row->keys[k]).text);
	if (row->intent == INTENT_FREEZE)
		buf_puts(&shown, ", Ctrl-] F");
	if (row->bar)
		buf_printf(&bar, "%s%s", keymap_name(row->keys[0]).text, strchr(row->bar, ' '));
	row->shown = buf_take(&shown);
	row->bar = row->bar ? buf_take(&bar) : NULL;
	return row->shown ? 0 : ERR_NOMEM;
}

/* The row with these keys instead; those that are fixed there stay behind them. */
static int bind_row(const struct keymap_own *o, struct keymap_row *row, const struct keymap_row *was, struct err *e)
{
	struct keymap_row new = { .intent = was->intent, .bar = was->bar, .help = was->help };
	size_t n = 0, k;
	int r;

	if (row->shown != was->shown)
		return err_set(e, ERR_INVALID, "\"%s\" stands here twice", o->action);
	if (o->count == 0 || o->count > OWN_KEYS_MAX)
		return o->count ? err_set(e, ERR_INVALID, "\"%s\" has more than %d keys", o->action, OWN_KEYS_MAX) :
				  err_set(e, ERR_INVALID, "\"%s\" is left without a key", o->action);
	for (k = 0; k < o->count; k++) {
		uint32_t key = read_key(o->keys[k]);

		r = check_key(o, row, o->keys[k], key, e);
		if (r < 0)
			return r;
		if (has_key(&new, key))
			return err_set(e, ERR_INVALID, "\"%s\" has \"%s\" twice", o->action, o->keys[k]);
		new.keys[n++] = key;
	}
	for (k = 0; k < KEYMAP_KEYS_MAX && was->keys[k] && n < KEYMAP_KEYS_MAX; k++)
		if (is_fixed(was->keys[k]) && !has_key(&new, was->keys[k]))
			new.keys[n++] = was->keys[k];
	r = name_row(&new);
	*row = new;
	return r < 0 ? err_set(e, r, "out of memory") : 0;
}

/* Does this row have another's key? And a key that decides is none that moves anywhere. */
static int check_row(const struct keymap *m, enum keymap_place place, const struct keymap_row *row, struct err *e)
{
	size_t k, i;
	int p;

	for (p = 0; p < KEYMAP_PLACES; p++) {
		for (i = 0; i < m->count[p]; i++) {
			const struct keymap_row *other = &m->rows[p][i];
			/* In control of a computer nothing is decided, and when it ends keys are dead. */
			bool apart = p == KEYMAP_HAND || place == KEYMAP_HAND;
			bool both = p == (int)place ? other != row :
						      apart ? false : (decides(row->intent) && moves(other->intent)) || (moves(row->intent) && decides(other->intent));

			for (k = 0; k < KEYMAP_KEYS_MAX && row->keys[k] && both; k++)
				if (has_key(other, row->keys[k]))
					return err_set(e, ERR_INVALID, "\"%s\" cannot be the key of \"%s\": it is that of \"%s\"%s", keymap_name(row->keys[k]).text,
						       keymap_action(row->intent), keymap_action(other->intent),
						       p == (int)place ? ", which needs another one then" :
						       p == KEYMAP_LOG ? " in the log, and what moves must not decide" : ", and what decides must not move in the log");
		}
	}
	return 0;
}

static struct keymap_row *find_action(struct keymap *m, const struct keymap_own *o)
{
	size_t i;

	for (i = 0; i < m->count[o->place]; i++)
		if (strcmp(keymap_action(m->rows[o->place][i].intent), o->action) == 0)
			return (struct keymap_row *)(uintptr_t)&m->rows[o->place][i];
	return NULL;
}

static struct keymap *copy_default(void)
{
	struct keymap *m = calloc(1, sizeof(*m));
	int p;

	for (p = 0; p < KEYMAP_PLACES && m; p++) {
		size_t size = keymap_default()->count[p] * sizeof(struct keymap_row);
		struct keymap_row *rows = malloc(size);

		if (!rows) {
			keymap_free(m);
			return NULL;
		}
		memcpy(rows, keymap_default()->rows[p], size);
		m->rows[p] = rows;
		m->count[p] = keymap_default()->count[p];
	}
	return m;
}

int keymap_make(const struct keymap_own *own, size_t count, struct keymap **ret, size_t *ret_wrong, struct err *e)
{
	struct keymap *m = copy_default();
	size_t i;
	int r = 0;

	*ret = NULL;
	*ret_wrong = 0;
	if (!m)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (i = 0; i < count && r == 0; i++) {
		struct keymap_row *row = find_action(m, &own[i]);

		*ret_wrong = i;
		r = row ? bind_row(&own[i], row, &keymap_default()->rows[own[i].place][row - m->rows[own[i].place]], e) : unknown_action(&own[i], e);
	}
	/* Only now: keys may be exchanged. */
	for (i = 0; i < count && r == 0; i++) {
		*ret_wrong = i;
		r = check_row(m, own[i].place, find_action(m, &own[i]), e);
	}
	if (r < 0)
		keymap_free(m);
	else
		*ret = m;
	return r;
}

void keymap_free(struct keymap *m)
{
	const struct keymap_row *was;
	size_t i;
	int p;

	for (p = 0; p < KEYMAP_PLACES && m; p++) {
		was = keymap_default()->rows[p];
		for (i = 0; i < m->count[p]; i++) {
			if (m->rows[p][i].shown == was[i].shown)
				continue;
			free((void *)(uintptr_t)m->rows[p][i].shown);
			free((void *)(uintptr_t)m->rows[p][i].bar);
		}
		free((void *)(uintptr_t)m->rows[p]);
	}
	free(m);
}
