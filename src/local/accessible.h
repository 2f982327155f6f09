/*
 * accessible: the tree of what the programs of a computer show, as they tell it over AT-SPI, as JSON. Runs inside of the computer's sandbox, as a command of
 * its own: the bus lets in only who is at home there, and what hangs hangs there.
 */
#ifndef ASSENT_LOCAL_ACCESSIBLE_H
#define ASSENT_LOCAL_ACCESSIBLE_H

#include <stdbool.h>

#define ACCESSIBLE_BUS "unix:path=/home/user/.accessibility"
#define ACCESSIBLE_DAEMON "/usr/bin/dbus-daemon"
#define ACCESSIBLE_CONFIG "/usr/share/defaults/at-spi2/accessibility.conf"	/* at-spi2-core's, which starts its registry when it is asked for */
#define ACCESSIBLE_REGISTRY "/usr/libexec/at-spi2-registryd"

/* Are the bus and its registry installed? */
bool accessible_available(void);
/* The command: {"role","name","bounds","states","children"} to standard output, exit 0; else a line that says why, and exit 1. */
int accessible_main(void);

#endif
