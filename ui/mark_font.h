/* mark_font: dots for the few words that are drawn into a picture. Pure. */
#ifndef ASSENT_UI_MARK_FONT_H
#define ASSENT_UI_MARK_FONT_H

#include <stdint.h>

enum { MARK_FONT_COLUMNS = 5, MARK_FONT_ROWS = 7 };

/* MARK_FONT_ROWS rows of MARK_FONT_COLUMNS bits, the leftmost the highest; a box for what is no printable ASCII. */
const uint8_t *mark_font(unsigned char c);

#endif
