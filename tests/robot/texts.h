/* texts: the hostile texts of tests/corpus/hostile-text/texts.txt. */
#ifndef ASSENT_ROBOT_TEXTS_H
#define ASSENT_ROBOT_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

#define TEXTS_MAX 400
#define TEXT_BYTES 600

/* Each text stands between two words of its own ("w017"), by which it is found on the screen. */
struct text {
	char family[24], word[8];
	char bytes[TEXT_BYTES];
	size_t len;
	bool harmless;		/* may reach the terminal as it is */
};

/* How many there are; a fault in the file ends the program. */
size_t texts_read(const char *path, struct text texts[TEXTS_MAX]);

#endif
