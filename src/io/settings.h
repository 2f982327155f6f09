/* settings: assent.conf, by libconfuse. The only file that knows it. What a flag says wins; man assent.conf lists the settings. */
#ifndef ASSENT_SETTINGS_H
#define ASSENT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SETTINGS_PHRASES_MAX 9
#define SETTINGS_PHRASE_BYTES_MAX 200

/* One line of keys { }, log_keys { } or hand_keys { }: an action, and the names of its keys; what they mean is looked at elsewhere. */
struct settings_keys {
	size_t section;		/* which of the three */
	char *action, **names;	/* own */
	size_t count;
	int line;
};

struct settings {
	char *listen, *upstream, *key_file, *policy, *state, *notice_command;	/* own; NULL where the file says nothing. From the third on they begin with a slash */
	int64_t answer_within_ms;	/* of new agents; 0: none (25 s) */
	int64_t hold_ms;		/* how long a person has to decide, where no rule says (10 min) */
	int64_t takeover_idle_ms;	/* control of a computer is handed back when nothing was done by hand for so long (5 min) */
	bool record_typed;		/* what a person types by hand is kept as it is (no) */
	int64_t lock_ms;		/* without a key press an operator's key is locked (10 min) */
	int64_t arming_ms;		/* how long a question is shown before a yes counts, where the terminal does not tell (1.5 s) */
	char *coordinates;		/* own; pixels or normalised, or NULL (pixels): core/coordinates.h */
	char *theme;			/* own; dark, light or mono, or NULL */
	char *picture;			/* own; how screens are drawn, as --picture has it, or NULL */
	bool mouse;			/* is looked at (yes) */
	char *phrases[SETTINGS_PHRASES_MAX];	/* own */
	size_t phrase_count;		/* 0: the program's own */
	struct settings_keys *keys;	/* own; in the order of the file */
	size_t key_count;
};

void settings_init(struct settings *s);	/* what counts without a file */
/* Which actions may stand in keys { }, log_keys { } and hand_keys { }. */
enum { SETTINGS_SECTIONS = 3 };
struct settings_actions {
	const char *const *names[SETTINGS_SECTIONS];
	size_t counts[SETTINGS_SECTIONS];
};
/* On top of what is in *s. ERR_NOTFOUND: there is no file. Else ERR_INVALID or ERR_DENIED with FILE:LINE: and what is wrong; then nothing was taken. */
int settings_read(const char *path, const struct settings_actions *a, struct settings *s, struct err *e);
void settings_release(struct settings *s);

#endif
