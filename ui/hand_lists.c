/* hand_lists: keys that a terminal does not pass on, the computer's windows, its clipboard, and the help. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/hand_own.h"

static const char *const labels[] = {
	"Ctrl+Alt+Del", "Alt+Tab", "Alt+F4", "Super", "Print", "Ctrl+]", "Shift+Insert", "Ctrl+Tab", "Ctrl+Return", "Menu", "Caps Lock", "hold a key for some seconds",
};
static const char *const names[ARRAY_LEN(labels)] = {
	"ctrl+alt+Delete", "alt+Tab", "alt+F4", "super", "Print", "ctrl+bracketright", "shift+Insert", "ctrl+Tab", "ctrl+Return", "Menu", "Caps_Lock", NULL,
};

size_t hand_menu(const char *const **ret_names, const char *const **ret_labels)
{
	*ret_names = names;
	*ret_labels = labels;
	return ARRAY_LEN(labels);
}

static void choose_key(struct dashboard *d, int row, int64_t now)
{
	d->hand.mode = HAND_POINT;
	if (names[row])
		hand_press(d, names[row], now);
	else
		dash_prompt_open(d, PROMPT_HOLD);
}

static void choose_window(struct dashboard *d, int row, int64_t now)
{
	struct hand *h = &d->hand;

	h->mode = HAND_POINT;
	hand_settle(d, now);
	if (h->back || !hand_out_put(&h->out, "window/focus", 0, false, now, "{\"window_id\":%s}", h->windows[row].id))
		hand_refused(d, now);
}

static void clipboard_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	struct hand *h = &d->hand;

	if (ev->type != INPUT_KEY || keymap_find(d->keys, KEYMAP_HAND, ev->code) != INTENT_CLIPBOARD || !h->clipboard)
		return;
	ret->type = REQUEST_COPY;
	ret->body = strdup(h->clipboard);
	dash_say(d, now, "copied to the terminal's clipboard, if it takes that");
}

static int rows_of(const struct hand *h)
{
	const char *const *unused;

	return h->mode == HAND_KEYS ? (int)hand_menu(&unused, &unused) : h->mode == HAND_WINDOWS ? (int)h->window_count : 0;
}

static void help_key(struct dashboard *d, uint32_t code)
{
	int page = d->card_room > 1 ? d->card_room - 1 : 1, by = code == KEYS_DOWN || code == 'j' ? 1 : code == KEYS_UP || code == 'k' ? -1 : code == ' ' || code == KEYS_PAGE_DOWN ? page :
		   code == KEYS_PAGE_UP || code == 'b' ? -page : 0;

	d->scroll += by;
	if (d->scroll > d->card_rows - d->card_room)
		d->scroll = d->card_rows - d->card_room;
	if (d->scroll < 0)
		d->scroll = 0;
}

void hand_list_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	struct hand *h = &d->hand;
	enum intent intent = ev->type == INPUT_KEY ? keymap_find(d->keys, KEYMAP_HAND, ev->code) : INTENT_NONE;
	int rows = rows_of(h);

	if (intent == INTENT_BACK || (intent == INTENT_HELP && h->mode == HAND_HELP)) {
		h->mode = HAND_POINT;
	} else if (intent == INTENT_FREEZE) {
		agents_freeze(d, now, ret);
	} else if (h->mode == HAND_HELP) {
		help_key(d, ev->code);
	} else if (h->mode == HAND_CLIPBOARD) {
		clipboard_key(d, ev, now, ret);
	} else if (intent == INTENT_DOWN || intent == INTENT_FINE_DOWN) {
		h->row += h->row + 1 < rows;
	} else if (intent == INTENT_UP || intent == INTENT_FINE_UP) {
		h->row -= h->row > 0;
	} else if (ev->type == INPUT_KEY && ev->code == KEYS_ENTER && h->row < rows) {
		if (h->mode == HAND_KEYS)
			choose_key(d, h->row, now);
		else
			choose_window(d, h->row, now);
	}
}

/* Takes the list. */
void hand_set_windows(struct dashboard *d, struct hand_window *list, size_t count)
{
	struct hand *h = &d->hand;

	free(h->windows);
	h->windows = list;
	h->window_count = count;
	if (h->row >= (int)count)
		h->row = 0;
}

void hand_set_clipboard(struct dashboard *d, const char *text)
{
	if (d->hand.mode != HAND_CLIPBOARD)
		return;
	free(d->hand.clipboard);
	d->hand.clipboard = strdup(text);
}
