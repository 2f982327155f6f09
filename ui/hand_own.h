/* hand_own: what the files of hand share with each other and with the dashboard. Not for others. */
#ifndef ASSENT_UI_HAND_OWN_H
#define ASSENT_UI_HAND_OWN_H

#include "ui/dash.h"

/* hand_act.c: what goes out. Where it is not taken, why is said. */
void hand_refused(struct dashboard *d, int64_t now);
/* A click that waits for a second one goes out: something else comes behind it. */
void hand_settle(struct dashboard *d, int64_t now);
/* At a point; verb "click" has a button; mods: keys that are held with it. */
void hand_click(struct dashboard *d, const char *verb, const char *button, int x, int y, uint8_t mods, int64_t now);
void hand_drag(struct dashboard *d, int x, int y, int x2, int y2, uint8_t mods, int64_t now);
void hand_scroll(struct dashboard *d, const char *direction, int x, int y, uint8_t mods, int64_t now);
/* A key by its name, or several at once: "ctrl+c". */
void hand_press(struct dashboard *d, const char *name, int64_t now);
void hand_type(struct dashboard *d, const struct input_event *ev, int64_t now);
void hand_paste(struct dashboard *d, const struct input_event *ev, int64_t now);
void hand_send_text(struct dashboard *d, const char *verb, const char *text, int64_t now);
void hand_hold(struct dashboard *d, const char *line, int64_t now);	/* "w 3" */
void hand_let_go(struct dashboard *d, int64_t now);			/* of that */
/* A part of the screen round it is shown. */
void hand_look_at(struct hand *h, int x, int y);

/* hand.c: a pointing key. */
void hand_command(struct dashboard *d, const struct input_event *ev, enum intent intent, int64_t now, struct dash_request *ret);
/* view_hand.c: what stands in a cell of the line of keys. */
enum intent hand_key_at(const struct dashboard *d, int column, int row);
/* hand_mouse.c: presses, moves, releases. */
void hand_mouse(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret);
/* hand_cross.c: the crosshair, and letters over the screen. */
void hand_point_key(struct dashboard *d, const struct input_event *ev, enum intent intent, int64_t now);
void hand_labels_key(struct dashboard *d, const struct input_event *ev, int64_t now);
void hand_labels_end(struct hand *h);
/* hand_lists.c: the menu of keys, windows, the clipboard. */
void hand_list_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret);
size_t hand_menu(const char *const **ret_names, const char *const **ret_labels);

#endif
