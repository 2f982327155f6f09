/* settings: assent.conf, by libconfuse. The only file that knows it. What a flag says wins; man assent.conf lists the settings. */
#ifndef ASSENT_SETTINGS_H
#define ASSENT_SETTINGS_H

#include <stdint.h>

#include "base/err.h"

struct settings {
	char *listen, *upstream, *key_file, *policy, *state;	/* own; NULL where the file says nothing. The last three begin with a slash */
	int64_t answer_within_ms;	/* of new agents; 0: none (25 s) */
	int64_t hold_ms;		/* how long a person has to decide, where no rule says (10 min) */
	int64_t lock_ms;		/* without a key press an operator's key is locked (10 min) */
};

void settings_init(struct settings *s);	/* what counts without a file */
/* On top of what is in *s. ERR_NOTFOUND: there is no file. Else ERR_INVALID or ERR_DENIED with FILE:LINE: and what is wrong; then nothing was taken. */
int settings_read(const char *path, struct settings *s, struct err *e);
void settings_release(struct settings *s);

#endif
