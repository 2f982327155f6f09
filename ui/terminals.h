/* terminals: what is known of terminals by name, from measurements: the one table that says which of them takes which kind of picture. Pure. */
#ifndef ASSENT_UI_TERMINALS_H
#define ASSENT_UI_TERMINALS_H

#include <stdbool.h>

struct terminal {
	const char *name;		/* for people */
	const char *version;		/* what its answer to XTVERSION begins with; "" for none */
	int device;			/* the first number of its DA2, where it does not answer XTVERSION; 0 */
	bool kitty;			/* kitty's pictures before sixel, where it says that it has both */
	bool deltas;			/* rectangles over an older picture stay right */
	int height_multiple;		/* of a picture's pixels; 1: any */
	int between_keyframes;		/* so many pictures at most, before the oldest one may be gone; 0: any number */
	bool other_keys;		/* tells what is held with a key in xterm's own way (modifyOtherKeys), for one without kitty's protocol */
	int max_side;			/* of a picture, pixels, where it does not say; 0: any */
};

/* By the answers; a terminal that nothing is known of gets whole pictures. Never NULL. */
const struct terminal *terminal_unknown(void);
/* By what it answered to XTVERSION, and by the first number of its DA2; terminal_unknown() for what the table does not have. */
const struct terminal *terminal_by_version(const char *version);
const struct terminal *terminal_by_device(int device);

#endif
