/* probe: can sandboxes be made of namespaces here? Tries each step in a child, and names the first that fails. */
#ifndef ASSENT_LOCAL_PROBE_H
#define ASSENT_LOCAL_PROBE_H

#include <stdbool.h>
#include <stddef.h>

/* true: they can. Else: which step failed, and what to do about it, as one or two lines. */
bool probe_namespaces(char *why, size_t size);

#endif
