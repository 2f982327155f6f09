/* standard: input, output and the place for messages, which whoever starts a program may have closed. */
#ifndef ASSENT_IO_STANDARD_H
#define ASSENT_IO_STANDARD_H

/* Once, before anything is opened: those of descriptors 0, 1 and 2 that are closed lead nowhere from then on, so that no file and no socket gets their number. */
void standard_open(void);

#endif
