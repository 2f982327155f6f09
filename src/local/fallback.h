/* fallback: what stands in for namespaces where they are forbidden: Landlock and seccomp. Called in the child, before exec. */
#ifndef ASSENT_LOCAL_FALLBACK_H
#define ASSENT_LOCAL_FALLBACK_H

#include <stdbool.h>

/* Paths, NULL-terminated: below `writable` everything is allowed, below `readable` reading and running. 0 or -1 with errno. */
int fallback_restrict(const char *const *writable, const char *const *readable);
/* Does the kernel have Landlock? */
bool fallback_available(void);

#endif
