/* keyname: key names as people, models and toolkits write them, to X keysyms. Pure. */
#ifndef ASSENT_KEYNAME_H
#define ASSENT_KEYNAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define KEYNAME_CHORD_MAX 8

struct keychord {
	int count;
	uint32_t keysyms[KEYNAME_CHORD_MAX];	/* in the order written: modifiers, then the key */
};

/* "ctrl+shift+t", "Enter", "PAGE UP", "U20AC", "+": 0, or ERR_INVALID with the nearest known name. */
int keyname_parse(const char *text, struct keychord *ret, struct err *e);
uint32_t keyname_of_char(uint32_t cp);	/* the keysym of a character */
/* What a server is told for a character as a key: "a", "minus", "U20AC": X's own name, which is accepted everywhere. "" for a control character. */
void keyname_spell(uint32_t cp, char out[16]);
/* Does the chord type something: a character or a figure of the keypad, alone or with Shift? ctrl+a does not. */
bool keyname_types(const struct keychord *c);

#endif
