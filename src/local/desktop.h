/* desktop: one X display, driven through XCB: pictures of it, and input to it. Blocking; lives in the driver's process. */
#ifndef ASSENT_LOCAL_DESKTOP_H
#define ASSENT_LOCAL_DESKTOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "core/keyname.h"

struct desktop;
struct desktop_rect { int x, y, width, height; };

/* By the socket's path and the cookie's 16 bytes: no DISPLAY, no files. */
int desktop_open(const char *socket_path, const uint8_t cookie[16], struct desktop **ret, struct err *e);
/* To poll: readable when something came that desktop_damage() takes. */
int desktop_fd(const struct desktop *d);
void desktop_size(const struct desktop *d, int *width, int *height);	/* pixels */
/* A rectangle of the screen as PNG. */
int desktop_screenshot(struct desktop *d, const struct desktop_rect *r, struct buf *png, struct err *e);
/* The pointer, in pixels; a button (1 left, 2 middle, 3 right, 4 to 7 the wheel) where it is. */
void desktop_move(struct desktop *d, int x, int y);
void desktop_button(struct desktop *d, int button, bool down);
/* Keys go down in order and up in reverse. */
int desktop_chord(struct desktop *d, const struct keychord *c, bool down, bool up, struct err *e);
/* Any text in UTF-8, exactly. delay_ms between keys. */
int desktop_type(struct desktop *d, const char *text, int delay_ms, struct err *e);
void desktop_cursor(struct desktop *d, int *x, int *y);	/* where the pointer is, pixels */
void desktop_windows(struct desktop *d, struct jsonw *w);	/* a list */
/* Where it is on the screen, without its frame. ERR_INVALID, as below: there is no such window. */
int desktop_window(struct desktop *d, uint32_t window, struct desktop_rect *ret, struct err *e);
/* Requests: the window manager, or the program, may do something else. */
int desktop_focus(struct desktop *d, uint32_t window, struct err *e);
int desktop_move_window(struct desktop *d, uint32_t window, int x, int y, struct err *e);
int desktop_resize_window(struct desktop *d, uint32_t window, int width, int height, struct err *e);
int desktop_maximize(struct desktop *d, uint32_t window, struct err *e);
int desktop_minimize(struct desktop *d, uint32_t window, struct err *e);
int desktop_close(struct desktop *d, uint32_t window, struct err *e);
/* The clipboard's text, in UTF-8; nothing when nobody has one. ERR_IO: its owner does not give it within a second; ERR_TOOBIG. */
int desktop_clipboard_get(struct desktop *d, struct buf *out, struct err *e);
/* Ours from now on, until somebody else takes it. text: copied. */
int desktop_clipboard_set(struct desktop *d, const char *text, struct err *e);
/* What was sent has been handled by the server. */
void desktop_sync(struct desktop *d);
/* Takes what came in; true when something of the screen changed since the last call, and where. false with *dead set: the server is gone. */
bool desktop_damage(struct desktop *d, struct desktop_rect *ret, bool *dead);

#endif
