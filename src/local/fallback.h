/* fallback: what stands in for namespaces where they are forbidden: Landlock and seccomp. Called in the child, before exec. */
#ifndef ASSENT_LOCAL_FALLBACK_H
#define ASSENT_LOCAL_FALLBACK_H

#include <stdbool.h>

/*
 * Paths, NULL-terminated: below `writable` everything is allowed, below `readable` reading and running. Sockets: none, or unix ones only
 * (a screen needs them; but through them a program reaches what listens for this user). 0 or -1 with errno.
 */
int fallback_restrict(const char *const *writable, const char *const *readable, bool unix_sockets);
/* A domain inside that one: from in it, processes outside it cannot be signalled, where the kernel knows how (ABI 6). 0 or -1 with errno. */
int fallback_seclude(void);
/* Does the kernel have Landlock? */
bool fallback_available(void);

#endif
