/* desktop_own: what the files of the desktop share. */
#ifndef ASSENT_LOCAL_DESKTOP_OWN_H
#define ASSENT_LOCAL_DESKTOP_OWN_H

#include <stddef.h>
#include <xcb/damage.h>
#include <xcb/xcb.h>

#include "local/desktop.h"

/* Keycodes that we give meanings of our own: above those of a real keyboard's letters. */
enum { OWN_FIRST = 200, OWN_COUNT = 48 };

struct desktop_atoms {
	xcb_atom_t client_list, stacking, active, net_name, utf8, close, state, horizontal, vertical, change_state, clipboard, targets, incr, transfer;
};

/* The clipboard, once it is ours. */
struct desktop_clip {
	xcb_window_t window;	/* of the watching connection */
	char *text;		/* own; NULL: it is not ours */
	size_t len;
};

struct desktop {
	xcb_connection_t *c;
	/* Damage has a connection of its own: the server may write a damage event into the middle of a picture (seen in 21.1.7). */
	xcb_connection_t *watch;
	xcb_screen_t *screen;
	uint8_t damage_event;
	xcb_damage_damage_t damage;
	int min_keycode, per_keycode;
	uint32_t *keymap;
	size_t keymap_len;
	uint32_t own[OWN_COUNT];	/* keysyms that our keycodes mean now */
	int own_used;
	struct desktop_atoms atoms;
	struct desktop_clip clip;
	bool changed, damaged;		/* something changed since it was last asked; the server waits for our "seen" */
	struct desktop_rect dirty;
};

/* Any event of the watching connection; frees it. */
void desktop_event(struct desktop *d, xcb_generic_event_t *ev);
void desktop_clip_open(struct desktop *d);
/* Somebody asks for our text, or took the clipboard. */
void desktop_clip_event(struct desktop *d, const xcb_generic_event_t *ev);

#endif
