/* clock: the two clocks in use. Order and expiry go by boot time; people are shown wall time. */
#ifndef ASSENT_CLOCK_H
#define ASSENT_CLOCK_H

#include <stdint.h>

int64_t clock_boot_ms(void);	/* CLOCK_BOOTTIME, ms; counts while suspended, never jumps */
int64_t clock_boot_us(void);
/* Which boot it counts from; "" when that is not known. */
void clock_boot_id(char id[40]);
int64_t clock_wall_ms(void);	/* CLOCK_REALTIME, ms since 1970 */

#endif
