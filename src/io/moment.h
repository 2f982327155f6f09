/* moment: now, as rules have it. */
#ifndef ASSENT_MOMENT_H
#define ASSENT_MOMENT_H

#include "core/policy.h"

struct policy_moment policy_moment_now(void);	/* of this machine's day */

#endif
