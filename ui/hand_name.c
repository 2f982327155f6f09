/* hand_name: see hand_name.h. */
#include "config.h"

#include "ui/hand_name.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "core/keyname.h"
#include "ui/keymap.h"

/* Kitty's protocol numbers keys without a character from here on. */
enum { F13 = 57376, F35 = 57398, KP_0 = 57399, KP_9 = 57408 };

static const struct { uint32_t code; const char *name; } named[] = {
	{ KEYS_ENTER, "Return" }, { KEYS_ESCAPE, "Escape" }, { KEYS_BACKSPACE, "BackSpace" }, { KEYS_DELETE, "Delete" }, { KEYS_INSERT, "Insert" },
	{ KEYS_MENU, "Menu" }, { KEYS_UP, "Up" }, { KEYS_DOWN, "Down" }, { KEYS_LEFT, "Left" }, { KEYS_RIGHT, "Right" }, { KEYS_PAGE_UP, "Page_Up" },
	{ KEYS_PAGE_DOWN, "Page_Down" }, { KEYS_HOME, "Home" }, { KEYS_END, "End" }, { '\t', "Tab" },
	{ 57358, "Caps_Lock" }, { 57359, "Scroll_Lock" }, { 57360, "Num_Lock" }, { 57361, "Print" }, { 57362, "Pause" }, { 57363, "Menu" },
	{ 57409, "KP_Decimal" }, { 57410, "KP_Divide" }, { 57411, "KP_Multiply" }, { 57412, "KP_Subtract" }, { 57413, "KP_Add" }, { 57414, "KP_Enter" },
	{ 57415, "KP_Equal" }, { 57417, "KP_Left" }, { 57418, "KP_Right" }, { 57419, "KP_Up" }, { 57420, "KP_Down" }, { 57421, "KP_Page_Up" },
	{ 57422, "KP_Page_Down" }, { 57423, "KP_Home" }, { 57424, "KP_End" }, { 57425, "KP_Insert" }, { 57426, "KP_Delete" }, { 57427, "KP_Begin" },
	{ 57428, "XF86AudioPlay" }, { 57429, "XF86AudioPause" }, { 57430, "XF86AudioPlay" }, { 57432, "XF86AudioStop" }, { 57435, "XF86AudioNext" },
	{ 57436, "XF86AudioPrev" }, { 57438, "XF86AudioLowerVolume" }, { 57439, "XF86AudioRaiseVolume" }, { 57440, "XF86AudioMute" },
};

/* Of a key without what is held with it; "": none. */
static void base_name(uint32_t code, char out[16 + 8])
{
	size_t i;

	out[0] = '\0';
	for (i = 0; i < ARRAY_LEN(named); i++)
		if (named[i].code == code)
			snprintf(out, 24, "%s", named[i].name);
	if (out[0])
		return;
	if (code >= KEYS_F1 && code <= KEYS_F12)
		snprintf(out, 24, "F%d", (int)(code - KEYS_F1) + 1);
	else if (code >= F13 && code <= F35)
		snprintf(out, 24, "F%d", (int)(code - F13) + 13);
	else if (code >= KP_0 && code <= KP_9)
		snprintf(out, 24, "KP_%d", (int)(code - KP_0));
	else if (code < KP_0 - 55 || code > 0xf8ff)	/* else one of kitty's that has no key here */
		keyname_spell(code, out);
}

bool hand_is_text(const struct input_event *ev)
{
	if (ev->type == INPUT_PASTE)
		return ev->code < KEY_SPECIAL;
	return (ev->type == INPUT_KEY || (ev->type == INPUT_CHORD && ev->mods == 0 && ev->code < 0xe000)) && ev->mods == 0 && ev->code >= ' ' &&
	       ev->code != 0x7f && ev->code < KEY_SPECIAL;
}

/* A control character is Ctrl with a key, as far as the old way tells: Tab, Return and Escape come as themselves. */
static uint32_t key_of_control(uint32_t code)
{
	return code == 0 ? ' ' : code == 0x1f ? '/' : code < 27 ? code + 'a' - 1 : code + '@';
}

bool hand_name(const struct input_event *ev, char out[HAND_NAME_MAX])
{
	uint32_t code = ev->plain ? ev->plain : ev->code;
	int mods = ev->mods;
	char name[24];

	if (ev->type != INPUT_KEY && ev->type != INPUT_CHORD)
		return false;
	if (ev->type == INPUT_CHORD && (code == '\r' || code == 0x7f)) {
		code = code == '\r' ? KEYS_ENTER : KEYS_BACKSPACE;
	} else if (!ev->plain && code < ' ' && code != '\t') {
		mods |= INPUT_CTRL;
		code = key_of_control(code);
	}
	base_name(code, name);
	snprintf(out, HAND_NAME_MAX, "%s%s%s%s%s", mods & INPUT_CTRL ? "ctrl+" : "", mods & INPUT_ALT ? "alt+" : "", mods & INPUT_SHIFT ? "shift+" : "",
		 mods & INPUT_SUPER ? "super+" : "", name);
	return name[0] != '\0';
}
